//! Topics, their policies and their subscriptions.

use serde_json::Value;

use super::super::kind::ResourceKind;
use super::super::stack::{Resource, Stack};
use super::Findings;
use super::property::{length_within, text};

const PROTOCOLS: [&str; 9] =
    ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"];

pub(super) fn check(stack: &Stack, findings: &mut Findings) {
    for topic in stack.of_kind(ResourceKind::Topic) {
        check_topic(stack, topic, findings);
    }
    for subscription in stack.of_kind(ResourceKind::Subscription) {
        check_subscription(stack, subscription, findings);
    }
    for policy in stack.of_kind(ResourceKind::TopicPolicy) {
        check_policy(stack, policy, findings);
    }
}

/// Whether an alarm of the stack sends to the topic.
fn is_told(stack: &Stack, topic: &Resource) -> bool {
    stack.resources.iter().any(|alarm| {
        matches!(alarm.kind, ResourceKind::Alarm | ResourceKind::CompositeAlarm)
            && alarm.texts("AlarmActions").iter().any(|action| topic.arn.as_ref() == Some(action))
    })
}

fn check_topic(stack: &Stack, topic: &Resource, findings: &mut Findings) {
    let is_fifo = topic.is_true("FifoTopic");
    let base = if is_fifo { topic.name.strip_suffix(".fifo") } else { Some(topic.name.as_str()) };
    let letters = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    match base {
        Some(name) if letters(name) && length_within(&topic.name, 1, 256) => {}
        Some(_) => findings.error(topic, "limits", "TopicName has to have 1 to 256 of A-Z a-z 0-9 - _"),
        None => findings.error(topic, "limits", "the name of a FIFO topic has to end in .fifo"),
    }
    if topic.text("DisplayName").is_some_and(|name| !length_within(&name, 0, 100)) {
        findings.error(topic, "limits", "DisplayName has to have at most 100 characters");
    }
    if topic.text("SignatureVersion").is_some_and(|version| !["1", "2"].contains(&version.as_str())) {
        findings.error(topic, "limits", "SignatureVersion has to be 1 or 2");
    }
    let is_told = is_told(stack, topic);
    if is_told && topic.text("KmsMasterKeyId").is_some_and(|key| key.ends_with("alias/aws/sns")) {
        let message =
            "alarms cannot publish to a topic that is encrypted with alias/aws/sns; use a key of your own";
        findings.warning(topic, "topic-key", message);
    }
    let subscribed = |it: &Resource| it.text("TopicArn").as_deref() == topic.arn.as_deref();
    if is_told && !stack.of_kind(ResourceKind::Subscription).any(subscribed) {
        findings.warning(
            topic,
            "no-subscription",
            "no subscription: nobody hears what alarms tell this topic",
        );
    }
}

fn check_subscription(stack: &Stack, subscription: &Resource, findings: &mut Findings) {
    const RULE: &str = "subscription";
    let topic = subscription.text("TopicArn").unwrap_or_default();
    if !topic.starts_with("arn:") {
        findings.error(subscription, RULE, "TopicArn is no topic's ARN");
    } else if !stack.of_kind(ResourceKind::Topic).any(|it| it.arn.as_ref() == Some(&topic)) {
        findings.warning(subscription, RULE, format!("the topic {topic} is not in this template"));
    }
    let Some(protocol) = subscription.text("Protocol") else {
        findings.error(subscription, RULE, "Protocol is missing");
        return;
    };
    if !PROTOCOLS.contains(&protocol.as_str()) {
        findings.error(
            subscription,
            RULE,
            format!("Protocol {protocol:?} is none of {}", PROTOCOLS.join(", ")),
        );
        return;
    }
    let endpoint = subscription.text("Endpoint").unwrap_or_default();
    // The endpoint may hold a key: it is not shown.
    let fits = match protocol.as_str() {
        "http" | "https" => endpoint.strip_prefix(&protocol).is_some_and(|rest| rest.starts_with("://")),
        "email" | "email-json" => endpoint.contains('@'),
        "sms" => !endpoint.is_empty(),
        _ => endpoint.starts_with("arn:"),
    };
    if !fits {
        findings.error(subscription, RULE, format!("Endpoint does not fit the protocol {protocol}"));
    }
    if protocol.starts_with("http")
        && let Some(later) = subscription.known_later.iter().find(|later| later.property == "Endpoint")
    {
        let message = format!("Endpoint depends on {}, which is known only after deployment", later.origin);
        findings.warning(subscription, RULE, message);
    }
    if protocol.starts_with("http") && topic.strip_suffix(".fifo").is_some() {
        findings.error(subscription, RULE, "a FIFO topic delivers to SQS only");
    }
    if protocol.starts_with("http") && subscription.is_true("RawMessageDelivery") {
        let message = "raw message delivery sends no envelope, so nothing that a receiver could verify";
        findings.warning(subscription, RULE, message);
    }
    let told = stack.of_kind(ResourceKind::Topic).find(|it| it.arn.as_ref() == Some(&topic));
    if told.is_some_and(|topic| is_told(stack, topic)) {
        check_filter_policy(subscription, findings);
    }
}

/// What alarms send has no message attributes.
fn check_filter_policy(subscription: &Resource, findings: &mut Findings) {
    const RULE: &str = "filter-policy";
    if subscription.properties.get("FilterPolicy").is_none_or(Value::is_null) {
        return;
    }
    if subscription.text("FilterPolicyScope").as_deref() == Some("MessageBody") {
        let message = "FilterPolicy may hold back what alarms send; it is not evaluated here, and not played";
        findings.warning(subscription, RULE, message);
    } else {
        let message = "FilterPolicy looks at message attributes, and what alarms send has none: only a policy that \
                       wants them absent lets it through (FilterPolicyScope: MessageBody looks at the message)";
        findings.warning(subscription, RULE, message);
    }
}

/// A policy replaces the topic's own, which lets the account's alarms publish.
fn check_policy(stack: &Stack, policy: &Resource, findings: &mut Findings) {
    let Some(document) = policy.properties.get("PolicyDocument") else { return };
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement) => std::slice::from_ref(statement),
        None => &[],
    };
    if statements.iter().any(lets_alarms_publish) {
        return;
    }
    let topics = policy.texts("Topics");
    for topic in stack.of_kind(ResourceKind::Topic) {
        if topic.arn.as_ref().is_some_and(|arn| topics.contains(arn)) && is_told(stack, topic) {
            let message = format!(
                "it replaces the policy of {}, and does not let cloudwatch.amazonaws.com do sns:Publish",
                topic.logical_id
            );
            findings.warning(policy, "topic-policy", message);
        }
    }
}

fn lets_alarms_publish(statement: &Value) -> bool {
    let list = |value: Option<&Value>| match value {
        Some(Value::Array(items)) => items.iter().filter_map(text).collect::<Vec<_>>(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    };
    let principal = statement.get("Principal");
    let services = list(principal.and_then(|principal| principal.get("Service")));
    let accounts = list(principal.and_then(|principal| principal.get("AWS")));
    let for_alarms = list(principal).iter().chain(&accounts).any(|who| who == "*")
        || services.iter().any(|service| service == "cloudwatch.amazonaws.com" || service == "*");
    let publishes = list(statement.get("Action"))
        .iter()
        .any(|action| ["sns:publish", "sns:*", "*"].contains(&action.to_lowercase().as_str()));
    statement.get("Effect").and_then(Value::as_str) == Some("Allow") && for_alarms && publishes
}
