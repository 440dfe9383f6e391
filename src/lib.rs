//! trailbell carries CloudTrail alarms from Amazon SNS to the pager.

pub mod opsgenie;
pub mod transform;
