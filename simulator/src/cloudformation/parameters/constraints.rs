//! What a parameter's author allows as its value.

use regex::Regex;

use super::{Declaration, Shape};
use crate::cloudformation::error::Reason;

impl Declaration<'_> {
    fn number(&self, name: &str) -> Result<Option<f64>, Reason> {
        let Some(text) = self.attribute(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Reason::Form(format!("{name} has to be a number")))
    }

    /// Whether a value, or a member of a list, is one that the parameter allows.
    pub(super) fn check(&self, value: &str, shape: Shape, notes: &mut Vec<String>) -> Result<(), Reason> {
        if let Some(allowed) = self.node.get("AllowedValues") {
            let items = allowed.items().unwrap_or_default();
            if !items.iter().any(|item| item.scalar() == Some(value)) {
                return Err(self.violated("must be one of AllowedValues"));
            }
        }
        match shape {
            Shape::Number | Shape::NumberList => self.check_number(value),
            Shape::Text | Shape::TextList | Shape::Stored { .. } => self.check_text(value, notes),
        }
    }

    fn check_number(&self, value: &str) -> Result<(), Reason> {
        let Some(number) = value.parse::<f64>().ok().filter(|number| number.is_finite()) else {
            return Err(Reason::ParameterConstraint(format!("parameter '{}' must be a number", self.name)));
        };
        if let Some(least) = self.number("MinValue")?
            && number < least
        {
            return Err(self.violated(&format!("must be a number not less than {least}")));
        }
        if let Some(most) = self.number("MaxValue")?
            && number > most
        {
            return Err(self.violated(&format!("must be a number not greater than {most}")));
        }
        Ok(())
    }

    fn check_text(&self, value: &str, notes: &mut Vec<String>) -> Result<(), Reason> {
        // A length is far below what f64 counts exactly.
        #[allow(clippy::cast_precision_loss)]
        let length = value.chars().count() as f64;
        if let Some(least) = self.number("MinLength")?
            && length < least
        {
            return Err(self.violated(&format!("must contain at least {least} characters")));
        }
        if let Some(most) = self.number("MaxLength")?
            && length > most
        {
            return Err(self.violated(&format!("must contain at most {most} characters")));
        }
        let Some(pattern) = self.attribute("AllowedPattern") else { return Ok(()) };
        // CloudFormation's patterns are Java's and have to match the whole value.
        match Regex::new(&format!("^(?:{pattern})$")) {
            Ok(regex) if regex.is_match(value) => Ok(()),
            Ok(_) => Err(self.violated(&format!("must match pattern {pattern}"))),
            Err(_) => {
                notes.push(format!(
                    "Parameters.{}.AllowedPattern: not checked, this notation is not read",
                    self.name
                ));
                Ok(())
            }
        }
    }

    /// The author's own words for a violated constraint, where there are some. Never the value: it may be a secret.
    fn violated(&self, rule: &str) -> Reason {
        let name = self.name;
        Reason::ParameterConstraint(match self.attribute("ConstraintDescription") {
            Some(words) => format!("parameter {name} failed to satisfy constraint: {words}"),
            None => format!("parameter '{name}' {rule}"),
        })
    }
}
