//! The buttons.

use bytes::Bytes;
use url::form_urlencoded;

use super::super::command::{Action, By, Command, Identifier};
use super::super::http::Reply;
use super::super::live::Live;
use super::frame::Problem;
use super::view::View;
use super::{alert, frame};

/// Who did it, in the activity log.
const BY: &str = "inbox";

/// Does what a button says, and leads back. A button that comes too late, for an alert that somebody else has closed,
/// does nothing.
pub(super) fn press(live: &Live, id: &str, button: &str, body: &Bytes) -> Result<Reply, Problem> {
    let back = back(id, body)?;
    let account = alert::account_of(&live.lock(), id).ok_or(Problem::NoAlert)?;
    let action = if button == "close" { Action::Close } else { Action::Acknowledge };
    let by = By { user: Some(BY.to_owned()), ..By::default() };
    live.submit(account, Command::Act { on: Identifier::Id(id.to_owned()), action, by });
    Ok(frame::see_other(back))
}

/// Where the form stood: `to=list` and the list's parameters, or else the alert's own page.
fn back(id: &str, body: &[u8]) -> Result<String, Problem> {
    let fields: Vec<_> = form_urlencoded::parse(body).collect();
    let mut to_list = false;
    for (_, to) in fields.iter().filter(|(name, _)| name == "to") {
        match &**to {
            "list" => to_list = true,
            other => return Err(Problem::Parameter(format!("to is \"list\" or left out, not \"{other}\""))),
        }
    }
    let view = fields.iter().filter(|(name, _)| name != "to");
    let view = View::parse(view.map(|(name, value)| (name.as_ref(), value.as_ref())));
    let view = view.map_err(Problem::Parameter)?;
    Ok(if to_list { view.href() } else { alert::href(id) })
}
