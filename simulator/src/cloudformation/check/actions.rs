//! Whom an alarm tells.

use super::super::kind::ResourceKind;
use super::super::stack::{Resource, Stack};
use super::Findings;

const LISTS: [&str; 3] = ["AlarmActions", "OKActions", "InsufficientDataActions"];
const SUPPRESSED: &str = "ActionsEnabled is false: nobody is told";

pub(super) fn check(stack: &Stack, findings: &mut Findings) {
    for alarm in &stack.resources {
        if matches!(alarm.kind, ResourceKind::Alarm | ResourceKind::CompositeAlarm) {
            states(stack, alarm, findings);
            for property in LISTS {
                for action in alarm.texts(property) {
                    known(stack, alarm, property, &action, findings);
                }
            }
        }
    }
}

/// Who is told of ALARM has to be told of OK.
fn states(stack: &Stack, alarm: &Resource, findings: &mut Findings) {
    if alarm.has("ActionsEnabled") && !alarm.is_true("ActionsEnabled") {
        findings.warning(alarm, "no-alarm-action", SUPPRESSED);
        return;
    }
    let (alarms, oks) = (alarm.texts("AlarmActions"), alarm.texts("OKActions"));
    if alarms.is_empty() {
        // A composite's children tell nobody on purpose.
        if !is_child(stack, alarm) {
            findings.warning(alarm, "no-alarm-action", "no AlarmActions: nobody is told");
        }
    } else if oks.is_empty() {
        findings.warning(alarm, "no-ok-action", "no OKActions: an alert of it is never closed");
    } else if !alarms.iter().any(|action| oks.contains(action)) {
        let message =
            "OKActions goes to others than AlarmActions: whoever is paged does not hear that it is over";
        findings.warning(alarm, "no-ok-action", message);
    }
}

fn is_child(stack: &Stack, alarm: &Resource) -> bool {
    stack
        .of_kind(ResourceKind::CompositeAlarm)
        .any(|composite| composite.text("AlarmRule").is_some_and(|rule| rule.contains(&alarm.name)))
}

fn known(stack: &Stack, alarm: &Resource, property: &str, action: &str, findings: &mut Findings) {
    let parts: Vec<&str> = action.splitn(6, ':').collect();
    let ["arn", _, service, _, _, rest] = parts.as_slice() else {
        findings.error(alarm, "unknown-action", format!("{property}: {action:?} is no ARN"));
        return;
    };
    match (*service, *rest) {
        ("sns", name) if name.contains(':') => {
            let message = format!(
                "{property}: {action:?} is no topic's ARN; Ref gives the whole ARN of a topic already"
            );
            findings.error(alarm, "unknown-action", message);
        }
        ("sns", _) => {
            if !stack.of_kind(ResourceKind::Topic).any(|topic| topic.arn.as_deref() == Some(action)) {
                let message = format!("{property}: the topic {action} is not in this template");
                findings.warning(alarm, "unknown-action", message);
            }
        }
        ("automate" | "autoscaling" | "swf", _) if alarm.kind == ResourceKind::CompositeAlarm => {
            let message = format!("{property}: a composite alarm cannot do {action}");
            findings.error(alarm, "unknown-action", message);
        }
        ("aiops" | "automate" | "autoscaling" | "lambda" | "ssm" | "ssm-incidents" | "swf", _) => {}
        (service, _) => {
            let message = format!("{property}: alarms have no actions of the service {service:?} ({action})");
            findings.error(alarm, "unknown-action", message);
        }
    }
}
