//! The body of `POST /actions`: from its bytes to actions, and the log of one that holds none.

use serde_json::{Deserializer, Value};
use tracing::{error, warn};

use super::contradiction::{Contradiction, check};
use crate::opsgenie::{Action, Call, RequestError};
use crate::transform::{NotAnAction, parse_action};

/// The most bytes of what is no JSON that a line of the log has. An action has less.
const LOGGED_BYTES: usize = 64 * 1024;

/// Why a body holds no actions.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoActions {
    /// Nothing at all.
    #[error("the body is empty")]
    Empty,
    /// Not JSON.
    #[error("the body is not JSON: {0}")]
    Json(serde_json::Error),
    /// A value that is neither an object nor an array.
    #[error("the body is neither an action nor an array of them")]
    Kind,
    /// Not an action of the contract.
    #[error("action {number}: {error}")]
    Action {
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        error: NotAnAction,
    },
    /// An action whose request is no call of the alert API.
    #[error("action {number}: {error}")]
    Request {
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        error: RequestError,
    },
    /// An action whose request is about another alert.
    #[error("action {number}: {error}")]
    Contradiction {
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        error: Contradiction,
    },
}

/// Reads actions: one, an array, or any number of either behind each other, as lines are.
pub(super) fn read(body: &[u8]) -> Result<Vec<Action>, NoActions> {
    if body.trim_ascii().is_empty() {
        return Err(NoActions::Empty);
    }
    let mut actions = Vec::new();
    for value in Deserializer::from_slice(body).into_iter::<Value>() {
        match value.map_err(NoActions::Json)? {
            Value::Array(values) => {
                for value in values {
                    actions.push(action(value, actions.len() + 1)?);
                }
            }
            value @ Value::Object(_) => actions.push(action(value, actions.len() + 1)?),
            _ => return Err(NoActions::Kind),
        }
    }
    Ok(actions)
}

fn action(value: Value, number: usize) -> Result<Action, NoActions> {
    let action = parse_action(value).map_err(|error| NoActions::Action { number, error })?;
    let call = Call::of(&action.request).map_err(|error| NoActions::Request { number, error })?;
    check(&action, call).map_err(|error| NoActions::Contradiction { number, error })?;
    Ok(action)
}

/// The last trace of actions that nobody may send again, a line for each: nothing of the body was delivered.
pub(super) fn log_refused(body: &[u8], reason: &NoActions) {
    if matches!(reason, NoActions::Empty) {
        return warn!(%reason, "request refused");
    }
    let mut values = Deserializer::from_slice(body).into_iter::<Value>();
    loop {
        let rest = body.get(values.byte_offset()..).unwrap_or_default();
        match values.next() {
            Some(Ok(Value::Array(actions))) => actions.iter().for_each(|action| log_action(action, reason)),
            Some(Ok(action)) => log_action(&action, reason),
            Some(Err(_)) => {
                let text = rest.trim_ascii();
                let text = String::from_utf8_lossy(text.get(..LOGGED_BYTES).unwrap_or(text));
                error!(%reason, text = &*text, bytes = rest.len(), "request refused, not delivered");
                return;
            }
            None => return,
        }
    }
}

fn log_action(action: &Value, reason: &NoActions) {
    let alias = action.get("alias").and_then(Value::as_str);
    let verb = action.get("action").and_then(Value::as_str);
    error!(%reason, alias, verb, action = action.to_string(), "request refused, not delivered");
}
