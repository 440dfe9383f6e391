//! Who can be paged: teams, users, schedules and escalations, from a small file.

mod people;

use serde::Deserialize;

use super::alert::ResponderKind;
use super::ids::named_id;
pub(super) use people::People;

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
}
