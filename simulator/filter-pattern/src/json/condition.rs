//! One condition, and AWS's rules of comparison (recorded with `TestMetricFilter`).
//!
//! Every test but `NOT EXISTS` needs a value: on a missing key, `!=` is false like all others. `=` and `!=` look at
//! strings and numbers only; null, booleans, arrays and objects are neither equal nor unequal to anything.

use std::borrow::Cow;
use std::ops::Range;

use crate::lexer::Operator;
use crate::operand::Operand;
use crate::path::Path;

/// A selector and what is asked of its values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    pub(crate) path: Path,
    pub(crate) test: Test,
    /// Where it stands in the pattern.
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Equal(Operand),
    Unequal(Operand),
    /// One of `> < >= <=`.
    Order(Operator, f64),
    IsNull,
    IsTrue,
    IsFalse,
    NotExists,
}

/// A value of an event, as far as conditions can tell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'e> {
    Null,
    Boolean(bool),
    /// As it is written in the event.
    Number(&'e str),
    /// Without quotes and escapes.
    Text(Cow<'e, str>),
    Array {
        /// Whether null is an element of it.
        has_null: bool,
    },
    Object,
}

impl Test {
    /// The one text that satisfies it, if it is such a test: these are found by look-up.
    pub(crate) fn exact_text(&self) -> Option<&str> {
        match self {
            Self::Equal(Operand::Text(wildcard)) => wildcard.exact(),
            _ => None,
        }
    }

    /// Whether a value that is there satisfies the test.
    pub(crate) fn holds(&self, value: &Value<'_>) -> bool {
        match self {
            Self::Equal(operand) => equals(value, operand) == Some(true),
            Self::Unequal(operand) => equals(value, operand) == Some(false),
            Self::Order(operator, limit) => {
                matches!(value, Value::Number(text) if text.parse().is_ok_and(|number| operator.orders(number, *limit)))
            }
            Self::IsNull => matches!(value, Value::Null | Value::Array { has_null: true }),
            Self::IsTrue => *value == Value::Boolean(true),
            Self::IsFalse => *value == Value::Boolean(false),
            Self::NotExists => false,
        }
    }
}

/// None if the value can be compared with nothing.
fn equals(value: &Value<'_>, operand: &Operand) -> Option<bool> {
    match (value, operand) {
        // 1, 1.0 and 1e0 are the same number. A quoted "1" is a text and equals only what is written so.
        (Value::Number(text), Operand::Number { value, .. }) => Some(text.parse() == Ok(*value)),
        (Value::Number(text), operand) => Some(operand.equals_text(text)),
        (Value::Text(text), operand) => Some(operand.equals_text(text)),
        (Value::Null | Value::Boolean(_) | Value::Array { .. } | Value::Object, _) => None,
    }
}
