//! Opsgenie's hosted CloudWatch integration: what SNS posts to `/v1/json/cloudwatch?apiKey=…` becomes a write.
//!
//! ```text
//! body ─▶ envelope ─▶ parsed record ─▶ action by NewStateValue ─▶ fields by templates ─▶ Command
//!              └────▶ Confirmation, to be visited by whoever has a socket
//! ```
//!
//! The parsed record is that of Opsgenie's own documentation of the integration, to the letter. Which fields an alert
//! gets from it is published nowhere: [`HostedSettings`] holds this twin's own choice. Signatures are not checked, as
//! nothing says that the service does.
//!
//! A close can come before its create (`delayIfDoesNotExists`): the twin's queue holds it for a while.

mod envelope;
mod fields;
mod flatten;
mod record;
mod settings;
mod template;

use std::fmt;

use thiserror::Error;

use super::command::{Action, By, Command, Identifier};
use super::ids::RequestId;
use envelope::Envelope;
pub use flatten::Collections;
pub use record::ParsedRecord;
pub use settings::{HostedSettings, InsufficientData, Properties, Templates};
pub use template::{Template, TemplateError};

/// A body that is no message of SNS. Answered with 400 and 422, which is this twin's choice.
#[derive(Debug, Error)]
pub enum HostedError {
    /// No JSON object.
    #[error("the body is no JSON object: {0}")]
    NotJson(serde_json::Error),
    /// No `Type`, or one that SNS does not have. So comes a message if raw delivery is on.
    #[error("the body has no Type of an SNS message; is raw message delivery on?")]
    NoType,
    /// A confirmation request without its URL.
    #[error("the confirmation request has no SubscribeURL")]
    NoSubscribeUrl,
}

/// A subscription that wants to be confirmed by a GET of its URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The topic.
    pub topic_arn: String,
    /// The URL, which holds a token.
    pub subscribe_url: String,
}

/// Without the URL.
impl fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirmation").field("topic_arn", &self.topic_arn).finish_non_exhaustive()
    }
}

/// What a post to the webhook comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// A subscription wants to be confirmed.
    Confirm(Confirmation),
    /// A subscription has ended.
    Unsubscribed,
    /// An action of the integration fired.
    Act {
        /// What was parsed.
        record: ParsedRecord,
        /// What is to be done.
        command: Box<Command>,
    },
    /// No action fits.
    Ignored {
        /// What was parsed.
        record: ParsedRecord,
        /// Why none does.
        why: &'static str,
    },
}

/// Reads a body. `integration` is the integration's name, `id` that of the request.
pub fn receive(
    body: &[u8],
    settings: &HostedSettings,
    integration: &str,
    id: RequestId,
) -> Result<Incoming, HostedError> {
    let envelope = Envelope::parse(body).map_err(HostedError::NotJson)?;
    match envelope.kind.as_deref() {
        Some("Notification") => Ok(notification(&envelope, settings, integration, id)),
        Some("SubscriptionConfirmation") => {
            let subscribe_url = envelope.subscribe_url.ok_or(HostedError::NoSubscribeUrl)?;
            let topic_arn = envelope.topic_arn.unwrap_or_default();
            Ok(Incoming::Confirm(Confirmation { topic_arn, subscribe_url }))
        }
        Some("UnsubscribeConfirmation") => Ok(Incoming::Unsubscribed),
        _ => Err(HostedError::NoType),
    }
}

fn notification(
    envelope: &Envelope,
    settings: &HostedSettings,
    integration: &str,
    id: RequestId,
) -> Incoming {
    let mut record = ParsedRecord::of(envelope, settings.collections);
    let fires = match record.get("NewStateValue") {
        Some("ALARM") => Fires::Create,
        Some("OK") => Fires::Act(Action::Close, "Close Alert"),
        Some("INSUFFICIENT_DATA") => match settings.insufficient_data {
            InsufficientData::Ignore => Fires::Nothing("the state is INSUFFICIENT_DATA"),
            InsufficientData::Create => Fires::Create,
            InsufficientData::Close => Fires::Act(Action::Close, "Close Alert"),
            InsufficientData::Acknowledge => Fires::Act(Action::Acknowledge, "Acknowledge Alert"),
            InsufficientData::AddNote => Fires::Act(Action::AddNote, "Add Note"),
        },
        Some(_) => Fires::Nothing("the state is none that CloudWatch has"),
        None => Fires::Nothing("the message is no CloudWatch alarm"),
    };
    record.add_provenance(settings, integration, id, fires.name());
    let alias = fields::alias(&record, &settings.templates);
    let command = match fires {
        Fires::Nothing(why) => return Incoming::Ignored { record, why },
        _ if alias.is_empty() => return Incoming::Ignored { record, why: "the alias comes out empty" },
        Fires::Create => match fields::create(&record, alias, settings) {
            Some(create) => Command::Create(Box::new(create)),
            None => return Incoming::Ignored { record, why: "the message comes out empty" },
        },
        Fires::Act(action, _) => {
            let by: By = fields::by(&record, settings);
            Command::Act { on: Identifier::Alias(alias), action, by }
        }
    };
    Incoming::Act { record, command: Box::new(command) }
}

/// The integration's action that fires, under its name.
enum Fires {
    Create,
    Act(Action, &'static str),
    Nothing(&'static str),
}

impl Fires {
    /// `Create Alert` is in the seed; the others are named alike.
    const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Create => Some("Create Alert"),
            Self::Act(_, name) => Some(name),
            Self::Nothing(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
