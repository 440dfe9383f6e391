//! What is not published about the hosted integration, as settings. Each default is this twin's own choice.

use serde::Deserialize;
use serde::de::Error;

use super::super::alert::Priority;
use super::flatten::Collections;
use super::template::Template;

/// How the hosted integration is set up.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HostedSettings {
    /// What happens at `INSUFFICIENT_DATA`.
    pub insufficient_data: InsufficientData,
    /// How arrays and objects look in parsed values.
    pub collections: Collections,
    /// Who acts: the name at the beginning of `alertSource`, and the user of closes.
    pub user: String,
    /// Names of the teams that are notified (the integration's *Teams* field).
    pub teams: Vec<String>,
    /// The priority of every alert.
    #[serde(deserialize_with = "priority")]
    pub priority: Priority,
    /// Which parsed values become extra properties of the alert.
    pub properties: Properties,
    /// The alert's fields.
    pub templates: Templates,
}

/// What happens at `INSUFFICIENT_DATA`. What the service does is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsufficientData {
    /// Nothing.
    #[default]
    Ignore,
    /// An alert is created, as for `ALARM`.
    Create,
    /// The alert is closed, as for `OK`.
    Close,
    /// The alert is acknowledged.
    Acknowledge,
    /// The alert gets a note.
    AddNote,
}

/// Which parsed values become extra properties. What the service does is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Properties {
    /// All of them.
    #[default]
    All,
    /// None.
    None,
}

/// The fields of an alert: texts with `{{Name}}` for parsed values. Too long ones are cut to the API's limits.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Templates {
    /// The key of de-duplication, of creates and closes alike.
    pub alias: Template,
    /// The headline.
    pub message: Template,
    /// The long text.
    pub description: Template,
    /// What it is about.
    pub entity: Template,
    /// Where it comes from.
    pub source: Template,
    /// Labels; those that come out empty are left out.
    pub tags: Vec<Template>,
    /// The note of closes, acknowledgements and notes; none if it comes out empty.
    pub note: Template,
}

impl Default for HostedSettings {
    fn default() -> Self {
        Self {
            insufficient_data: InsufficientData::default(),
            collections: Collections::default(),
            user: "integration@example.test".to_owned(),
            teams: Vec::new(),
            priority: Priority::default(),
            properties: Properties::default(),
            templates: Templates::default(),
        }
    }
}

impl Default for Templates {
    fn default() -> Self {
        let field = |name| Template::paragraphs(&[name]);
        Self {
            alias: field("AlarmName"),
            message: field("Subject"),
            description: Template::paragraphs(&["NewStateReason", "AlarmDescription", "Trigger"]),
            entity: field("AlarmName"),
            source: Template::fixed("CloudWatch"),
            tags: Vec::new(),
            note: field("NewStateReason"),
        }
    }
}

fn priority<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Priority, D::Error> {
    let text = String::deserialize(deserializer)?;
    Priority::parse(&text).ok_or_else(|| D::Error::custom(format!("\"{text}\" is none of P1 to P5")))
}
