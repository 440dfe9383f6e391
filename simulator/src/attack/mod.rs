//! About two hundred attacks on any receiver of SNS messages, with a verdict each.
//!
//! [`catalogue`] is pure: an [`Attack`] says what is sent, and what is right then. A [`Forge`] makes its messages, with
//! SNS's key and a stranger's. A [`Kit`] is the edge: it plays SNS's host and the hosts that nobody must call, sends the
//! attacks one after the other, and after each asks whether a genuine message is still accepted. [`judge`] decides.
//!
//! An attack is in the catalogue only if a receiver that does right can be told from one that does not from outside.

mod catalogue;
mod evidence;
mod family;
mod forge;
mod hosts;
mod junit;
mod kit;
mod plan;
mod report;
mod settings;
mod setup;
mod wire;

pub use catalogue::{Attack, Needs, catalogue};
pub use evidence::{Answer, Call, Evidence, Right, Verdict, judge};
pub use family::Family;
pub use forge::{Forge, ForgeError};
pub use hosts::SnsHostError;
pub use junit::junit;
pub use kit::{Kit, KitError, Refused};
pub use plan::{Calls, Ending, Plan, Raw, Shot};
pub use report::{Controlled, Report, Summary, Tried};
pub use settings::Settings;
pub use setup::Setup;
