//! Which call a request is.

use std::borrow::Cow;

use super::super::command::ActionKind;
use super::super::http::Received;
use super::super::settings::{Domain, MediaTypes, Product, Switches, WrongMethod};
use super::Refusal;

/// A call, with what its path says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Call<'a> {
    Create,
    List,
    Count,
    Status(&'a str),
    Get(&'a str),
    Delete(&'a str),
    Act(&'a str, ActionKind<'a>),
    RemoveTags(&'a str),
    RemoveDetails(&'a str),
    Notes(&'a str),
    Logs(&'a str),
    Recipients(&'a str),
    Limits,
    Webhook,
}

/// What a key must be allowed for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Right {
    Read,
    Write,
    Delete,
}

impl Call<'_> {
    /// Whose tokens it takes.
    pub(in super::super) const fn domain(self) -> Domain {
        match self {
            Self::List | Self::Count => Domain::Search,
            Self::Limits => Domain::Configuration,
            Self::Webhook => Domain::Integration,
            _ => Domain::Alert,
        }
    }

    pub(in super::super) const fn right(self) -> Right {
        match self {
            Self::Delete(_) => Right::Delete,
            Self::List
            | Self::Count
            | Self::Status(_)
            | Self::Get(_)
            | Self::Notes(_)
            | Self::Logs(_)
            | Self::Recipients(_)
            | Self::Limits => Right::Read,
            _ => Right::Write,
        }
    }

    /// Whether it is answered with 202 and carried out later.
    pub(in super::super) const fn is_write(self) -> bool {
        !matches!(self.right(), Right::Read)
    }
}

/// A call at a product's paths.
pub(in super::super) struct Route<'a> {
    pub(in super::super) product: Product,
    pub(in super::super) call: Call<'a>,
}

/// What a path has.
enum Found<'a> {
    Call(Call<'a>),
    OtherMethods,
    /// The service has it, the twin does not.
    NotBuilt(&'static str),
    Nothing,
}

/// Finds the call of a request. `segments` are those of its path.
pub(in super::super) fn route<'a>(
    method: &str,
    segments: &'a [Cow<'a, str>],
    switches: &Switches,
) -> Result<Route<'a>, Refusal> {
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let (product, found) = match segments.as_slice() {
        ["jsm", "ops", "integration", "v2", "alerts", rest @ ..] => (Product::Jsm, jsm(method, rest)),
        ["jsm", "ops", "integration", "v1", "json", "cloudwatch"] if switches.jsm_webhook => {
            (Product::Jsm, webhook(method))
        }
        ["v2", "alerts", rest @ ..] => (Product::Opsgenie, opsgenie(method, rest, switches)),
        ["v2", "request-limits"] => (Product::Opsgenie, only("GET", method, Call::Limits)),
        ["v1", "json", "cloudwatch"] => (Product::Opsgenie, webhook(method)),
        _ => (Product::Opsgenie, Found::Nothing),
    };
    match found {
        Found::Call(call) => Ok(Route { product, call }),
        Found::OtherMethods if switches.wrong_method == WrongMethod::MethodNotAllowed => {
            Err(Refusal::wrong_method())
        }
        Found::OtherMethods | Found::Nothing => Err(Refusal::no_such_path()),
        Found::NotBuilt(what) => Err(Refusal::not_built(what)),
    }
}

fn only<'a>(wanted: &str, method: &str, call: Call<'a>) -> Found<'a> {
    if method == wanted { Found::Call(call) } else { Found::OtherMethods }
}

fn webhook<'a>(method: &str) -> Found<'a> {
    only("POST", method, Call::Webhook)
}

/// Only the calls that the integration-events API documents.
fn jsm<'a>(method: &str, rest: &[&'a str]) -> Found<'a> {
    match rest {
        [] => only("POST", method, Call::Create),
        ["requests", id] => only("GET", method, Call::Status(id)),
        [id, "acknowledge"] => only("POST", method, Call::Act(id, ActionKind::Acknowledge)),
        [id, "close"] => only("POST", method, Call::Act(id, ActionKind::Close)),
        [id, "notes"] => only("POST", method, Call::Act(id, ActionKind::AddNote)),
        _ => Found::Nothing,
    }
}

