//! How a call is refused when the program is compiled: VRL's diagnostic, at the place of the call.

use vrl::compiler::ExpressionError;
use vrl::compiler::function::FunctionCompileContext;
use vrl::diagnostic::{DiagnosticMessage, Label};

/// A diagnostic at the call that is being compiled. The first line is what is wrong; all of it stands under the call.
pub(super) fn at_call(ctx: &FunctionCompileContext, problem: &str) -> Box<dyn DiagnosticMessage> {
    let message = problem.lines().next().unwrap_or_default().to_owned();
    let labels = vec![Label::primary(problem, ctx.span())];
    Box::new(ExpressionError::Error { message, labels, notes: Vec::new() })
}
