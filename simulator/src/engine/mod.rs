//! The stages joined: events in time order → logs → metrics → alarms → topics → deliveries.

mod build;
mod deliveries;
mod faults;
mod http;
mod live;
mod logging;
mod scenario;
mod stages;
mod subscriber;
mod timeline;
mod world;

pub use build::{BuildError, Subscribing};
pub use deliveries::{DeadLetter, Deliveries, Reported};
pub use faults::{Fault, FaultCounts, FaultError, FaultKind, Faults, When};
pub use http::{OverHttp, outcome};
pub use live::Live;
pub use logging::Fed;
pub use scenario::{Expectation, Scenario, ScenarioError, Setting, Tally, Told};
pub use stages::Stages;
pub use subscriber::{Answer, Simulated, Subscriber};
pub use timeline::{Entry, Then, What};
pub use world::{Settings, Sink, World, WorldError};
