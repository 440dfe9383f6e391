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
    program: vrl::compiler::Program,
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
                Ok(Self { name: name.to_owned(), program: result.program, warnings, zone })
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
            None => runtime.resolve(&mut target, &self.program, &self.zone),
            Some(mut left) => {
                runtime.resolve_with_control(&mut target, &self.program, &self.zone, &mut || {
                    left = left.saturating_sub(1);
                    if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })
            }
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
