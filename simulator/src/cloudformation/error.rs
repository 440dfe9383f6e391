//! What can be wrong with a template, and where.

use std::fmt;

use thiserror::Error;

/// Everything that is wrong with a template, in the order in which it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateErrors(pub(super) Vec<TemplateError>);

impl TemplateErrors {
    /// The errors, at least one.
    #[must_use]
    pub fn as_slice(&self) -> &[TemplateError] {
        &self.0
    }

    /// Whether the template may be right, and only the values that were given from outside are missing or wrong.
    #[must_use]
    pub fn is_about_values(&self) -> bool {
        self.0.iter().all(|error| {
            matches!(
                error.reason,
                Reason::ParameterMissing(_)
                    | Reason::ParameterUnknown(_)
                    | Reason::ParameterConstraint(_)
                    | Reason::Outside { .. }
            )
        })
    }
}

impl fmt::Display for TemplateErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for TemplateErrors {}

impl From<TemplateError> for TemplateErrors {
    fn from(error: TemplateError) -> Self {
        Self(vec![error])
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// Where: `Resources.Alarm.Properties.AlarmName.Fn::Sub`, or the address of a Terraform resource. Empty for the
    /// template as a whole.
    pub place: String,
    /// The line, from 1. YAML has it, JSON only for errors of notation.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: Reason,
}

impl TemplateError {
    pub(super) fn whole(reason: Reason) -> Self {
        Self { place: String::new(), line: None, reason }
    }

    pub(super) fn at(place: impl Into<String>, line: Option<usize>, reason: Reason) -> Self {
        Self { place: place.into(), line, reason }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}", self.place)?;
        }
        if let Some(line) = self.line {
            let comma = if self.place.is_empty() { "" } else { ", " };
            write!(f, "{comma}line {line}")?;
        }
        if !self.place.is_empty() || self.line.is_some() {
            f.write_str(": ")?;
        }
        write!(f, "{}", self.reason)
    }
}

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Reason {
    /// More than CloudFormation takes from S3: 1 MB.
    #[error("the template has {bytes} bytes, more than the {limit} that CloudFormation takes")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// CloudFormation's limit.
        limit: usize,
    },
    /// Neither JSON nor YAML.
    #[error("{notation} not well-formed: {problem}")]
    Notation {
        /// `JSON` or `YAML`.
        notation: &'static str,
        /// What the parser says.
        problem: String,
    },
    /// A notation that CloudFormation refuses, or that has no meaning in it.
    #[error("{0}")]
    Refused(String),
    /// Something that is no CloudFormation template.
    #[error("no template: {0}")]
    NoTemplate(String),
    /// A section, a resource or a parameter that has not the form it must have.
    #[error("{0}")]
    Form(String),
    /// A parameter without value.
    #[error("Parameters: [{0}] must have values (give --parameter {0}=VALUE)")]
    ParameterMissing(String),
    /// A value for a parameter that the template does not have.
    #[error("Parameters: [{0}] do not exist in the template")]
    ParameterUnknown(String),
    /// A value that a parameter's constraints exclude.
    #[error("{0}")]
    ParameterConstraint(String),
    /// A name that nothing has.
    #[error("unresolved resource dependency [{0}]: no parameter or resource has this name")]
    UnknownName(String),
    /// `Fn::GetAtt` of something that is no resource.
    #[error("{0} is a parameter, and only resources have attributes")]
    NoResource(String),
    /// A resource that is not created.
    #[error("unresolved resource dependency [{name}]: not created, as its condition {condition} is false")]
    NotCreated {
        /// Its logical id.
        name: String,
        /// The condition.
        condition: String,
    },
    /// Something in `Conditions` or `Mappings` that only `Resources` may hold, such as a resource's name.
    #[error("{0}")]
    Misplaced(String),
    /// A condition that is not defined.
    #[error("unresolved condition dependency {0}")]
    UnknownCondition(String),
    /// Conditions or resources that need each other.
    #[error("circular dependency between {what}: [{names}]")]
    Circular {
        /// `conditions` or `resources`.
        what: &'static str,
        /// Who is in the circle.
        names: String,
    },
    /// An attribute that the resource's type has not.
    #[error("{kind} has no attribute {attribute}")]
    UnknownAttribute {
        /// The type.
        kind: String,
        /// The attribute asked for.
        attribute: String,
    },
    /// A key that a mapping has not.
    #[error("unable to get mapping for {0}")]
    UnknownMapping(String),
    /// A function with arguments that it does not take.
    #[error("{function} {expected}")]
    Arguments {
        /// Its name, `Fn::Join`.
        function: String,
        /// What it takes.
        expected: String,
    },
    /// A function that no one knows.
    #[error("unknown function {0}")]
    UnknownFunction(String),
    /// A value that lives outside the template, and was not given.
    #[error("{what} is not in the template (give {flag})")]
    Outside {
        /// What is needed.
        what: String,
        /// How to give it.
        flag: String,
    },
    /// Something that CloudFormation does and this reader does not.
    #[error("{0}")]
    Unsupported(String),
    /// A value that decides what happens, but is known only after deployment.
    #[error("depends on {origin}, which is known only after deployment, and decides what happens here")]
    KnownLater {
        /// Whose value: `Queue.Arn`.
        origin: String,
    },
}

impl Reason {
    /// Whether the template may be right all the same: only this reader cannot know the value. In resources that
    /// are left aside, such a value does not matter.
    pub(super) fn is_ours(&self) -> bool {
        matches!(self, Self::Outside { .. } | Self::Unsupported(_) | Self::KnownLater { .. })
    }

    pub(super) fn arguments(function: &str, expected: &str) -> Self {
        Self::Arguments { function: function.to_owned(), expected: expected.to_owned() }
    }
}
