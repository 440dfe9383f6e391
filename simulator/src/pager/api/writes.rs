//! Writes: from a request to a command.

use chrono::{DateTime, Utc};

use super::super::command::{
    Action, By, Command, Identifier, Reader, read_action, read_create, read_parameters,
};
use super::super::http::Received;
use super::super::settings::Switches;
use super::{Call, Refusal};

/// Where a request comes from, if nobody says so.
const NO_ADDRESS: &str = "127.0.0.1";

/// The command of a write; `None` if the call is none.
pub(in super::super) fn read_command(
    request: &Received,
    call: Call<'_>,
    switches: &Switches,
    now: DateTime<Utc>,
) -> Result<Option<Command>, Refusal> {
    let policies = switches.over_limit;
    let parameters = |list| {
        let parameter = |name: &str| request.parameter(name).map(std::borrow::Cow::into_owned);
        read_parameters(list, parameter, policies)
    };
    let command = match call {
        Call::Create => {
            let reader = Reader::new(&request.body, false, policies)?;
            let mut create = read_create(reader)?;
            create.by.source.get_or_insert_with(|| caller(request));
            Command::Create(Box::new(create))
        }
        Call::Act(id, kind) => {
            let on = identifier(request, id, true)?;
            let reader = Reader::new(&request.body, kind.body_is_optional(), policies)?;
            let (action, by) = read_action(kind, reader, now)?;
            Command::Act { on, action, by }
        }
        Call::Delete(id) => {
            let on = identifier(request, id, switches.delete_by_alias)?;
            let (_, by) = parameters(None)?;
            Command::Act { on, action: Action::Delete, by: By { note: None, ..by } }
        }
        Call::RemoveTags(id) => {
            let on = identifier(request, id, true)?;
            let (tags, by) = parameters(Some("tags"))?;
            Command::Act { on, action: Action::RemoveTags(tags), by }
        }
        Call::RemoveDetails(id) => {
            let on = identifier(request, id, true)?;
            let (keys, by) = parameters(Some("keys"))?;
            Command::Act { on, action: Action::RemoveDetails(keys), by }
        }
        _ => return Ok(None),
    };
    Ok(Some(command))
}

/// Which alert a request names: by `identifierType`, which is `id` where it is not given.
pub(super) fn identifier(request: &Received, id: &str, by_alias: bool) -> Result<Identifier, Refusal> {
    let id = id.to_owned();
    match request.parameter("identifierType").as_deref() {
        None | Some("" | "id") => Ok(Identifier::Id(id)),
        Some("alias") if by_alias => Ok(Identifier::Alias(id)),
        Some("tiny") => Ok(Identifier::Tiny(id)),
        Some(_) if by_alias => Err(Refusal::field("identifierType", "should be one of [ id, alias, tiny ]")),
        Some(_) => Err(Refusal::field("identifierType", "should be one of [ id, tiny ]")),
    }
}

/// The caller's address as a proxy tells it.
fn caller(request: &Received) -> String {
    let forwarded = request.header("x-forwarded-for").and_then(|all| all.split(',').next()).map(str::trim);
    forwarded.filter(|address| !address.is_empty()).unwrap_or(NO_ADDRESS).to_owned()
}
