//! Envelope in, actions out: compiles the programs once and runs them on each notification.
//!
//! The order is always: the built-in mapping (`vrl/opsgenie.vrl`), the CSV [`Table`], the user's own program, and the
//! limits (`vrl/limits.vrl`), which therefore hold for what a user's program makes too. The same two files run in
//! Vector's `remap`: there is one mapping.
//!
//! ```
//! use trailbell::transform::{Input, Outcome, Transform};
//!
//! let transform = Transform::builder().build()?;
//! let envelope = Input::from_members([
//!     ("Type", "Notification"),
//!     ("TopicArn", "arn:aws:sns:eu-west-1:123456789012:ops"),
//!     ("MessageId", "5f1c"),
//!     ("Message", "the disk is full"),
//! ]);
//! let Outcome::Mapped(mapped) = transform.runner().run(envelope) else { unreachable!() };
//! assert_eq!(mapped[0].action.request.body["message"], "the disk is full");
//! # Ok::<(), trailbell::transform::TransformError>(())
//! ```

mod action;
mod limits;
mod program;
mod settings;
mod table;

use std::sync::Arc;

use vrl::compiler::runtime::Runtime;
use vrl::value::{KeyString, ObjectMap, Value};

pub use action::{NotAnAction, parse_action};
pub use program::CompileError;
pub use settings::{InsufficientData, Priority, Responder, ResponderKind, Settings, SettingsError};
pub use table::{Table, TableError};

use crate::opsgenie::Action;
use program::{Program, Stopped};

/// The built-in mapping, as it is shipped for Vector.
pub const OPSGENIE_VRL: &str = include_str!("../../vrl/opsgenie.vrl");
/// The built-in program that cuts every field to Opsgenie's limits.
pub const LIMITS_VRL: &str = include_str!("../../vrl/limits.vrl");

/// Expressions that a user's program may evaluate on one event: a thousand times what a large program needs.
/// A program that goes on for longer is stopped, and its event becomes a plain alert.
const USER_BUDGET: u64 = 1_000_000;

/// Why a [`Transform`] cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum TransformError {
    /// A program does not compile. The text is VRL's own diagnostic.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// A setting has a value that Opsgenie refuses.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// One SNS envelope as the programs see it: an object of the members that SNS posts.
#[derive(Debug, Clone, PartialEq)]
pub struct Input(Value);

impl Input {
    /// The envelope from its members. Names are those of SNS: `Type`, `MessageId`, `TopicArn`, `Message`, …
    pub fn from_members<K: Into<String>, V: Into<String>>(members: impl IntoIterator<Item = (K, V)>) -> Self {
        let members: ObjectMap = members
            .into_iter()
            .map(|(name, value)| (KeyString::from(name.into()), Value::from(value.into())))
            .collect();
        Self(Value::Object(members))
    }
}

impl From<serde_json::Value> for Input {
    /// Any JSON is taken: what is no envelope becomes a plain alert.
    fn from(value: serde_json::Value) -> Self {
        Self(Value::from(value))
    }
}

/// An action, and what had to be cut for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// What the pager is asked.
    pub action: Action,
    /// The names of the body's fields that were over a limit: to be logged. Empty most of the time.
    pub cut: Vec<String>,
}

/// What became of one envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// At least one action.
    Mapped(Vec<Mapped>),
    /// A program dropped it on purpose: `abort`, or no action left.
    Dropped {
        /// What the program said.
        reason: String,
    },
    /// A program failed on this event. The fallback is a plain alert that carries the text and the reason, so that
    /// somebody is paged, whatever the state of the alarm was.
    Failed {
        /// The program's name and its error.
        reason: String,
        /// Never empty.
        fallback: Vec<Mapped>,
    },
}

/// The compiled programs with their settings. Cheap to clone, shared between threads.
#[derive(Debug, Clone)]
pub struct Transform {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    mapping: Arc<Program>,
    table: Table,
    user: Option<Program>,
    limits: Arc<Program>,
    /// The programs' metadata at the start of each event: `{"trailbell": {…settings}}`.
    metadata: Value,
}

impl Transform {
    /// Starts from the built-in mapping alone.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts from the built-in mapping alone, and takes over its compiled programs: for another table, program or
    /// settings at run time, and for tests.
    #[must_use]
    pub fn rebuild(&self) -> Builder {
        let built_in = (Arc::clone(&self.inner.mapping), Arc::clone(&self.inner.limits));
        Builder { built_in: Some(built_in), ..Builder::default() }
    }

