//! How the components hang together.

use super::config::Config;
use super::program;

/// What Vector refuses or warns of. Empty if all is well.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    let outputs = config.outputs();
    let components = config.transforms.iter().chain(&config.sinks);
    let mut consumed: Vec<&String> = Vec::new();
    for (id, component) in components {
        if component.inputs.is_empty() {
            problems.push(format!("{id} has no inputs"));
        }
        for input in &component.inputs {
            if !outputs.contains(input) {
                problems.push(format!("{id}: input {input} does not exist"));
            }
            consumed.push(input);
        }
    }
    for output in &outputs {
        if !consumed.contains(&output) {
            problems.push(format!("nothing consumes {output}"));
        }
    }
    let mut ids: Vec<&String> =
        config.sources.keys().chain(config.transforms.keys()).chain(config.sinks.keys()).collect();
    ids.sort_unstable();
    for pair in ids.windows(2) {
        if pair[0] == pair[1] {
            problems.push(format!("two components are named {}", pair[0]));
        }
    }
    problems.extend(secrets(config));
    problems.extend(uris(config));
    problems
}

/// `SECRET[backend.key]` needs a backend, whose file has the key. Vector reads it when it loads the configuration.
fn secrets(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    for (id, sink) in &config.sinks {
        let text = serde_json::Value::Object(sink.options.clone()).to_string();
        for reference in text.split("SECRET[").skip(1) {
            let name = reference.split(']').next().unwrap_or_default();
            let (backend, key) = name.split_once('.').unwrap_or((name, ""));
            let Some(file) = config.secret.get(backend).and_then(|backend| backend.text("path")) else {
                problems.push(format!("{id}: there is no secret backend {backend}"));
                continue;
            };
            let file = std::fs::read_to_string(program::folder().join(file)).unwrap();
            let file: serde_json::Value = serde_json::from_str(&file).unwrap();
            if !file[key].is_string() {
                problems.push(format!("{id}: the backend {backend} has no {key}"));
            }
        }
    }
    problems
}

/// Vector's rules for a `uri` with fields (0.57, and the host's of 0.58).
fn uris(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    for (id, sink) in &config.sinks {
        let Some(uri) = sink.text("uri").filter(|uri| uri.contains("{{")) else { continue };
        let literal = uri.split("{{").next().unwrap_or_default();
        let path = literal.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
        if path.is_none() {
            problems.push(format!("{id}: a field stands in or beside the host of {uri}"));
        }
        if uri.contains(['?', '#']) && !sink.flag("dangerously_allow_unconfined_template_resolution") {
            problems.push(format!("{id}: {uri} mixes fields with ? or #"));
        }
    }
    problems
}
