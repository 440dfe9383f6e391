//! Refusals, in AWS's words.

use std::fmt;

/// The kind of a refusal, as the API names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request cannot be carried out as it is.
    InvalidParameter,
    /// There are as many as there may be.
    LimitExceeded,
    /// What is named does not exist.
    ResourceNotFound,
    /// What is to be made exists.
    ResourceAlreadyExists,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::InvalidParameter => "InvalidParameterException",
            Self::LimitExceeded => "LimitExceededException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::ResourceAlreadyExists => "ResourceAlreadyExistsException",
        })
    }
}

/// A refusal: `InvalidParameterException: …`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct LogsError {
    /// Its kind.
    pub code: ErrorCode,
    /// AWS's words for it where they are recorded or documented, otherwise words like AWS's.
    pub message: String,
}

impl LogsError {
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::InvalidParameter, message: message.into() }
    }

    /// A value that breaks a rule of the API's model.
    pub(super) fn constraint(place: &str, rule: &str) -> Self {
        Self::invalid(format!(
            "1 validation error detected: Value at '{place}' failed to satisfy constraint: Member must {rule}"
        ))
    }

    pub(super) fn no_group() -> Self {
        let message = "The specified log group does not exist.".to_owned();
        Self { code: ErrorCode::ResourceNotFound, message }
    }

    pub(super) fn no_stream() -> Self {
        let message = "The specified log stream does not exist.".to_owned();
        Self { code: ErrorCode::ResourceNotFound, message }
    }

    pub(super) fn no_filter() -> Self {
        let message = "The specified metric filter does not exist.".to_owned();
        Self { code: ErrorCode::ResourceNotFound, message }
    }

    pub(super) fn exists(what: &str) -> Self {
        let message = format!("The specified {what} already exists");
        Self { code: ErrorCode::ResourceAlreadyExists, message }
    }

    pub(super) fn limit() -> Self {
        Self { code: ErrorCode::LimitExceeded, message: "Resource limit exceeded.".to_owned() }
    }
}

/// Checks a text's length in characters.
pub(super) fn check_length(place: &str, text: &str, least: usize, most: usize) -> Result<(), LogsError> {
    let length = text.chars().count();
    if length < least {
        return Err(LogsError::constraint(place, &format!("have length greater than or equal to {least}")));
    }
    if length > most {
        return Err(LogsError::constraint(place, &format!("have length less than or equal to {most}")));
    }
    Ok(())
}

/// Checks a text's characters; `pattern` is how AWS writes what is allowed.
pub(super) fn check_characters(
    place: &str,
    text: &str,
    allowed: impl Fn(char) -> bool,
    pattern: &str,
) -> Result<(), LogsError> {
    if text.chars().all(allowed) {
        return Ok(());
    }
    Err(LogsError::constraint(place, &format!("satisfy regular expression pattern: {pattern}")))
}