    /// The state of one worker. Each task or thread has its own.
    #[must_use]
    pub fn runner(&self) -> Runner {
        Runner { inner: Arc::clone(&self.inner), runtime: Runtime::default() }
    }

    /// VRL's rendered warnings on the user's program, such as a result that is never used. Empty if there are none.
    #[must_use]
    pub fn warnings(&self) -> &str {
        self.inner.user.as_ref().map_or("", Program::warnings)
    }
}

/// Collects what a [`Transform`] is made of.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    table: Table,
    user: Option<(String, String)>,
    settings: Settings,
    built_in: Option<(Arc<Program>, Arc<Program>)>,
}

impl Builder {
    /// Rules that choose team, priority, tags and runbook by alarm and account.
    #[must_use]
    pub fn table(mut self, table: Table) -> Self {
        self.table = table;
        self
    }

    /// The user's own program; `name` is its file's name, which stands in diagnostics and reasons.
    #[must_use]
    pub fn program(mut self, name: impl Into<String>, source: impl Into<String>) -> Self {
        self.user = Some((name.into(), source.into()));
        self
    }

    /// What the programs read as `%trailbell.*`.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Compiles everything.
    pub fn build(self) -> Result<Transform, TransformError> {
        let user = self.user.map(|(name, source)| Program::compile(&name, &source)).transpose()?;
        let (mapping, limits) = match self.built_in {
            Some(built_in) => built_in,
            None => (
                Arc::new(Program::compile("opsgenie.vrl", without_result(OPSGENIE_VRL))?),
                Arc::new(Program::compile("limits.vrl", without_result(LIMITS_VRL))?),
            ),
        };
        let metadata = self.settings.metadata()?;
        Ok(Transform { inner: Arc::new(Inner { mapping, table: self.table, user, limits, metadata }) })
    }
}

/// The programs end with `.` for hosts that take a program's value. Here the event itself is taken, and without that line
/// no copy is made of it.
fn without_result(source: &str) -> &str {
    source.trim_end().strip_suffix("\n.").unwrap_or(source)
}

/// Runs a [`Transform`] on one envelope after the other.
#[derive(Debug)]
pub struct Runner {
    inner: Arc<Inner>,
    runtime: Runtime,
}

impl Runner {
    /// Maps one envelope. It depends on nothing but the envelope and the transform.
    pub fn run(&mut self, envelope: Input) -> Outcome {
        let inner = Arc::clone(&self.inner);
        let mut event = envelope.0.clone();
        let mut metadata = inner.metadata.clone();
        if inner.user.is_none() {
            // The mapping keeps a copy of the envelope for later programs, unless one is there. None will read it.
            metadata.insert(vrl::path!("trailbell", "envelope"), Value::Null);
        }
        match self.chain(&inner, &mut event, &mut metadata) {
            Ok(mapped) if mapped.is_empty() => {
                Outcome::Dropped { reason: "the program left no action".to_owned() }
            }
            Ok(mapped) => Outcome::Mapped(mapped),
            Err(Stopped::Aborted(reason)) => Outcome::Dropped { reason },
            Err(Stopped::Failed(reason)) => {
                let fallback = vec![self.plain_alert(&inner, envelope.0, &reason)];
                Outcome::Failed { reason, fallback }
            }
        }
    }

    fn chain(
        &mut self,
        inner: &Inner,
        event: &mut Value,
        metadata: &mut Value,
    ) -> Result<Vec<Mapped>, Stopped> {
        inner.mapping.run(&mut self.runtime, event, metadata, None)?;
        inner.table.apply(event);
        if let Some(user) = &inner.user {
            user.run(&mut self.runtime, event, metadata, Some(USER_BUDGET))?;
        }
        match std::mem::replace(event, Value::Null) {
            Value::Null => Ok(Vec::new()),
            Value::Array(events) => {
                events.into_iter().map(|event| self.finish(inner, event, metadata.clone())).collect()
            }
            event => Ok(vec![self.finish(inner, event, std::mem::replace(metadata, Value::Null))?]),
        }
    }

    /// The limits, and the step from VRL's value to the typed action.
    fn finish(&mut self, inner: &Inner, mut event: Value, mut metadata: Value) -> Result<Mapped, Stopped> {
        let last = inner.user.as_ref().unwrap_or(&inner.mapping).name();
        if !event.is_object() {
            return Err(Stopped::Failed(format!("{last}: the result is no action but {}", event.kind_str())));
        }
        if !limits::plainly_within(&event) {
            inner.limits.run(&mut self.runtime, &mut event, &mut metadata, None)?;
        }
        let action =
            action::from_value(event).map_err(|error| Stopped::Failed(format!("{last}: {error}")))?;
        Ok(Mapped { action, cut: action::cut_fields(&metadata) })
    }

