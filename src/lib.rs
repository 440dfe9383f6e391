//! trailbell carries CloudTrail alarms from Amazon SNS to the pager.

#[cfg(feature = "server")]
pub mod config;
pub mod opsgenie;
#[cfg(feature = "server")]
pub mod server;
pub mod sns;
pub mod transform;
