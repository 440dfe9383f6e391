//! Names that stand twice.

use std::collections::HashMap;

use super::super::kind::ResourceKind;
use super::super::stack::{Resource, Stack};
use super::Findings;

pub(super) fn check(stack: &Stack, findings: &mut Findings) {
    let mut seen: HashMap<(&str, String), &str> = HashMap::new();
    for resource in &stack.resources {
        let Some(key) = identity(resource) else { continue };
        if let Some(first) = seen.get(&key) {
            let message = match resource.kind {
                ResourceKind::Subscription => {
                    format!("subscribes the same endpoint to the same topic as {first}")
                }
                _ => format!("{} has the name {:?}, too", first, resource.name),
            };
            findings.error(resource, "duplicate-name", message);
        } else {
            seen.insert(key, &resource.logical_id);
        }
    }
}

/// What has to be unique, and among what.
fn identity(resource: &Resource) -> Option<(&'static str, String)> {
    Some(match resource.kind {
        ResourceKind::Alarm | ResourceKind::CompositeAlarm => ("alarm", resource.name.clone()),
        ResourceKind::LogGroup => ("log group", resource.name.clone()),
        ResourceKind::MetricFilter => (
            "metric filter",
            format!("{}\n{}", resource.text("LogGroupName").unwrap_or_default(), resource.name),
        ),
        ResourceKind::Topic => ("topic", resource.name.clone()),
        ResourceKind::Subscription => {
            let parts = ["TopicArn", "Protocol", "Endpoint"]
                .map(|property| resource.text(property).unwrap_or_default());
            ("subscription", parts.join("\n"))
        }
        ResourceKind::TopicPolicy => return None,
    })
}
