//! The stages joined: events in time order → logs → metrics → alarms → topics → deliveries.

mod build;
mod deliveries;
mod departure;
mod fault;
mod faults;
mod http;
mod live;
mod logging;
mod scenario;
mod stages;
mod subscriber;
mod timeline;
mod when;
mod world;

pub use build::{BuildError, Subscribing};
pub use deliveries::{DeadLetter, Deliveries, Reported};
pub use fault::{Fault, FaultError, FaultKind};
pub use faults::{FaultCounts, Faults};
pub use http::{OverHttp, outcome};
pub use live::Live;
pub use logging::Fed;
pub use scenario::{Expectation, Scenario, ScenarioError, Setting, Tally, Told};
pub use stages::{Stages, refusals};
pub use subscriber::{Answer, Simulated, Subscriber};
pub use timeline::{Entry, Then, What};
pub use when::When;
pub use world::{Settings, Sink, World, WorldError};
