//! `trailbell-sim check-template`.

use std::io::{self, Write};

use chrono::DateTime;
use clap::Args;
use serde_json::{Value, json};
use trailbell_sim::cloudformation::check::{Finding, Severity, check};
use trailbell_sim::cloudformation::{Resource, ResourceKind, Stack, TemplateErrors};
use trailbell_sim::engine::{BuildError, refusals};

use super::deployment::Deployment;
use super::{DONE, Failure, Format, NO};

/// Show what a template makes: filters, alarms, topics and subscriptions, and what keeps them from paging or closing.
///
/// Exit code 1 if AWS would refuse the template or a resource in it, 2 if a parameter or another value from outside
/// is missing or wrong.
#[derive(Args)]
pub(super) struct CheckTemplate {
    #[command(flatten)]
    deployment: Deployment,
    /// How the result is printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl CheckTemplate {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        let format = Format::or_by_terminal(self.format);
        match self.deployment.stack()? {
            Err(errors) if errors.is_about_values() => {
                let template = self.deployment.template.display();
                let lines: Vec<_> =
                    errors.as_slice().iter().map(|error| format!("{template}: {error}")).collect();
                Err(Failure(lines.join("\n")))
            }
            Err(errors) => {
                quietly(refuse(out, format, &errors))?;
                Ok(NO)
            }
            Ok(stack) => {
                let findings = self.findings(&stack);
                quietly(match format {
                    Format::Json => print_json(out, &stack, &findings),
                    Format::Text => print_text(out, &stack, &findings),
                })?;
                let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
                Ok(if refused { NO } else { DONE })
            }
        }
    }

    /// What a reader of the template should know, and what no stage would play.
    fn findings(&self, stack: &Stack) -> Vec<Finding> {
        let mut findings = check(stack);
        for refusal in refusals(stack, &self.deployment.environment(), DateTime::UNIX_EPOCH) {
            let BuildError::Resource { logical_id, reason, .. } = refusal else { continue };
            let known = |finding: &Finding| {
                finding.resource == logical_id
                    && (finding.severity == Severity::Error || finding.rule == "not-simulated")
            };
            if !findings.iter().any(known) {
                let severity = Severity::Error;
                findings.push(Finding { severity, resource: logical_id, rule: "refused", message: reason });
            }
        }
        findings
    }
}

