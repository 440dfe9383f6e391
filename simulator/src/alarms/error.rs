//! Why a call on alarms was refused.

use thiserror::Error;

use super::math::MathError;
use super::rule::RuleError;
use crate::metrics::NotAStatistic;

/// A refused call. Where AWS's own words are known, the text is AWS's.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AlarmError {
    /// `ValidationError` of AWS: a value or a combination that it refuses.
    #[error("{0}")]
    Invalid(String),
    /// `AccessDenied` of AWS.
    #[error("{0}")]
    Denied(String),
    /// The alarm is of a kind that is not simulated.
    #[error("{0}")]
    Unsupported(String),
    /// The statistic is none.
    #[error(transparent)]
    Statistic(#[from] NotAStatistic),
    /// The expression of a metric-math alarm is wrong.
    #[error("metrics element `{id}`: {error}")]
    Math {
        /// The element's id.
        id: String,
        /// What is wrong with it.
        error: MathError,
    },
    /// The rule of a composite alarm is wrong.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// There is no alarm of this name (`ResourceNotFound`).
    #[error("there is no alarm named `{0}`")]
    NotFound(String),
    /// An alarm of the other type has this name.
    #[error("there is a {kind} alarm named `{name}` already, and an alarm's type cannot be changed")]
    OtherKind {
        /// The name.
        name: String,
        /// `metric` or `composite`.
        kind: &'static str,
    },
}

impl AlarmError {
    pub(super) fn invalid(text: impl Into<String>) -> Self {
        Self::Invalid(text.into())
    }
}