    /// The built-in mapping once more, told to look at nothing but the text.
    fn plain_alert(&mut self, inner: &Inner, envelope: Value, reason: &str) -> Mapped {
        let mut metadata = inner.metadata.clone();
        metadata.insert(vrl::path!("trailbell", "failure"), reason);
        let mut event = envelope;
        let mapped = inner
            .mapping
            .run(&mut self.runtime, &mut event, &mut metadata, None)
            .and_then(|()| self.finish(inner, event, metadata));
        mapped.unwrap_or_else(|_| Mapped { action: action::last_resort(reason), cut: Vec::new() })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig {
            cases: 400, failure_persistence: None, ..proptest::prelude::ProptestConfig::default()
        })]

        /// The quick check and the program must not drift apart.
        #[test]
        fn what_is_plainly_within_the_limits_is_left_alone_by_the_program(body in body()) {
            let mut action = action_with(&body);
            if limits::plainly_within(&action) {
                let (before, mut metadata) = (action.clone(), Value::from(serde_json::json!({})));
                LIMITS.run(&mut Runtime::default(), &mut action, &mut metadata, None).unwrap();
                proptest::prop_assert_eq!(before, action);
                proptest::prop_assert_eq!(metadata, Value::from(serde_json::json!({})));
            }
        }
    }

    static LIMITS: std::sync::LazyLock<Program> =
        std::sync::LazyLock::new(|| Program::compile("limits.vrl", without_result(LIMITS_VRL)).unwrap());

    fn action_with(body: &serde_json::Value) -> Value {
        Value::from(serde_json::json!({"action": "create", "alias": "a", "request": {"body": body}}))
    }

    /// Bodies whose values lie around the limits.
    fn body() -> proptest::strategy::BoxedStrategy<serde_json::Value> {
        use proptest::prelude::*;
        use serde_json::json;
        let text = |limit: usize| {
            prop_oneof![
                3 => (prop::sample::select(vec!["a", "é", "\"", "\u{1}", " ", "-"]), 0..=limit + 1)
                    .prop_map(|(unit, count)| json!(unit.repeat(count))),
                1 => (0..3_usize, prop::sample::select(vec!["x", "漢"]))
                    .prop_map(move |(less, unit)| json!(unit.repeat((limit + 1).saturating_sub(less)))),
                1 => prop::sample::select(vec![json!(null), json!(1), json!([]), json!({}), json!("null"), json!("-"), json!("")]),
            ]
        };
        let list = |items: usize| prop_oneof![9 => prop::collection::vec(text(50), 0..items + 2).prop_map(|all| json!(all)), 1 => text(50)];
        let details = prop_oneof![
            9 => prop::collection::btree_map("[a-c\"é]{1,3}", text(2_600), 0..6).prop_map(|all| json!(all)),
            1 => text(50),
        ];
        let fields = (
            prop::option::weighted(0.9, text(130)),
            prop::option::of(text(512)),
            prop::option::of(text(15_000)),
            prop::option::of(text(100)),
            prop::option::of(list(20)),
            prop::option::of(list(10)),
            prop::option::of(details),
            prop::option::of(prop::sample::select(vec![json!("P1"), json!("P6"), json!(1)])),
        );
        fields
            .prop_map(|(message, entity, description, user, tags, actions, details, priority)| {
                let fields = [
                    ("message", message),
                    ("entity", entity),
                    ("description", description),
                    ("user", user),
                    ("tags", tags),
                    ("actions", actions),
                    ("details", details),
                    ("priority", priority),
                ];
                fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
            })
            .boxed()
    }

    /// A defect of the built-in program itself must not silence the pager either.
    #[test]
    fn a_failing_mapping_still_pages() {
        let compile = |source| Arc::new(Program::compile("opsgenie.vrl", source).unwrap());
        let broken = (compile("x = to_int!(.Message)\n. = x\n."), compile("."));
        let transform = Builder { built_in: Some(broken), ..Builder::default() }.build().unwrap();
        let outcome = transform.runner().run(Input::from_members([("Message", "not a number")]));
        let Outcome::Failed { reason, fallback } = outcome else { panic!("{outcome:?}") };
        assert!(reason.starts_with("opsgenie.vrl: "), "{reason}");
        assert_eq!(fallback[0].action.request.path, "/v2/alerts");
        assert!(fallback[0].action.request.body["description"].as_str().unwrap().contains("to_int"));
    }
}
