//! What leaves: the request, its limits, and the client that sends it.
//!
//! An [`Action`] names a request; [`Call`] says which call of the alert API that is and [`Target`] whether and
//! where it can be made; [`classify`] reads the answer; [`limits`] knows what an alert may hold. The client
//! (feature `server`) ties these together: [`PagerClient::deliver`] until the pager has accepted the request,
//! [`PagerClient::follow`] until it says what became of it.
//!
//! Nothing here logs. Everything that happens is returned, and the key is in none of it.

mod action;
mod call;
mod target;

mod key;

pub mod limits;

mod reply;
mod status;

mod backoff;
mod delivery;

#[cfg(feature = "server")]
mod client;
#[cfg(feature = "server")]
pub(crate) mod exchange;

pub use action::{Action, Request, Verb};
pub use backoff::{Jitter, RetryPolicy};
pub use call::{Call, IdentifierType, RequestError};
pub use delivery::{DeliveryError, Receipt, Trouble};
pub use key::{ApiKey, KeyError};
pub use reply::{Refusal, Reply, ReplyHeaders, RequestId, classify};
pub use status::{Outcome, Poll, PollSchedule, read_status};
pub use target::{Flavor, Site, Target, TargetError, UnknownSite};

#[cfg(feature = "server")]
pub use client::{ClientOptions, PagerClient, StatusAnswer};
#[cfg(feature = "server")]
pub use exchange::SetupError;
