//! What metric and composite alarms are both checked for.

use super::definition::Tag;
use super::error::AlarmError;
use crate::metrics::Dimension;

/// Name, description, actions and tags.
pub(super) struct Common<'a> {
    pub(super) name: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) actions: [(&'static str, &'a [String]); 3],
    pub(super) tags: &'a [Tag],
}

impl Common<'_> {
    pub(super) fn check(&self) -> Result<(), AlarmError> {
        check_length("alarmName", self.name, 1, 255)?;
        if let Some(description) = self.description {
            check_length("alarmDescription", description, 0, 1_024)?;
        }
        for (kind, actions) in self.actions {
            if actions.len() > 5 {
                let text = format!("{kind} has {} actions, and at most 5 are allowed", actions.len());
                return Err(AlarmError::Invalid(text));
            }
            if let Some(action) = actions.iter().find(|action| !action.starts_with("arn:")) {
                return Err(AlarmError::Invalid(format!("Invalid arn syntax: {action}")));
            }
        }
        check_tags(self.tags)
    }
}

/// A length in characters, refused in the words of AWS's request validation.
pub(super) fn check_length(field: &str, value: &str, least: usize, most: usize) -> Result<(), AlarmError> {
    let length = value.chars().count();
    let limit = if length < least {
        format!("greater than or equal to {least}")
    } else if length > most {
        format!("less than or equal to {most}")
    } else {
        return Ok(());
    };
    Err(AlarmError::Invalid(format!(
        "1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: Member must have length \
         {limit}"
    )))
}

/// Recorded texts.
fn check_tags(tags: &[Tag]) -> Result<(), AlarmError> {
    if tags.len() > 50 {
        return Err(AlarmError::invalid("The resultant tag set must not have more than 50 user tags."));
    }
    let reserved = |tag: &Tag| tag.key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    if tags.iter().any(reserved) {
        let text = "The provided tag keys must not start with any case of \"aws:\"";
        return Err(AlarmError::Denied(text.to_owned()));
    }
    Ok(())
}

pub(super) fn check_dimensions(dimensions: &[Dimension]) -> Result<(), AlarmError> {
    if dimensions.len() > 30 {
        let text = format!("there are {} dimensions, and at most 30 are allowed", dimensions.len());
        return Err(AlarmError::Invalid(text));
    }
    for dimension in dimensions {
        check_length("dimensions.member.name", &dimension.name, 1, 255)?;
        check_length("dimensions.member.value", &dimension.value, 1, 1_024)?;
    }
    Ok(())
}

/// Whether a period is one that alarms can have.
pub(super) fn check_period(period: u32) -> Result<(), AlarmError> {
    if matches!(period, 10 | 20 | 30) || (period > 0 && period.is_multiple_of(60)) {
        return Ok(());
    }
    Err(AlarmError::invalid("Period must be 10, 20, 30 or a multiple of 60"))
}
