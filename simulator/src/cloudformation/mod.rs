//! Templates: from the text of a deployment to the resources that it creates.
//!
//! [`Stack::read`] takes a CloudFormation template (JSON or YAML) or a Terraform plan as JSON, and gives the metric
//! filters, alarms, topics, subscriptions and log groups in it, with all functions done, under CloudFormation's
//! property names. It knows nothing of what these resources do.
//!
//! | Step | Where |
//! |---|---|
//! | Notation: JSON, YAML with short forms, lines | `source`, `node` |
//! | Sections and their form | `template` |
//! | Values from outside | [`Environment`], `parameters` |
//! | Conditions, references, functions | `conditions`, `references`, `resolver`, `calls`, `functions` |
//! | Names, ARNs and attributes | `identity` |
//! | The result | [`Stack`], [`Resource`] |
//! | The same from a plan | `terraform` |
//! | Whether it will page | [`check`] |
//!
//! # What is not known before deployment
//!
//! AWS makes up names and ids. Of resources that are played here, this reader makes them up in the same form, from
//! account, region and stack alone. Of the types that are left aside it knows what follows from the template, and else
//! takes a plausible text and says so in [`Resource::known_later`]. Where such a text would decide what happens (a
//! pattern, a threshold, a rule, a protocol), it is an error. What lives outside the template (imports, dynamic
//! references) is always an error in a resource that is played here, and can be given.

mod calls;
pub mod check;
mod conditions;
mod environment;
mod error;
mod functions;
mod identity;
mod kind;
mod node;
mod parameters;
mod path;
mod references;
mod resolved;
mod resolver;
mod source;
mod stack;
mod template;
mod terraform;

pub use environment::Environment;
pub use error::{Reason, TemplateError, TemplateErrors};
pub use kind::ResourceKind;
pub use stack::{KnownLater, LeftAside, Output, Resource, Stack};

impl Stack {
    /// Reads a CloudFormation template or a Terraform plan (`terraform show -json`).
    ///
    /// # Errors
    /// Everything that is wrong with it, with places: first what its form breaks, then parameters, then conditions,
    /// then names, then values.
    pub fn read(text: &str, environment: &Environment) -> Result<Self, TemplateErrors> {
        if let Some(plan) = terraform::Plan::recognise(text)? {
            return plan.into_stack(environment);
        }
        Self::from_template(&source::read(text)?, environment)
    }
}