/// Whoever reads may have seen enough, as `head` has.
fn quietly(printed: io::Result<()>) -> io::Result<()> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn refuse(out: &mut impl Write, format: Format, errors: &TemplateErrors) -> io::Result<()> {
    for error in errors.as_slice() {
        match format {
            Format::Text => writeln!(out, "error: {error}")?,
            Format::Json => {
                let line = json!({
                    "kind": "finding", "severity": "error", "rule": "template", "place": error.place,
                    "line": error.line, "message": error.reason.to_string(),
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

fn print_json(out: &mut impl Write, stack: &Stack, findings: &[Finding]) -> io::Result<()> {
    for resource in &stack.resources {
        let mut properties = resource.properties.clone();
        if let Some(Value::String(endpoint)) = properties.get_mut("Endpoint") {
            *endpoint = without_secrets(endpoint);
        }
        let line = json!({
            "kind": "resource", "logical_id": resource.logical_id, "type": resource.kind.as_str(),
            "name": resource.name, "arn": resource.arn, "properties": properties,
        });
        writeln!(out, "{line}")?;
    }
    for other in &stack.left_aside {
        writeln!(
            out,
            "{}",
            json!({"kind": "left_aside", "logical_id": other.logical_id, "type": other.kind})
        )?;
    }
    for note in &stack.notes {
        writeln!(out, "{}", json!({"kind": "note", "message": note}))?;
    }
    for Finding { severity, resource, rule, message } in findings {
        let line = json!({
            "kind": "finding", "severity": severity, "resource": resource, "rule": rule, "message": message,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn print_text(out: &mut impl Write, stack: &Stack, findings: &[Finding]) -> io::Result<()> {
    let of_kinds = |kinds: &[ResourceKind]| {
        stack.resources.iter().filter(|it| kinds.contains(&it.kind)).collect::<Vec<_>>()
    };
    table(
        out,
        "METRIC FILTER",
        ["METRIC", "COUNTS", "LOG GROUP"],
        &of_kinds(&[ResourceKind::MetricFilter]),
        filter_row,
    )?;
    let alarms = of_kinds(&[ResourceKind::Alarm, ResourceKind::CompositeAlarm]);
    table(out, "ALARM", ["CONDITION", "MISSING DATA", "TELLS"], &alarms, |alarm| alarm_row(stack, alarm))?;
    let topics = of_kinds(&[ResourceKind::Topic]);
    table(out, "TOPIC", ["NAME", "SUBSCRIPTIONS", ""], &topics, |topic| topic_row(stack, topic))?;
    let subscriptions = of_kinds(&[ResourceKind::Subscription]);
    table(out, "SUBSCRIPTION", ["PROTOCOL", "ENDPOINT", "TOPIC"], &subscriptions, |it| {
        subscription_row(stack, it)
    })?;
    if !stack.left_aside.is_empty() {
        let names = stack.left_aside.iter().map(|other| format!("{} ({})", other.logical_id, other.kind));
        writeln!(out, "left aside: {}\n", names.collect::<Vec<_>>().join(", "))?;
    }
    if !stack.not_created.is_empty() {
        writeln!(out, "not created, as their condition is false: {}\n", stack.not_created.join(", "))?;
    }
    for note in &stack.notes {
        writeln!(out, "note: {note}")?;
    }
    for (severity, message, resources) in grouped(findings) {
        writeln!(out, "{severity}: {message}\n  {}", resources.join(", "))?;
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    writeln!(out, "{} errors, {} warnings", count(Severity::Error), count(Severity::Warning))?;
    Ok(())
}

/// Findings that say the same of several resources, together.
fn grouped(findings: &[Finding]) -> Vec<(Severity, &str, Vec<&str>)> {
    let mut groups: Vec<(Severity, &str, Vec<&str>)> = Vec::new();
    for Finding { severity, resource, message, .. } in findings {
        match groups.iter_mut().find(|(known, text, _)| known == severity && text == message) {
            Some((_, _, resources)) => resources.push(resource),
            None => groups.push((*severity, message, vec![resource])),
        }
    }
    groups.sort_by_key(|(severity, _, _)| *severity);
    groups
}

/// One line a resource, columns as wide as they need to be.
fn table(
    out: &mut impl Write,
    first: &str,
    columns: [&str; 3],
    resources: &[&Resource],
    row: impl Fn(&Resource) -> [String; 3],
) -> io::Result<()> {
    if resources.is_empty() {
        return Ok(());
    }
    let head = [first, columns[0], columns[1], columns[2]].map(str::to_owned);
    let body = resources.iter().map(|resource| {
        let [one, two, three] = row(resource);
        [resource.logical_id.clone(), one, two, three]
    });
    let lines: Vec<[String; 4]> = std::iter::once(head).chain(body).collect();
    let width =
        |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let (a, b, c) = (width(0), width(1), width(2));
    for [one, two, three, four] in &lines {
        writeln!(out, "{}", format!("{one:a$}  {two:b$}  {three:c$}  {four}").trim_end())?;
    }
    writeln!(out)
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".into(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn filter_row(filter: &Resource) -> [String; 3] {
    let transformation = filter.properties.get("MetricTransformations").and_then(|list| list.get(0));
    let get = |key: &str| text(transformation.and_then(|transformation| transformation.get(key)));
    let default = match get("DefaultValue").as_str() {
        "-" => String::new(),
        default => format!(", else {default}"),
    };
    [
        format!("{} {}", get("MetricNamespace"), get("MetricName")),
        get("MetricValue") + &default,
        text(filter.properties.get("LogGroupName")),
    ]
}

fn alarm_row(stack: &Stack, alarm: &Resource) -> [String; 3] {
    let get = |key: &str| text(alarm.properties.get(key));
    let tells = |property: &str| {
        let actions = alarm.properties.get(property).and_then(Value::as_array).cloned().unwrap_or_default();
        let names: Vec<_> = actions.iter().map(|action| short(stack, &text(Some(action)))).collect();
        if names.is_empty() { "nobody".to_owned() } else { names.join(" ") }
    };
    let condition = if alarm.kind == ResourceKind::CompositeAlarm {
        get("AlarmRule")
    } else {
        let statistic = match get("Statistic").as_str() {
            "-" if alarm.properties.contains_key("Metrics") => "expression".to_owned(),
            "-" => get("ExtendedStatistic"),
            statistic => statistic.to_owned(),
        };
        let sign = match get("ComparisonOperator").as_str() {
            "GreaterThanOrEqualToThreshold" => ">=",
            "GreaterThanThreshold" => ">",
            "LessThanThreshold" => "<",
            "LessThanOrEqualToThreshold" => "<=",
            _ => "outside of",
        };
        let of = match get("DatapointsToAlarm").as_str() {
            "-" => get("EvaluationPeriods"),
            to_alarm => format!("{to_alarm} of {}", get("EvaluationPeriods")),
        };
        format!("{statistic} {sign} {} in {of} x {} s", get("Threshold"), get("Period"))
    };
    let missing = if alarm.kind == ResourceKind::CompositeAlarm {
        String::new()
    } else {
        get("TreatMissingData").replace('-', "missing")
    };
    [condition, missing, format!("ALARM: {}, OK: {}", tells("AlarmActions"), tells("OKActions"))]
}

/// A topic's name in the template, if the ARN is one's.
fn short(stack: &Stack, arn: &str) -> String {
    let topic = stack.of_kind(ResourceKind::Topic).find(|topic| topic.arn.as_deref() == Some(arn));
    topic.map_or_else(|| arn.to_owned(), |topic| topic.logical_id.clone())
}

fn topic_row(stack: &Stack, topic: &Resource) -> [String; 3] {
    let subscribed =
        |it: &&Resource| it.properties.get("TopicArn").and_then(Value::as_str) == topic.arn.as_deref();
    let count = stack.of_kind(ResourceKind::Subscription).filter(subscribed).count();
    [topic.name.clone(), count.to_string(), String::new()]
}

fn subscription_row(stack: &Stack, subscription: &Resource) -> [String; 3] {
    let get = |key: &str| text(subscription.properties.get(key));
    [get("Protocol"), without_secrets(&get("Endpoint")), short(stack, &get("TopicArn"))]
}

/// An endpoint without what may be a key: user, password and query of a URL.
fn without_secrets(endpoint: &str) -> String {
    let Ok(mut url) = url::Url::parse(endpoint) else { return endpoint.to_owned() };
    if !["http", "https"].contains(&url.scheme()) {
        return endpoint.to_owned();
    }
    let hidden = url.query().is_some();
    // Neither can fail for a URL with a host.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    if hidden { format!("{url}?…") } else { url.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_endpoints_are_not_shown() {
        for (endpoint, shown) in [
            (
                "https://api.opsgenie.com/v1/json/amazonsns?apiKey=secret",
                "https://api.opsgenie.com/v1/json/amazonsns?…",
            ),
            ("https://user:secret@pager.example/hook#secret", "https://pager.example/hook"),
            ("ops@example.com", "ops@example.com"),
            ("arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sqs:us-east-1:123456789012:q"),
        ] {
            assert_eq!(without_secrets(endpoint), shown);
        }
    }
}
