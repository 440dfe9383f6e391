//! Programs of `vrl/`, compiled and run as Vector's `remap` does it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use vrl::compiler::runtime::{Runtime, Terminate};
use vrl::compiler::state::ExternalEnv;
use vrl::compiler::{
    CompileConfig, ExpressionError, Function, TargetValueRef, TimeZone, compile_with_external,
};
use vrl::diagnostic::Formatter;
use vrl::value::kind::Collection;
use vrl::value::{Kind, Secrets, Value};

use super::functions::{self, Tables};

/// The folder of the programs and the configurations.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vrl")
}

/// What flows between components.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) value: Value,
    pub(crate) metadata: Value,
}

impl Event {
    pub(crate) fn empty() -> Self {
        Self { value: Value::Object([].into()), metadata: Value::Object([].into()) }
    }
}

/// How a program ended that did not come to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dropped {
    /// Vector's word for it: `abort` or `error`.
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

/// A compiled program. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Program(Arc<vrl::compiler::Program>);

/// The same few programs stand in every configuration, and compiling one takes seconds.
static COMPILED: LazyLock<Mutex<HashMap<String, Program>>> = LazyLock::new(Mutex::default);

impl Program {
    /// The texts of `files`, joined as Vector joins them: each followed by a line feed.
    pub(crate) fn source(files: &[&str]) -> String {
        let read = |name: &&str| {
            let path = folder().join(name);
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
                + "\n"
        };
        files.iter().map(read).collect()
    }

    /// With the functions of VRL 0.31 and Vector's, knowing nothing of the event. Warnings are errors.
    pub(crate) fn compile(source: &str, tables: &Tables) -> Result<Self, String> {
        let key = format!("{:?}\n{source}", tables.0);
        if let Some(program) = COMPILED.lock().unwrap().get(&key) {
            return Ok(program.clone());
        }
        let program = Self::compile_for(source, &functions::oldest(), tables, (Kind::any(), Kind::any()))?;
        COMPILED.lock().unwrap().insert(key, program.clone());
        Ok(program)
    }

    pub(crate) fn compile_for(
        source: &str,
        functions: &[Box<dyn Function>],
        tables: &Tables,
        (event, metadata): (Kind, Kind),
    ) -> Result<Self, String> {
        let mut config = CompileConfig::default();
        config.set_custom(tables.clone());
        let known = ExternalEnv::new_with_kind(event, metadata);
        match compile_with_external(source, functions, &known, config) {
            Ok(result) if result.warnings.is_empty() => Ok(Self(Arc::new(result.program))),
            Ok(result) => Err(Formatter::new(source, result.warnings).to_string()),
            Err(errors) => Err(Formatter::new(source, errors).to_string()),
        }
    }

    /// Runs in place, and gives the value of the program's last expression.
    pub(crate) fn run(&self, event: &mut Event) -> Result<Value, Dropped> {
        let zone = TimeZone::parse("UTC").unwrap();
        let mut secrets = Secrets::default();
        let mut target =
            TargetValueRef { value: &mut event.value, metadata: &mut event.metadata, secrets: &mut secrets };
        Runtime::default().resolve(&mut target, &self.0, &zone).map_err(|stopped| match stopped {
            Terminate::Abort(ExpressionError::Abort { message, .. }) => {
                Dropped { reason: "abort", message: message.unwrap_or_else(|| "aborted".to_owned()) }
            }
            Terminate::Abort(error) | Terminate::Error(error) => {
                Dropped { reason: "error", message: error.to_string() }
            }
            Terminate::Interrupted => unreachable!("no budget was given"),
        })
    }
}

/// What a host may know of an event's types before a program: nothing, an object, nothing but what a source of Vector says
/// of its events, and the same when Vector's schemas are on.
pub(crate) fn kinds() -> Vec<(Kind, Kind)> {
    let object = |fields: &[(&'static str, Kind)]| {
        let mut kind = Kind::object(Collection::any());
        for (name, field) in fields {
            kind.as_object_mut().unwrap().known_mut().insert((*name).into(), field.clone());
        }
        kind
    };
    let anything = Kind::object(Collection::any());
    let nothing = Kind::object(Collection::empty());
    let source = object(&[
        ("message", Kind::bytes()),
        ("timestamp", Kind::timestamp()),
        ("source_type", Kind::bytes()),
        ("path", Kind::bytes()),
    ]);
    let dropped = object(&[
        ("message", Kind::bytes().or_undefined()),
        ("metadata", object(&[("reason", Kind::bytes()), ("message", Kind::bytes())])),
    ]);
    vec![
        (Kind::any(), Kind::any()),
        (anything.clone(), anything.clone()),
        (anything.clone(), nothing.clone()),
        (nothing.clone(), nothing),
        (source, anything.clone()),
        (dropped, anything),
    ]
}
