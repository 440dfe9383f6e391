//! `parse_cloudwatch_alarm`: an alarm's change of state, typed, whatever kind of alarm it is.

mod alarm;
mod event;
mod measured;
mod members;
mod notification;
mod trigger;

use vrl::prelude::*;

use alarm::{Alarm, State};
use members::Members;

/// Why a text is no alarm's change of state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NotAnAlarm {
    #[error("not a CloudWatch alarm: not one JSON object ({0})")]
    Json(String),
    #[error("not a CloudWatch alarm: this is SNS's envelope, the alarm stands in its Message")]
    Envelope,
    #[error("not a CloudWatch alarm: {0} is missing, or is no text")]
    Missing(&'static str),
    #[error("not a CloudWatch alarm: {member} is {found:?}, none of OK, ALARM, INSUFFICIENT_DATA")]
    State { member: &'static str, found: String },
    #[error("not a CloudWatch alarm: {0} is no time")]
    Time(&'static str),
    #[error("not a change of an alarm's state but the event {0:?}")]
    Event(String),
}

fn parse(value: &Value) -> Result<Alarm, NotAnAlarm> {
    let members = match value {
        Value::Object(members) => members.clone(),
        text => {
            let text = text.to_str_lossy().unwrap_or_default();
            // The parser's error would repeat a text that is no object whole.
            if !text.trim_start().starts_with('{') {
                return Err(NotAnAlarm::Json("it begins otherwise".to_owned()));
            }
            serde_json::from_str(&text).map_err(|error| NotAnAlarm::Json(error.to_string()))?
        }
    };
    let members = Members::new(members);
    if members.has("detail-type") { event::read(members) } else { notification::read(members) }
}

fn state(value: Option<String>, member: &'static str) -> Result<State, NotAnAlarm> {
    let found = value.ok_or(NotAnAlarm::Missing(member))?;
    State::parse(&found).ok_or_else(|| NotAnAlarm::State { member, found: found.chars().take(40).collect() })
}

/// Region and account of `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`.
fn arn_parts(arn: Option<&str>) -> (Option<String>, Option<String>) {
    let mut parts = arn.filter(|arn| arn.starts_with("arn:")).unwrap_or_default().split(':').skip(3);
    let mut filled = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
    (filled(), filled())
}

/// Log alarms came with `PutLogAlarm` in 2026. What they publish is documented nowhere, so they are told by the words of
/// that call, in the spelling of notifications or of events.
fn is_log_alarm(members: &Members) -> bool {
    ["AlarmType", "alarmType"].iter().any(|key| members.peek(key) == Some("LogAlarm"))
        || ["ScheduledQueryConfiguration", "QueryResultsToEvaluate", "QueryResultsToAlarm"]
            .iter()
            .any(|key| members.has(key) || members.has(&lower_first(key)))
}

fn lower_first(key: &str) -> String {
    let mut characters = key.chars();
    characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ParseCloudWatchAlarm;

impl Function for ParseCloudWatchAlarm {
    fn identifier(&self) -> &'static str {
        "parse_cloudwatch_alarm"
    }

    fn summary(&self) -> &'static str {
        "parse a CloudWatch alarm's change of state"
    }

    fn usage(&self) -> &'static str {
        "Parses what CloudWatch publishes when an alarm changes its state: the `Message` of an SNS notification, or \
         EventBridge's event. All kinds of alarm, of any year, have one form: single metric, metric math, anomaly, \
         composite, log, and each contributor of a multi-time-series alarm."
    }

    fn category(&self) -> &'static str {
        Category::Parse.as_ref()
    }

    fn internal_failure_reasons(&self) -> &'static [&'static str] {
        &[
            "`value` is not one JSON object.",
            "`value` has no alarm's name, no state, or no time.",
            "`value` is another event of CloudWatch, such as a change of an alarm's configuration.",
        ]
    }

    fn return_kind(&self) -> u16 {
        kind::OBJECT
    }

    fn return_rules(&self) -> &'static [&'static str] {
        &[
            "`kind` is `metric`, `metric_math`, `anomaly`, `composite`, `log` or `unknown`.",
            "`state` is `OK`, `ALARM` or `INSUFFICIENT_DATA`.",
            "`region` is the code, from the ARN or the event; null where there is neither (before 2020). `region_name` is \
             the name as CloudWatch wrote it.",
            "`contributor` is set where one time series of an alarm changed its state: it opens and closes by itself.",
            "`trigger.metric` is the metric of a single-metric alarm, `trigger.queries` are those of metric math.",
            "Statistics are spelt as in the API (`Sum`, `SampleCount`, `p99`), dimensions are a map, and \
             `treat_missing_data` has lost the padding of before 2021.",
            "Empty texts are null, except `description` and `reason`.",
            "What is known to no field, or is of another type than AWS writes, stands in `extra` as it came and where it \
             was: nothing is lost when AWS adds a key.",
        ]
    }

    fn notices(&self) -> &'static [&'static str] {
        &[
            "AWS does not say what log alarms publish. They are told by the words of `PutLogAlarm`; what is particular to \
             them stands in `extra`.",
        ]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[Parameter::required(
            "value",
            kind::BYTES | kind::OBJECT,
            "The notification or event: its text, or the object that was parsed from it.",
        )];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[
            example! {
                title: "A metric alarm",
                source: include_str!("example.vrl"),
                result: Ok(include_str!("example.json")),
            },
            example! {
                title: "The children that set off a composite alarm",
                source: indoc! {r#"
                    alarm = parse_cloudwatch_alarm!(s'{
                        "AlarmName": "svc",
                        "NewStateValue": "ALARM",
                        "StateChangeTime": "2026-09-22T19:26:59.941+0000",
                        "AlarmRule": "ALARM(cpu) OR ALARM(mem)",
                        "TriggeringChildren": [{
                            "Arn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu",
                            "State": {"Value": "ALARM", "Timestamp": "2026-09-22T19:26:59.013+0000"}
                        }]
                    }')
                    [alarm.kind, alarm.children]
                "#},
                result: Ok(indoc! {r#"[
                    "composite",
                    [{
                        "arn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu",
                        "state": "ALARM",
                        "changed_at": "2026-09-22T19:26:59.013Z"
                    }]
                ]"#}),
            },
            example! {
                title: "What is no alarm",
                source: r#"parse_cloudwatch_alarm!("the disk is full")"#,
                result: Err(
                    r#"function call error for "parse_cloudwatch_alarm" at (0:43): not a CloudWatch alarm: not one JSON object (it begins otherwise)"#,
                ),
            },
        ]
    }

    fn compile(
        &self,
        _state: &TypeState,
        _ctx: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        Ok(ParseCloudWatchAlarmFn { value: arguments.required("value") }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct ParseCloudWatchAlarmFn {
    value: Box<dyn Expression>,
}

impl FunctionExpression for ParseCloudWatchAlarmFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let value = self.value.resolve(ctx)?;
        parse(&value).map(Alarm::into_value).map_err(|error| error.to_string().into())
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::object(Alarm::fields()).fallible()
    }
}
