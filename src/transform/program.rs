//! One VRL program: compiled with the standard library alone, run on one event.

use std::fmt;
use std::ops::ControlFlow;

use vrl::compiler::runtime::{Runtime, Terminate};
use vrl::compiler::state::ExternalEnv;
use vrl::compiler::{CompileConfig, ExpressionError, TargetValueRef, TimeZone, compile_with_external};
use vrl::diagnostic::{DiagnosticList, Formatter};
use vrl::value::{Secrets, Value};

/// A program does not compile. Its text is the diagnostic that VRL renders, with the file's name, without colour.
pub struct CompileError {
    name: String,
    source: String,
    diagnostics: DiagnosticList,
}

impl CompileError {
    /// The same diagnostic with ANSI colours, for a terminal.
    #[must_use]
    pub fn colored(&self) -> String {
        render(&self.name, &self.source, self.diagnostics.clone(), true)
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render(&self.name, &self.source, self.diagnostics.clone(), false))
    }
}

impl fmt::Debug for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for CompileError {}

/// VRL knows no file names: the place where it would stand is empty in its own rendering.
fn render(name: &str, source: &str, diagnostics: DiagnosticList, color: bool) -> String {
    let mut formatter = Formatter::new(source, diagnostics);
    formatter.enable_colors(color);
    let text = formatter.to_string();
    text.trim_start().replace("┌─ :", &format!("┌─ {name}:"))
}

/// Why a program did not come to its end.
#[derive(Debug)]
pub(super) enum Stopped {
    /// `abort`, with its message.
    Aborted(String),
    /// An error at run time, or the budget was spent.
    Failed(String),
}

/// A compiled program.
#[derive(Debug)]
pub(super) struct Program {
    name: String,
    code: vrl::compiler::Program,
    warnings: String,
    /// UTC, used for times without a zone: results must not depend on the machine's.
    zone: TimeZone,
}

