//! VRL functions for programs that embed VRL: what its standard library cannot do for alarms that come over SNS.
//!
//! One line adds them:
//!
//! ```
//! let mut functions = vrl::stdlib::all();
//! functions.extend(trailbell::functions::all());
//!
//! let program = r#"
//!     alarm = parse_cloudwatch_alarm!(.Message)
//!     .page = alarm.state == "ALARM" && !starts_with(alarm.name, "dev-")
//! "#;
//! vrl::compiler::compile(program, &functions).map_err(|diagnostics| format!("{diagnostics:?}"))?;
//! # Ok::<(), String>(())
//! ```
//!
//! The compiler knows every field of a result: `alarm.name` above is a string, so `starts_with` cannot fail, and
//! `starts_with(alarm.nam, …)` is refused. `vrl/functions.md` in the repository is the reference, made from the functions themselves.
//!
//! None of them does I/O or reads a clock: time, certificates and topics are arguments, or stand in an [`SnsTrust`]
//! that the host places in the compile configuration.
//!
//! A `Function` of one version of vrl is no `Function` to another: the host has to link the vrl that [`VRL_VERSION`]
//! names. The programs in `vrl/` need none of these functions and run in every host.

mod aws_region_name;
mod match_cloudwatch_filter_pattern;
mod opsgenie_alert;
mod parse_aws_arn;
mod parse_cloudwatch_alarm;
mod parse_sns_message;
mod refusal;
mod verify_sns_message;

use vrl::compiler::Function;

pub use verify_sns_message::SnsTrust;

/// The version of vrl that these functions are built for, as Cargo's requirement has it.
pub const VRL_VERSION: &str = "0.38";

/// All of them, in alphabetical order.
#[must_use]
pub fn all() -> Vec<Box<dyn Function>> {
    vec![
        Box::new(aws_region_name::AwsRegionName),
        Box::new(match_cloudwatch_filter_pattern::MatchCloudWatchFilterPattern),
        Box::new(opsgenie_alert::OpsgenieAlert),
        Box::new(parse_aws_arn::ParseAwsArn),
        Box::new(parse_cloudwatch_alarm::ParseCloudWatchAlarm),
        Box::new(parse_sns_message::ParseSnsMessage),
        Box::new(verify_sns_message::VerifySnsMessage),
    ]
}
