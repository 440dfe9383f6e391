//! Accounts and keys.

use std::fmt;

use serde::Deserialize;

use super::super::directory::Directory;

/// An account: its alerts are its own, and so are its limits.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// Its name, for people.
    pub name: String,
    /// Its keys.
    #[serde(default)]
    pub keys: Vec<KeySettings>,
    /// Who can be paged, if it is not who the settings name for all.
    #[serde(default)]
    pub directory: Option<Directory>,
    /// What its plan does not have.
    #[serde(default)]
    pub plan_lacks: Vec<PlanAction>,
}

impl AccountSettings {
    /// An account without keys.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), keys: Vec::new(), directory: None, plan_lacks: Vec::new() }
    }
}

/// A key and the integration to which it belongs.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// The key: a UUID.
    pub key: String,
    /// Of what.
    #[serde(default)]
    pub kind: KeyKind,
    /// The integration's name.
    #[serde(default)]
    pub name: Option<String>,
    /// The team that owns the integration: all its alerts go to that team, whatever responders they name.
    #[serde(default)]
    pub team: Option<String>,
    /// Under which base URLs it is known.
    #[serde(default)]
    pub product: Product,
    /// A disabled integration's key authenticates nobody.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What it may do.
    #[serde(default)]
    pub access: Access,
}

/// What an integration's key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Access {
    /// `allowReadAccess`
    pub read: bool,
    /// `allowWriteAccess`
    pub write: bool,
    /// `allowDeleteAccess`
    pub delete: bool,
}

impl Default for Access {
    fn default() -> Self {
        Self { read: true, write: true, delete: true }
    }
}

impl KeySettings {
    /// A key with every right, for both products.
    #[must_use]
    pub fn new(key: impl Into<String>, kind: KeyKind) -> Self {
        let key = key.into();
        let (product, access) = (Product::Both, Access::default());
        Self { key, kind, name: None, team: None, product, enabled: true, access }
    }
}

/// Without the key.
impl fmt::Debug for KeySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySettings")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

const fn yes() -> bool {
    true
}

/// What a key is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// An API integration, which the alert API wants.
    #[default]
    Api,
    /// A CloudWatch integration, which the hosted webhook wants.
    #[serde(rename = "cloudwatch")]
    CloudWatch,
    /// A key made under "API key management": refused with 403 and code 40301 by the alert API.
    Management,
}

/// Where a key is known. Whether an Opsgenie key stays valid at JSM after a migration is unknown: say it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    /// Both.
    #[default]
    Both,
    /// Opsgenie's own paths alone.
    Opsgenie,
    /// The paths under `/jsm/ops/integration` alone.
    Jsm,
}

/// What a plan may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanAction {
    /// `assign`: seen refused by plan.
    Assign,
    /// `escalate`
    Escalate,
    /// `snooze`
    Snooze,
    /// Custom actions.
    Custom,
}

impl PlanAction {
    /// The sentence, as it was seen for `assign`.
    #[must_use]
    pub const fn refusal(self) -> &'static str {
        match self {
            Self::Assign => "Your account plan does not support alert assign action",
            Self::Escalate => "Your account plan does not support alert escalate action",
            Self::Snooze => "Your account plan does not support alert snooze action",
            Self::Custom => "Your account plan does not support alert custom action",
        }
    }
}
