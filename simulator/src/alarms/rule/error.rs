//! What AWS says of a rule that it refuses.

use thiserror::Error;

/// Why a rule is refused, in AWS's words where they are recorded. Characters count from 0.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleError {
    /// A token that cannot stand where it stands (recorded).
    #[error("Error in AlarmRule [Unsupported token '{token}' at char {at}, must be: {expected}]")]
    Token {
        /// The token.
        token: String,
        /// Where it begins.
        at: usize,
        /// What could stand there.
        expected: String,
    },
    /// `AT_LEAST` of more alarms than there are, or of none (recorded).
    #[error("Error in AlarmRule [AT_LEAST absolute threshold must be between 1 and number of alarms ({0})]")]
    Quorum(usize),
    /// `AT_LEAST` of no percentage (recorded).
    #[error("Error in AlarmRule [AT_LEAST percentage threshold must be between 1 and 100]")]
    Percentage,
    /// A child in another region (recorded).
    #[error("Error in AlarmRule [Wrong ARN region, it was {found} but {expected} was expected instead]")]
    Region {
        /// The ARN's region.
        found: String,
        /// The composite alarm's own.
        expected: String,
    },
    /// A child in another account (by analogy).
    #[error("Error in AlarmRule [Wrong ARN account, it was {found} but {expected} was expected instead]")]
    Account {
        /// The ARN's account.
        found: String,
        /// The composite alarm's own.
        expected: String,
    },
    /// A rule over the limit (own words).
    #[error("Error in AlarmRule [it has {found} {what}, and at most {most} are allowed]")]
    TooLong {
        /// What there is too much of.
        what: &'static str,
        /// How much.
        found: usize,
        /// How much is allowed.
        most: usize,
    },
    /// The rule names its own alarm (recorded).
    #[error(
        "A composite alarm cannot have a child relation with itself via its AlarmRule, as it would introduce a circular \
         dependency"
    )]
    Itself,
    /// Children that do not exist, by ARN (recorded).
    #[error("Could not save the composite alarm as alarms [{}] in the alarm rule do not exist", .0.join(", "))]
    NoSuchAlarms(Vec<String>),
}