impl Program {
    /// Compiles for events of which nothing is known, as Vector does: a program that compiles here compiles there.
    pub(super) fn compile(name: &str, source: &str) -> Result<Self, CompileError> {
        let functions = vrl::stdlib::all();
        match compile_with_external(source, &functions, &ExternalEnv::default(), CompileConfig::default()) {
            Ok(result) => {
                let warnings = if result.warnings.is_empty() {
                    String::new()
                } else {
                    render(name, source, result.warnings, false)
                };
                let zone = TimeZone::parse("UTC").unwrap_or_default();
                Ok(Self { name: name.to_owned(), code: result.program, warnings, zone })
            }
            Err(diagnostics) => {
                Err(CompileError { name: name.to_owned(), source: source.to_owned(), diagnostics })
            }
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn warnings(&self) -> &str {
        &self.warnings
    }

    /// Runs on `event` in place. The event's state after the program is its result, as in Vector.
    pub(super) fn run(
        &self,
        runtime: &mut Runtime,
        event: &mut Value,
        metadata: &mut Value,
        budget: Option<u64>,
    ) -> Result<(), Stopped> {
        let mut target = TargetValueRef { value: event, metadata, secrets: &mut Secrets::default() };
        let result = match budget {
            None => runtime.resolve(&mut target, &self.code, &self.zone),
            Some(mut left) => runtime.resolve_with_control(&mut target, &self.code, &self.zone, &mut || {
                left = left.saturating_sub(1);
                if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }),
        };
        runtime.clear();
        match result {
            Ok(_) => Ok(()),
            Err(Terminate::Abort(ExpressionError::Abort { message, .. })) => Err(Stopped::Aborted(
                message.unwrap_or_else(|| format!("{} aborted without a reason", self.name)),
            )),
            Err(Terminate::Interrupted) => {
                Err(Stopped::Failed(format!("{}: stopped, it ran for too long on this event", self.name)))
            }
            Err(Terminate::Abort(error) | Terminate::Error(error)) => {
                Err(Stopped::Failed(format!("{}: {error}", self.name)))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use std::collections::BTreeSet;

    use vrl::value::Kind;
    use vrl::value::kind::Collection;

    use super::super::{LIMITS_VRL, OPSGENIE_VRL};
    use super::*;

    fn compile(source: &str, event: Kind, metadata: Kind) {
        let functions = vrl::stdlib::all();
        let external = ExternalEnv::new_with_kind(event, metadata);
        let result = compile_with_external(source, &functions, &external, CompileConfig::default());
        let result = result.unwrap_or_else(|error| panic!("{}", render("", source, error, false)));
        assert!(result.warnings.is_empty(), "{}", render("", source, result.warnings, false));
    }

    fn object(kinds: &[(&'static str, Kind)]) -> Kind {
        let mut object = Kind::object(Collection::any());
        for (name, kind) in kinds {
            object.as_object_mut().unwrap().known_mut().insert((*name).into(), kind.clone());
        }
        object
    }

    /// Hosts differ in what they know of an event's types, and VRL's errors depend on it.
    #[test]
    fn the_programs_compile_whatever_the_host_knows_of_the_types() {
        let envelope = object(&[
            ("Type", Kind::bytes()),
            ("Message", Kind::bytes()),
            ("TopicArn", Kind::bytes()),
            ("Subject", Kind::bytes().or_null()),
            ("Timestamp", Kind::timestamp()),
            ("MessageId", Kind::integer()),
        ]);
        let settings = object(&[(
            "trailbell",
            object(&[
                ("priority", Kind::bytes()),
                ("tags", Kind::array(Collection::from_unknown(Kind::bytes()))),
                ("responders", Kind::array(Collection::any())),
                ("failure", Kind::bytes()),
                ("cut", Kind::array(Collection::empty())),
            ]),
        )]);
        let body = object(&[
            ("message", Kind::bytes()),
            ("tags", Kind::bytes()),
            ("details", Kind::object(Collection::any())),
        ]);
        let action = object(&[
            ("action", Kind::bytes()),
            ("alias", Kind::bytes()),
            ("request", object(&[("body", body)])),
        ]);
        let (any, anything, nothing) =
            (Kind::any(), Kind::object(Collection::any()), Kind::object(Collection::empty()));
        for (source, known) in [(OPSGENIE_VRL, envelope), (LIMITS_VRL, action)] {
            compile(source, any.clone(), any.clone());
            compile(source, anything.clone(), nothing.clone());
            compile(source, nothing.clone(), anything.clone());
            compile(source, known.clone(), settings.clone());
            compile(source, known, nothing.clone());
        }
    }

    /// Vector's `remap` joins the programs of its `files` to one.
    #[test]
    fn the_programs_compile_as_one() {
        let settings = "%trailbell = {\"priority\": \"P2\", \"tags\": [\"prod\"]}\n";
        let own = ".request.body.tags = push(array!(.request.body.tags), \"mine\")\n";
        let joined = [settings, OPSGENIE_VRL, own, LIMITS_VRL].join("\n");
        let functions = vrl::stdlib::all();
        if let Err(error) =
            compile_with_external(&joined, &functions, &ExternalEnv::default(), CompileConfig::default())
        {
            panic!("{}", render("joined", &joined, error, false));
        }
    }

    /// Functions that came after VRL 0.31, or that need a feature which embedders leave out, must not creep in.
    #[test]
    fn the_programs_use_old_functions_only() {
        let list = include_str!("../../vrl/vrl-0.31-functions.txt").lines();
        let known: BTreeSet<&str> =
            list.filter_map(|line| line.split_once('(')).map(|(name, _)| name).collect();
        let all: BTreeSet<&str> = vrl::stdlib::all().iter().map(|function| function.identifier()).collect();
        let mut used = BTreeSet::new();
        for source in [OPSGENIE_VRL, LIMITS_VRL] {
            for line in source.lines().filter(|line| !line.trim_start().starts_with('#')) {
                for (at, _) in line.match_indices('(') {
                    let name = line[..at]
                        .trim_end_matches('!')
                        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .next();
                    used.extend(name.filter(|name| all.contains(name)));
                }
            }
        }
        assert!(used.len() > 40, "{used:?}");
        let newer: Vec<_> = used.difference(&known).collect();
        assert!(newer.is_empty(), "{newer:?}");
    }
}
