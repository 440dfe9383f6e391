//! Actions that say one alias and act on another alert: the order of each alias would not hold for them.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::opsgenie::{Action, Call};

/// What an action says about its alert twice, and not alike.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Contradiction {
    /// A create of another alias, or of none.
    #[error("the action's alias is {alias:?}, but its request.body.alias is {}", shown(.body.as_deref()))]
    Body {
        /// What the action says.
        alias: String,
        /// What the alert would have.
        body: Option<String>,
    },
    /// Another alias in the path.
    #[error("the action's alias is {alias:?}, but its request.path is that of {path:?}")]
    Path {
        /// What the action says.
        alias: String,
        /// The decoded identifier.
        path: String,
    },
    /// The alias in the path, which the pager would look up as an id.
    #[error(
        "the action's request.path has the alias, but its request.query has no identifierType=alias: the pager would look \
         for an alert with that id"
    )]
    Identifier,
}

fn shown(alias: Option<&str>) -> String {
    alias.map_or_else(|| "no text".to_owned(), |alias| format!("{alias:?}"))
}

/// Compares an action's alias with that of its request, which is the given call. Identifiers of other types than aliases
/// cannot be compared.
pub(super) fn check(action: &Action, call: Call) -> Result<(), Contradiction> {
    let (alias, request) = (&action.alias, &action.request);
    if call == Call::Create {
        let body = request.body.get("alias").and_then(Value::as_str);
        if body == Some(alias) {
            return Ok(());
        }
        return Err(Contradiction::Body { alias: alias.clone(), body: body.map(str::to_owned) });
    }
    // `/v2/alerts/{identifier}/…`
    let segment = request.path.split('/').nth(3).unwrap_or_default();
    let path = percent_decode_str(segment).decode_utf8_lossy();
    let by_alias = request.query.get("identifierType").is_some_and(|kind| kind == "alias");
    match (by_alias, path == *alias) {
        (true, true) | (false, false) => Ok(()),
        (true, false) => Err(Contradiction::Path { alias: alias.clone(), path: path.into_owned() }),
        (false, true) => Err(Contradiction::Identifier),
    }
}
