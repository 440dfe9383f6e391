//! Expression → value.

use super::Series;
use super::calls::call;
use super::expression::{Expression, MathError, Node, Operator};
use super::value::{Scope, Value};

/// Evaluates an expression for all buckets at once.
pub(in crate::alarms) fn evaluate(expression: &Expression, scope: &dyn Scope) -> Result<Value, MathError> {
    value(&expression.root, scope)
}

pub(super) fn value(node: &Node, scope: &dyn Scope) -> Result<Value, MathError> {
    match node {
        Node::Number(number) => Ok(Value::Number(*number)),
        Node::Text(text) => Ok(Value::Text(text.clone())),
        Node::Reference(id) => scope.value(id),
        Node::List(nodes) => Ok(Value::List(members(nodes, "[ ]", scope)?)),
        Node::Negate(node) => value(node, scope)?.map("-", |number| -number),
        Node::Binary(operator, left, right) => {
            binary(*operator, value(left, scope)?, value(right, scope)?, scope)
        }
        Node::Call(function, arguments) => call(*function, arguments, scope),
    }
}

/// The series of several nodes, one after the other.
pub(super) fn members(
    nodes: &[Node],
    name: &'static str,
    scope: &dyn Scope,
) -> Result<Vec<Series>, MathError> {
    let mut list = Vec::new();
    for node in nodes {
        list.extend(value(node, scope)?.members(name, scope)?);
    }
    Ok(list)
}

/// Numbers with numbers; otherwise series with series, where a number is a series of itself and a list goes by its
/// members.
fn binary(operator: Operator, left: Value, right: Value, scope: &dyn Scope) -> Result<Value, MathError> {
    const NAME: &str = "an operator";
    let combine = |one: &Series, other: &Series| -> Series {
        one.iter()
            .zip(other)
            .map(|(left, right)| left.zip(*right).and_then(|(l, r)| operator.apply(l, r)))
            .collect()
    };
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            let result = operator.apply(left, right).map(Value::Number);
            result.ok_or(MathError::Argument { name: NAME, needs: "numbers that have a result" })
        }
        (Value::List(list), Value::List(other)) => {
            if list.len() != other.len() {
                return Err(MathError::Argument { name: NAME, needs: "lists of the same length" });
            }
            Ok(Value::List(list.iter().zip(&other).map(|(one, other)| combine(one, other)).collect()))
        }
        (left @ Value::List(_), right) => {
            let right = right.spread(NAME, scope)?;
            left.each(NAME, |series| combine(series, &right))
        }
        (left, right) => {
            let left = left.spread(NAME, scope)?;
            if matches!(right, Value::List(_)) {
                return right.each(NAME, |series| combine(&left, series));
            }
            Ok(Value::Series(combine(&left, &right.spread(NAME, scope)?)))
        }
    }
}
