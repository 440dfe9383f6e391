//! What an expression is, and what can be wrong with one.

use thiserror::Error;

use super::functions::Function;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::alarms) struct Expression {
    pub(in crate::alarms) root: Node,
}

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::alarms) enum Node {
    Number(f64),
    /// A quoted text, or a bare word in capitals such as `REPEAT`.
    Text(String),
    /// The id of a metric or expression.
    Reference(String),
    List(Vec<Node>),
    Negate(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::alarms) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

impl Operator {
    /// The result; `None`, a missing datapoint, where there is none, as for a division by zero.
    pub(super) fn apply(self, left: f64, right: f64) -> Option<f64> {
        let truth = |is_so: bool| if is_so { 1.0 } else { 0.0 };
        #[allow(clippy::float_cmp, reason = "the language compares exactly")]
        let result = match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Power => left.powf(right),
            Self::Less => truth(left < right),
            Self::LessOrEqual => truth(left <= right),
            Self::Greater => truth(left > right),
            Self::GreaterOrEqual => truth(left >= right),
            Self::Equal => truth(left == right),
            Self::NotEqual => truth(left != right),
            Self::And => truth(left != 0.0 && right != 0.0),
            Self::Or => truth(left != 0.0 || right != 0.0),
        };
        result.is_finite().then_some(result)
    }
}

impl Node {
    /// Calls `visit` with each id that is referred to.
    pub(in crate::alarms) fn references<'a>(&'a self, visit: &mut impl FnMut(&'a str)) {
        match self {
            Self::Number(_) | Self::Text(_) => {}
            Self::Reference(id) => visit(id),
            Self::List(nodes) | Self::Call(_, nodes) => nodes.iter().for_each(|node| node.references(visit)),
            Self::Negate(node) => node.references(visit),
            Self::Binary(_, left, right) => {
                left.references(visit);
                right.references(visit);
            }
        }
    }
}

/// What is wrong with an expression. Places count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MathError {
    /// The text cannot be read.
    #[error("unexpected {found} at character {at}; expected {expected}")]
    Syntax {
        /// What stands there.
        found: String,
        /// Where.
        at: usize,
        /// What could stand there.
        expected: &'static str,
    },
    /// No function has this name.
    #[error("unknown function `{name}` at character {at}")]
    UnknownFunction {
        /// Its name.
        name: String,
        /// Where.
        at: usize,
    },
    /// The function exists, but needs what is not simulated.
    #[error("the function `{0}` is not simulated: {1}")]
    Unsupported(String, &'static str),
    /// A function has too few or too many arguments.
    #[error("`{name}` takes {takes}, and {given} are given")]
    Arguments {
        /// The function.
        name: &'static str,
        /// What it takes.
        takes: &'static str,
        /// How many are given.
        given: usize,
    },
    /// An argument is of the wrong kind.
    #[error("`{name}` needs {needs}")]
    Argument {
        /// The function or operator.
        name: &'static str,
        /// What it needs.
        needs: &'static str,
    },
    /// The expression is not a time series.
    #[error("the expression gives {0}, and an alarm needs one time series")]
    NotOneSeries(&'static str),
    /// An id stands for nothing.
    #[error("no metric or expression has the id `{0}`")]
    UnknownId(String),
    /// An expression refers to itself, perhaps by others.
    #[error("the expression refers to itself by `{0}`")]
    Circular(String),
    /// The expression is too deeply nested.
    #[error("the expression is nested more than {0} deep")]
    TooDeep(usize),
}
