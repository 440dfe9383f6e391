//! One attack.

use std::fmt;

use crate::attack::evidence::Right;
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError};
use crate::attack::plan::Plan;

/// Whether an attack says anything of a receiver that does not trust the kit's host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Only a message that the receiver could believe, or a certificate that it could fetch, makes it an attack.
    Trust,
    /// It is one for every receiver.
    Nothing,
    /// It is one for every receiver; one that does not trust the kit's host asks AWS's own for the certificate, and may
    /// answer 5xx if it cannot.
    NothingButAws,
}

type Make = Box<dyn Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync>;

/// One attack: what is sent, and what is right then.
pub struct Attack {
    /// The only one of this name: `strangers-key`.
    pub name: &'static str,
    /// What it aims at.
    pub family: Family,
    /// What is tried.
    pub sentence: &'static str,
    /// Whether it can be tried without the receiver's trust.
    pub needs: Needs,
    /// The most certificates that may be fetched because of it; any number if nothing is said.
    pub fetches: Option<usize>,
    right: Right,
    make: Make,
}

impl Attack {
    pub(super) fn new(
        family: Family,
        name: &'static str,
        sentence: &'static str,
        make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            family,
            sentence,
            needs: Needs::Trust,
            fetches: None,
            right: Right::Refused,
            make: Box::new(make),
        }
    }

    pub(super) const fn right(mut self, right: Right) -> Self {
        self.right = right;
        self
    }

    pub(super) const fn needs(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }

    pub(super) const fn fetches(mut self, most: usize) -> Self {
        self.fetches = Some(most);
        self
    }

    /// What a receiver has to do.
    #[must_use]
    pub fn what_is_right(&self, trusted: bool) -> Right {
        match (self.right, self.needs) {
            (Right::Refused, Needs::NothingButAws) if !trusted => Right::NotAccepted,
            (right, _) => right,
        }
    }

    /// Makes its messages.
    pub fn plan(&self, forge: &mut Forge) -> Result<Plan, ForgeError> {
        (self.make)(forge)
    }
}

impl fmt::Debug for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attack")
            .field("family", &self.family)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
