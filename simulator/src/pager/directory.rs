//! Who can be paged: teams, users, schedules and escalations, from a small file.

use serde::Deserialize;

use super::alert::{Responder, ResponderKind};
use super::command::Reference;
use super::ids::named_id;

/// Who can be paged.
///
/// ```toml
/// [[teams]]
/// name = "secops"
/// members = ["ann@example.test"]
///
/// [[users]]
/// username = "ann@example.test"
///
/// [[schedules]]
/// name = "secops-nights"
/// on_call = ["ann@example.test"]
///
/// [[escalations]]
/// name = "secops-managers"
/// ```
///
/// Ids are drawn from the seed where none is given. Without a single entry everybody exists: whoever is named is
/// found, and gets an id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Directory {
    /// Teams.
    pub teams: Vec<Team>,
    /// Users.
    pub users: Vec<User>,
    /// Schedules.
    pub schedules: Vec<Schedule>,
    /// Escalations.
    pub escalations: Vec<Escalation>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The usernames of its members.
    #[serde(default)]
    pub members: Vec<String>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// The e-mail address.
    pub username: String,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The usernames of those on call.
    #[serde(default)]
    pub on_call: Vec<String>,
}

/// An escalation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
}

impl Directory {
    /// Whether it has no entry, and so everybody exists.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.teams.is_empty()
            && self.users.is_empty()
            && self.schedules.is_empty()
            && self.escalations.is_empty()
    }

    /// Whether there is a team of this name.
    #[must_use]
    pub fn has_team(&self, name: &str) -> bool {
        self.is_open() || self.teams.iter().any(|team| &*team.name == name)
    }

    /// Gives an id to every entry that has none.
    pub(super) fn with_ids(mut self, seed: u64) -> Self {
        let teams = self.teams.iter_mut().map(|t| (ResponderKind::Team, &mut t.id, &t.name));
        let users = self.users.iter_mut().map(|u| (ResponderKind::User, &mut u.id, &u.username));
        let schedules = self.schedules.iter_mut().map(|s| (ResponderKind::Schedule, &mut s.id, &s.name));
        let escalations =
            self.escalations.iter_mut().map(|e| (ResponderKind::Escalation, &mut e.id, &e.name));
        for (kind, id, name) in teams.chain(users).chain(schedules).chain(escalations) {
            id.get_or_insert_with(|| named_id(seed, kind.as_str(), name).to_string());
        }
        self
    }

    /// Finds whom a request names. Names are compared exactly; e-mail addresses without regard to case.
    pub(super) fn find(&self, seed: u64, kind: ResponderKind, reference: &Reference) -> Option<Responder> {
        if self.is_open() {
            return Some(anybody(seed, kind, reference));
        }
        self.entries(kind)
            .into_iter()
            .find(|(id, name)| match reference {
                Reference::Id(wanted) => id == wanted,
                Reference::Name(wanted) if kind == ResponderKind::User => name.eq_ignore_ascii_case(wanted),
                Reference::Name(wanted) => name == wanted,
            })
            .map(|(id, name)| Responder { kind, id: id.into(), name: name.into() })
    }

    /// Every user.
    pub(super) fn everybody(&self) -> impl Iterator<Item = Responder> {
        let kind = ResponderKind::User;
        self.entries(kind).into_iter().map(move |(id, name)| Responder {
            kind,
            id: id.into(),
            name: name.into(),
        })
    }

    /// The users whom a responder stands for.
    pub(super) fn users_of(&self, responder: &Responder) -> Vec<Responder> {
        let names: &[String] = match responder.kind {
            ResponderKind::User => return vec![responder.clone()],
            ResponderKind::Team => {
                self.teams.iter().find(|team| *team.name == *responder.name).map_or(&[], |team| &team.members)
            }
            ResponderKind::Schedule => self
                .schedules
                .iter()
                .find(|schedule| *schedule.name == *responder.name)
                .map_or(&[], |schedule| &schedule.on_call),
            ResponderKind::Escalation => &[],
        };
        names.iter().filter_map(|name| self.user(name)).collect()
    }

    /// The user of a name.
    pub(super) fn user(&self, username: &str) -> Option<Responder> {
        self.everybody().find(|user| user.name.eq_ignore_ascii_case(username))
    }

    /// Ids and names of a kind. What has no id yet goes by its name.
    fn entries(&self, kind: ResponderKind) -> Vec<(&str, &str)> {
        match kind {
            ResponderKind::Team => self.teams.iter().map(|t| entry(t.id.as_ref(), &t.name)).collect(),
            ResponderKind::User => self.users.iter().map(|u| entry(u.id.as_ref(), &u.username)).collect(),
            ResponderKind::Schedule => self.schedules.iter().map(|s| entry(s.id.as_ref(), &s.name)).collect(),
            ResponderKind::Escalation => {
                self.escalations.iter().map(|e| entry(e.id.as_ref(), &e.name)).collect()
            }
        }
    }
}

fn entry<'a>(id: Option<&'a String>, name: &'a str) -> (&'a str, &'a str) {
    (id.map_or(name, String::as_str), name)
}

/// Where everybody exists: a name has the id that the seed gives it, an id is its own name.
fn anybody(seed: u64, kind: ResponderKind, reference: &Reference) -> Responder {
    match reference {
        Reference::Id(id) => Responder { kind, id: id.as_str().into(), name: id.as_str().into() },
        Reference::Name(name) => {
            Responder { kind, id: named_id(seed, kind.as_str(), name), name: name.as_str().into() }
        }
    }
}
