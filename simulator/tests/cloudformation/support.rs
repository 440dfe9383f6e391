//! What the tests have in common.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use trailbell_sim::cloudformation::{Environment, Resource, ResourceKind, Stack};

/// A part of the real data: `$TRAILBELL_DATA`, or `../shared/data` beside the project. Where it is missing, says so
/// and gives `None`: the test is then skipped.
pub(crate) fn data(part: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("TRAILBELL_DATA").map_or(beside, PathBuf::from).join(part);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no real data at {} (set TRAILBELL_DATA)", folder.display());
    None
}

/// The default environment with parameters: `A=1 B=2`.
pub(crate) fn environment(parameters: &str) -> Environment {
    let pairs = parameters.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    let parameters = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Environment { parameters, ..Environment::default() }
}

/// The files below a folder, with their path from there, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            files.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
        }
    }
    files.sort();
    files
}

/// How much of what a stack holds.
pub(crate) fn contents(stack: &Stack) -> String {
    let kinds = [
        (ResourceKind::MetricFilter, "filter"),
        (ResourceKind::Alarm, "alarm"),
        (ResourceKind::CompositeAlarm, "composite"),
        (ResourceKind::Topic, "topic"),
        (ResourceKind::Subscription, "subscription"),
        (ResourceKind::TopicPolicy, "policy"),
        (ResourceKind::LogGroup, "group"),
    ];
    let counts = kinds.map(|(kind, name)| (stack.of_kind(kind).count(), name));
    let others = [(stack.left_aside.len(), "aside"), (stack.not_created.len(), "not created")];
    let all = counts.into_iter().chain(others).filter(|(count, _)| *count > 0);
    all.map(|(count, name)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
}

/// A resource's properties with all single values as text: `1` and `"1"` mean the same.
pub(crate) fn normal(resource: &Resource) -> Value {
    text(&Value::Object(resource.properties.clone()))
}

fn text(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Object(entries) => Value::Object(
            entries.iter().map(|(key, value)| (key.clone(), text(value))).collect::<Map<_, _>>(),
        ),
        Value::String(_) | Value::Null => value.clone(),
        Value::Number(_) | Value::Bool(_) => Value::String(value.to_string()),
    }
}