fn opsgenie<'a>(method: &str, rest: &[&'a str], switches: &Switches) -> Found<'a> {
    let act = |id, kind| only("POST", method, Call::Act(id, kind));
    match rest {
        [] => match method {
            "POST" => Found::Call(Call::Create),
            "GET" => Found::Call(Call::List),
            _ => Found::OtherMethods,
        },
        ["saved-searches", ..] => Found::NotBuilt("saved searches"),
        [_, "attachments", ..] => Found::NotBuilt("attachments"),
        ["count"] if method == "GET" => Found::Call(Call::Count),
        ["requests", id] if method == "GET" => Found::Call(Call::Status(id)),
        [id] => match method {
            "GET" => Found::Call(Call::Get(id)),
            "DELETE" => Found::Call(Call::Delete(id)),
            _ => Found::OtherMethods,
        },
        [id, "close"] => act(id, ActionKind::Close),
        [id, "acknowledge"] => act(id, ActionKind::Acknowledge),
        [id, "unacknowledge"] => act(id, ActionKind::Unacknowledge),
        [id, "snooze"] => act(id, ActionKind::Snooze),
        [id, "escalate"] => act(id, ActionKind::Escalate),
        [id, "assign"] => act(id, ActionKind::Assign),
        [id, "teams"] => act(id, ActionKind::AddTeam),
        [id, "responders"] => act(id, ActionKind::AddResponder),
        [id, "tags"] if method == "DELETE" => Found::Call(Call::RemoveTags(id)),
        [id, "tags"] => act(id, ActionKind::AddTags),
        [id, "details"] if method == "DELETE" => Found::Call(Call::RemoveDetails(id)),
        [id, "details"] => act(id, ActionKind::AddDetails),
        [id, "notes"] if method == "GET" => Found::Call(Call::Notes(id)),
        [id, "notes"] => act(id, ActionKind::AddNote),
        [id, "logs"] => only("GET", method, Call::Logs(id)),
        [id, "recipients"] => only("GET", method, Call::Recipients(id)),
        [id, "priority"] => only("PUT", method, Call::Act(id, ActionKind::SetPriority)),
        [id, "message"] => update(id, ActionKind::SetMessage, method, switches),
        [id, "description"] => update(id, ActionKind::SetDescription, method, switches),
        [id, "actions", name] => act(id, ActionKind::Custom(name)),
        _ => Found::Nothing,
    }
}

fn update<'a>(id: &'a str, kind: ActionKind<'a>, method: &str, switches: &Switches) -> Found<'a> {
    match method {
        "PUT" => Found::Call(Call::Act(id, kind)),
        "POST" if switches.update_by_post => Found::Call(Call::Act(id, kind)),
        _ => Found::OtherMethods,
    }
}

/// Refuses other media types than JSON, if that is switched on. The webhook takes what SNS sends, which is text.
pub(in super::super) fn check_media_types(
    request: &Received,
    call: Call<'_>,
    switches: &Switches,
) -> Result<(), Refusal> {
    if switches.media_types == MediaTypes::Lenient || call == Call::Webhook {
        return Ok(());
    }
    let sent = request.header("content-type").map(str::trim).unwrap_or_default();
    let is_json = sent.is_empty() || essence(sent).eq_ignore_ascii_case("application/json");
    if !request.body.is_empty() && !is_json {
        return Err(Refusal::unsupported_media_type());
    }
    let accepts_json = request.header("accept").is_none_or(|accepted| {
        accepted.trim().is_empty()
            || accepted.split(',').any(|range| {
                matches!(
                    essence(range).to_ascii_lowercase().as_str(),
                    "application/json" | "application/*" | "*/*"
                )
            })
    });
    if accepts_json { Ok(()) } else { Err(Refusal::not_acceptable()) }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}
