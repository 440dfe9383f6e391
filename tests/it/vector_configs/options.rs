//! Every option that the configurations may use, so that a slip in a name is found here and not by Vector's loader.
//!
//! The names and their kinds are those of Vector's own generated reference (`website/cue/reference/components/<sources,
//! transforms, sinks>/generated/<type>.cue`), of `src/enrichment_tables/file.rs`, and of the common sink options
//! (`buffer`, in `website/cue/reference/components/sinks.cue`). `auth.strategy: custom` of the http sink came with 0.52,
//! `retry_strategy` with 0.56, the `dangerously_…` switch with 0.57.

use serde_json::Value;

use super::config::{Component, Config};

/// What the value of an option has to be.
enum Is {
    Text,
    Texts,
    Flag,
    Number,
    /// HTTP statuses.
    Statuses,
    OneOf(&'static [&'static str]),
    /// Names that the user chooses, with texts as values.
    Map,
    /// `exclusive_route`'s list.
    Routes,
}

use Is::{Flag, Map, Number, OneOf, Routes, Statuses, Text, Texts};

/// A path, what stands there, and whether Vector insists on it.
type Known = (&'static str, Is, bool);

const DISK: &[&str] = &["disk", "memory"];
const FULL: &[&str] = &["block", "drop_newest", "overflow"];

fn known(section: &str, kind: &str) -> Option<Vec<Known>> {
    let decoding = || {
        [
            ("decoding.codec", OneOf(&["bytes", "json"]), false),
            ("framing.method", OneOf(&["bytes", "newline_delimited"]), false),
        ]
    };
    let buffer = || {
        [
            ("buffer.type", OneOf(DISK), false),
            ("buffer.max_size", Number, false),
            ("buffer.max_events", Number, false),
            ("buffer.when_full", OneOf(FULL), false),
            ("acknowledgements.enabled", Flag, false),
        ]
    };
    let mut options: Vec<Known> = match (section, kind) {
        ("enrichment_tables", "file") => {
            vec![("file.path", Text, true), ("file.encoding.type", OneOf(&["csv"]), true)]
        }
        ("secret", "file") => vec![("path", Text, true)],
        ("sources", "http_server") => {
            vec![("address", Text, true), ("path", Text, false), ("strict_path", Flag, false)]
        }
        ("sources", "aws_sqs") => vec![
            ("queue_url", Text, true),
            ("region", Text, false),
            ("client_concurrency", Number, false),
            ("delete_message", Flag, false),
            ("visibility_timeout_secs", Number, false),
        ],
        ("sources", "kafka") => vec![
            ("bootstrap_servers", Text, true),
            ("topics", Texts, true),
            ("group_id", Text, true),
            (
                "auto_offset_reset",
                OneOf(&["smallest", "earliest", "beginning", "largest", "latest", "end", "error"]),
                false,
            ),
        ],
        ("sources", "internal_metrics") => return Some(Vec::new()),
        ("transforms", "remap") => vec![
            ("files", Texts, false),
            ("source", Text, false),
            ("drop_on_error", Flag, false),
            ("drop_on_abort", Flag, false),
            ("reroute_dropped", Flag, false),
        ],
        ("transforms", "filter") => vec![("condition", Text, true)],
        ("transforms", "dedupe") => {
            vec![("fields.match", Texts, true), ("cache.num_events", Number, false)]
        }
        ("transforms", "exclusive_route") => vec![("routes", Routes, true)],
        ("sinks", "http") => vec![
            ("uri", Text, true),
            ("method", OneOf(&["post", "put"]), false),
            ("auth.strategy", OneOf(&["custom"]), false),
            ("auth.value", Text, false),
            ("encoding.codec", OneOf(&["json", "text"]), true),
            ("framing.method", OneOf(&["bytes", "newline_delimited"]), false),
            ("batch.max_events", Number, false),
            ("request.concurrency", Number, false),
            ("request.headers", Map, false),
            ("retry_strategy.type", OneOf(&["none", "default", "all", "custom"]), false),
            ("retry_strategy.status_codes", Statuses, false),
            ("dangerously_allow_unconfined_template_resolution", Flag, false),
        ],
        ("sinks", "file") => vec![("path", Text, true), ("encoding.codec", OneOf(&["json"]), true)],
        ("sinks", "kafka") => vec![
            ("bootstrap_servers", Text, true),
            ("topic", Text, true),
            ("key_field", Text, false),
            ("encoding.codec", OneOf(&["json", "text"]), true),
            ("librdkafka_options", Map, false),
        ],
        ("sinks", "prometheus_exporter") => vec![("address", Text, false)],
        _ => return None,
    };
    match section {
        "sources" => options.extend(decoding()),
        "sinks" => options.extend(buffer()),
        _ => {}
    }
    Some(options)
}

/// What Vector would not take. Empty if all is well.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let sections = [
        ("enrichment_tables", &config.enrichment_tables),
        ("secret", &config.secret),
        ("sources", &config.sources),
        ("transforms", &config.transforms),
        ("sinks", &config.sinks),
    ];
    let mut problems = Vec::new();
    for (section, components) in sections {
        for (id, component) in components {
            let Some(known) = known(section, &component.kind) else {
                problems.push(format!("{section}.{id}: the list knows no type {}", component.kind));
                continue;
            };
            problems.extend(
                of_one(component, &known).into_iter().map(|problem| format!("{section}.{id}.{problem}")),
            );
        }
    }
    problems
}

fn of_one(component: &Component, known: &[Known]) -> Vec<String> {
    let mut problems = Vec::new();
    let options = Value::Object(component.options.clone());
    visit("", &options, known, &mut problems);
    for (path, _, required) in known {
        if *required && options.pointer(&format!("/{}", path.replace('.', "/"))).is_none() {
            problems.push(format!("{path} is missing"));
        }
    }
    problems
}

fn visit(path: &str, value: &Value, known: &[Known], problems: &mut Vec<String>) {
    if let Some((_, is, _)) = known.iter().find(|(name, ..)| *name == path) {
        if !fits(is, value) {
            problems.push(format!("{path} cannot be {value}"));
        }
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                visit(&path, value, known, problems);
            }
        }
        _ => problems.push(format!("{path} is unknown")),
    }
}

fn fits(is: &Is, value: &Value) -> bool {
    match is {
        Text => value.is_string(),
        Flag => value.is_boolean(),
        Number => value.is_u64(),
        Statuses => value.as_array().is_some_and(|all| {
            !all.is_empty() && all.iter().all(|one| one.as_u64().is_some_and(|one| (100..600).contains(&one)))
        }),
        OneOf(names) => value.as_str().is_some_and(|text| names.contains(&text)),
        Texts => value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string)),
        Map => value.as_object().is_some_and(|all| all.values().all(Value::is_string)),
        Routes => value.as_array().is_some_and(|all| {
            all.iter().all(|route| {
                route.as_object().is_some_and(|route| route.len() == 2)
                    && route["name"].is_string()
                    && route["condition"].is_string()
            })
        }),
    }
}
