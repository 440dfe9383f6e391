//! Keys: which account a key selects, and what it may do there.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::account::Integration;
use super::alert::{Responder, ResponderKind};
use super::command::Reference;
use super::directory::People;
use super::ids::{is_uuid, named_id};
use super::settings::{Access, KeyKind, KeySettings, Product};

/// All keys that are known.
#[derive(Default)]
pub(super) struct Keys(HashMap<String, Key>);

/// A key. The text of it is nowhere in it.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) account: usize,
    /// Of what; a key of the open mode is of whatever it is used for.
    kind: Option<KeyKind>,
    product: Product,
    enabled: bool,
    pub(super) access: Access,
    api: Arc<Integration>,
    cloudwatch: Arc<Integration>,
    /// The team that owns the integration.
    pub(super) team: Option<Responder>,
}

/// Why a key is no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyProblem {
    /// There is none.
    Missing,
    /// It does not have the form of one.
    Form,
    /// Nobody knows it.
    Unknown,
}

impl Keys {
    /// Adds the key of an account.
    pub(super) fn add(&mut self, seed: u64, account: usize, settings: &KeySettings, people: &People) {
        let team = settings
            .team
            .as_ref()
            .and_then(|team| people.find(ResponderKind::Team, &Reference::Name(team.clone())));
        let integration = |kind: &'static str| {
            let name = settings.name.clone().unwrap_or_else(|| kind.to_owned());
            integration(seed, &settings.key, kind, name)
        };
        let key = Key {
            account,
            kind: Some(settings.kind),
            product: settings.product,
            enabled: settings.enabled,
            access: settings.access,
            api: integration("API"),
            cloudwatch: integration("CloudWatch"),
            team,
        };
        self.0.insert(settings.key.to_ascii_lowercase(), key);
    }

    /// Adds a key of the open mode.
    pub(super) fn open(&mut self, seed: u64, account: usize, text: &str) -> Key {
        let key = Key {
            account,
            kind: None,
            product: Product::Both,
            enabled: true,
            access: Access::default(),
            api: integration(seed, text, "API", "API".to_owned()),
            cloudwatch: integration(seed, text, "CloudWatch", "CloudWatch".to_owned()),
            team: None,
        };
        self.0.insert(text.to_ascii_lowercase(), key.clone());
        key
    }

    /// The key of a text, at the paths of a product.
    pub(super) fn find(&self, text: Option<&str>, product: Product) -> Result<&Key, KeyProblem> {
        let text = text.filter(|text| !text.is_empty()).ok_or(KeyProblem::Missing)?;
        if !is_uuid(text) {
            return Err(KeyProblem::Form);
        }
        let Some(key) = self.0.get(&text.to_ascii_lowercase()) else {
            return Err(KeyProblem::Unknown);
        };
        let known = key.product == Product::Both || key.product == product;
        // A key that is known is never opened as another one.
        if known && key.enabled { Ok(key) } else { Err(KeyProblem::Missing) }
    }
}

impl Key {
    /// The integration of a kind, if the key is of that kind.
    pub(super) fn integration(&self, kind: KeyKind) -> Option<&Arc<Integration>> {
        let of_kind = self.kind.is_none_or(|of| of == kind);
        let integration = match kind {
            KeyKind::Api => &self.api,
            KeyKind::CloudWatch => &self.cloudwatch,
            KeyKind::Management => return None,
        };
        of_kind.then_some(integration)
    }
}

/// Without the keys.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("count", &self.0.len()).finish()
    }
}

fn integration(seed: u64, key: &str, kind: &'static str, name: String) -> Arc<Integration> {
    Arc::new(Integration { id: named_id(seed, kind, key), name, kind })
}
