//! The directory as it is asked: who somebody is, and which users stand behind whom. Ids and names are shared with the
//! alerts that have them.

use std::sync::Arc;

use super::super::alert::{Responder, ResponderKind};
use super::super::command::Reference;
use super::super::ids::named_id;
use super::Directory;

/// Everybody of a directory.
#[derive(Debug)]
pub(in super::super) struct People {
    seed: u64,
    /// Whoever is named exists.
    open: bool,
    users: Vec<Responder>,
    others: Vec<Group>,
}

/// Somebody who stands for users.
#[derive(Debug)]
struct Group {
    responder: Responder,
    users: Vec<Responder>,
}

impl People {
    /// Reads a directory whose entries have ids.
    pub(in super::super) fn new(directory: &Directory, seed: u64) -> Self {
        let responder = |kind, id: &Option<String>, name: &String| Responder {
            kind,
            id: id.as_ref().unwrap_or(name).as_str().into(),
            name: name.as_str().into(),
        };
        let user = |user: &super::User| responder(ResponderKind::User, &user.id, &user.username);
        let users: Vec<Responder> = directory.users.iter().map(user).collect();
        let named = |names: &[String]| -> Vec<Responder> {
            names.iter().filter_map(|name| by_name(&users, name).cloned()).collect()
        };
        let teams = directory.teams.iter().map(|team| Group {
            responder: responder(ResponderKind::Team, &team.id, &team.name),
            users: named(&team.members),
        });
        let schedules = directory.schedules.iter().map(|schedule| Group {
            responder: responder(ResponderKind::Schedule, &schedule.id, &schedule.name),
            users: named(&schedule.on_call),
        });
        let escalations = directory.escalations.iter().map(|escalation| Group {
            responder: responder(ResponderKind::Escalation, &escalation.id, &escalation.name),
            users: Vec::new(),
        });
        let others = teams.chain(schedules).chain(escalations).collect();
        Self { seed, open: directory.is_open(), users, others }
    }

    /// Finds whom a request names. Names are compared exactly; e-mail addresses without regard to case.
    pub(in super::super) fn find(&self, kind: ResponderKind, reference: &Reference) -> Option<Responder> {
        if self.open {
            return Some(self.anybody(kind, reference));
        }
        let is = |responder: &&Responder| {
            responder.kind == kind
                && match reference {
                    Reference::Id(id) => *responder.id == **id,
                    Reference::Name(name) => *responder.name == **name,
                }
        };
        match (kind, reference) {
            (ResponderKind::User, Reference::Name(name)) => by_name(&self.users, name).cloned(),
            (ResponderKind::User, Reference::Id(_)) => self.users.iter().find(is).cloned(),
            _ => self.others.iter().map(|group| &group.responder).find(is).cloned(),
        }
    }

    /// Every user.
    pub(in super::super) fn everybody(&self) -> &[Responder] {
        &self.users
    }

    /// The users whom a responder stands for.
    pub(in super::super) fn users_of<'a>(&'a self, responder: &'a Responder) -> &'a [Responder] {
        if responder.kind == ResponderKind::User {
            return std::slice::from_ref(responder);
        }
        self.others.iter().find(|group| group.responder == *responder).map_or(&[], |group| &group.users)
    }

    /// Where everybody exists: a name has the id that the seed gives it, an id is its own name.
    fn anybody(&self, kind: ResponderKind, reference: &Reference) -> Responder {
        match reference {
            Reference::Id(id) => {
                let id: Arc<str> = id.as_str().into();
                Responder { kind, id: Arc::clone(&id), name: id }
            }
            Reference::Name(name) => {
                Responder { kind, id: named_id(self.seed, kind.as_str(), name), name: name.as_str().into() }
            }
        }
    }
}

fn by_name<'a>(users: &'a [Responder], name: &str) -> Option<&'a Responder> {
    users.iter().find(|user| user.name.eq_ignore_ascii_case(name))
}
