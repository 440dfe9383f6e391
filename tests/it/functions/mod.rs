//! The VRL functions as an embedder uses them: compiled with the standard library, run on events.

mod alarms;
mod alert;
mod embedding;
mod examples;
mod pattern;
mod reference;
mod types;
mod verify;

use serde_json::Value as Json;
use vrl::compiler::runtime::Runtime;
use vrl::compiler::state::ExternalEnv;
use vrl::compiler::{CompileConfig, Function, Program, TargetValue, TimeZone, compile_with_external};
use vrl::diagnostic::Formatter;
use vrl::value::{Secrets, Value};

/// The standard library and ours.
fn functions() -> Vec<Box<dyn Function>> {
    let mut functions = vrl::stdlib::all();
    functions.extend(trailbell::functions::all());
    functions
}

/// Compiles for events of which nothing is known; the error is VRL's text.
fn compile(source: &str) -> Result<Program, String> {
    compile_with(source, CompileConfig::default())
}

fn compile_with(source: &str, config: CompileConfig) -> Result<Program, String> {
    compile_with_external(source, &functions(), &ExternalEnv::default(), config)
        .map(|result| result.program)
        .map_err(|diagnostics| Formatter::new(source, diagnostics).to_string())
}

/// Runs on an event; the program's value, or the error's text.
fn run(program: &Program, event: impl Into<Value>) -> Result<Value, String> {
    let mut target =
        TargetValue { value: event.into(), metadata: Value::Object([].into()), secrets: Secrets::default() };
    let zone = TimeZone::parse("UTC").unwrap();
    Runtime::default().resolve(&mut target, program, &zone).map_err(|error| error.to_string())
}

fn json(value: &Value) -> Json {
    serde_json::to_value(value).unwrap()
}
