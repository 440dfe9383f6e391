//! Runs the `tests:` of a configuration, as `vector test` does (`src/config/unit_test/` of Vector).

use std::collections::BTreeMap;

use vrl::value::{ObjectMap, Value};

use super::config::{Component, Condition, Config, Input, Test};
use super::functions::{self, Tables};
use super::program::{self, Event, Program};

/// The events that left each output.
type Collected = BTreeMap<String, Vec<Event>>;

/// The enrichment tables of a configuration, from their files.
pub(crate) fn tables(config: &Config) -> Tables {
    let read = |(name, table): (&String, &Component)| {
        let path = program::folder().join(table.text("file/path").unwrap());
        (name.clone(), functions::rows(&std::fs::read_to_string(path).unwrap()).unwrap())
    };
    Tables(std::sync::Arc::new(config.enrichment_tables.iter().map(read).collect()))
}

/// What is wrong, each with the test's name. Empty if all is well.
pub(crate) fn run(config: &Config) -> Vec<String> {
    let tables = tables(config);
    let run = |test: &Test| {
        let problems = run_one(config, &tables, test).unwrap_or_else(|error| vec![error]);
        problems.into_iter().map(|problem| format!("{}: {problem}", test.name)).collect::<Vec<_>>()
    };
    config.tests.iter().flat_map(run).collect()
}

fn run_one(config: &Config, tables: &Tables, test: &Test) -> Result<Vec<String>, String> {
    if test.outputs.is_empty() && test.no_outputs_from.is_empty() {
        return Err("unit test must contain at least one of `outputs` or `no_outputs_from`".to_owned());
    }
    let known = config.outputs();
    for output in test.outputs.iter().map(|output| &output.extract_from).chain(&test.no_outputs_from) {
        if !known.contains(output) || config.sources.contains_key(output) {
            return Err(format!("no transform has the output {output}"));
        }
    }
    let mut collected = Collected::new();
    for input in &test.inputs {
        let (transform, event) = event(input, tables)?;
        deliver(config, tables, transform, event, &mut collected)?;
    }
    let mut problems = Vec::new();
    for output in &test.outputs {
        let events = collected.get(&output.extract_from).map_or(&[][..], Vec::as_slice);
        if events.is_empty() {
            problems.push(format!("nothing left {}", output.extract_from));
            continue;
        }
        // One event that meets all conditions of an entry is enough.
        let failures: Vec<String> =
            events.iter().filter_map(|event| unmet(&output.conditions, event, tables)).collect();
        if failures.len() == events.len() {
            problems.push(format!("{}: {}", output.extract_from, failures.join("\n")));
        }
    }
    for output in &test.no_outputs_from {
        for event in collected.get(output).into_iter().flatten() {
            problems.push(format!("{output}: nothing was expected, got {}", event.value));
        }
    }
    Ok(problems)
}

/// The transform at which a test puts an event in, and the event.
fn event<'a>(input: &'a Input, tables: &Tables) -> Result<(&'a str, Event), String> {
    let mut event = Event::empty();
    let transform = match input {
        Input::Raw { insert_at, value } => {
            event.value.insert(vrl::path!("message"), value.as_str());
            insert_at
        }
        Input::Log { insert_at, log_fields } => {
            event.value.insert(vrl::path!("message"), "");
            for (path, value) in log_fields {
                let path = vrl::path::parse_value_path(path).map_err(|error| error.to_string())?;
                event.value.insert(&path, Value::from(value.clone()));
            }
            insert_at
        }
        Input::Vrl { insert_at, source } => {
            let program = Program::compile(source, tables)?;
            program.run(&mut event).map_err(|dropped| dropped.message)?;
            insert_at
        }
    };
    Ok((transform, event))
}

/// The first condition that does not hold, and why. `None` if all do.
fn unmet(conditions: &[Condition], event: &Event, tables: &Tables) -> Option<String> {
    conditions.iter().find_map(|condition| {
        let why = check(condition.source(), event, tables).err()?;
        Some(format!("{}{why}\nevent: {}", condition.source(), event.value))
    })
}

/// Conditions run on a copy and must end with true.
fn check(source: &str, event: &Event, tables: &Tables) -> Result<(), String> {
    let program = Program::compile(source, tables)?;
    match program.run(&mut event.clone()) {
        Ok(Value::Boolean(true)) => Ok(()),
        Ok(other) => Err(format!("gives {other}")),
        Err(dropped) => Err(dropped.message),
    }
}

/// Lets an event run through the transform `id` and everything behind it.
fn deliver(
    config: &Config,
    tables: &Tables,
    id: &str,
    event: Event,
    collected: &mut Collected,
) -> Result<(), String> {
    let transform = config.transforms.get(id).ok_or_else(|| format!("there is no transform {id}"))?;
    let outputs: Vec<(String, Event)> = match transform.kind.as_str() {
        "remap" => remap(id, transform, &Program::compile(&transform.program(), tables)?, event),
        "filter" => {
            let passes = check(transform.text("condition").unwrap(), &event, tables).is_ok();
            passes.then(|| (id.to_owned(), event)).into_iter().collect()
        }
        "exclusive_route" => {
            let chosen = transform.routes().find(|(_, condition)| check(condition, &event, tables).is_ok());
            vec![(format!("{id}.{}", chosen.map_or("_unmatched", |(name, _)| name)), event)]
        }
        other => return Err(format!("the runner knows no {other}")),
    };
    for (output, event) in outputs {
        for (next, transform) in &config.transforms {
            if transform.inputs.contains(&output) {
                deliver(config, tables, next, event.clone(), collected)?;
            }
        }
        collected.entry(output).or_default().push(event);
    }
    Ok(())
}

/// `src/transforms/remap.rs` of Vector: an array becomes an event each, and what is dropped leaves as it came, with the reason.
fn remap(id: &str, transform: &Component, program: &Program, event: Event) -> Vec<(String, Event)> {
    let mut changed = event.clone();
    let Err(dropped) = program.run(&mut changed) else {
        let metadata = changed.metadata;
        let values = match changed.value {
            Value::Array(values) => values,
            value => vec![value],
        };
        let event = |value| (id.to_owned(), Event { value, metadata: metadata.clone() });
        return values.into_iter().map(event).collect();
    };
    let drops = if dropped.reason == "abort" {
        transform.options.get("drop_on_abort").and_then(serde_json::Value::as_bool).unwrap_or(true)
    } else {
        transform.flag("drop_on_error")
    };
    if !drops {
        return vec![(id.to_owned(), event)];
    }
    if !transform.flag("reroute_dropped") {
        return Vec::new();
    }
    let mut event = event;
    let why = [
        ("reason", dropped.reason),
        ("message", &dropped.message),
        ("component_id", id),
        ("component_type", "remap"),
        ("component_kind", "transform"),
    ];
    let why: ObjectMap = why.into_iter().map(|(name, text)| (name.into(), text.into())).collect();
    event.value.insert(vrl::path!("metadata", "dropped"), Value::Object(why));
    vec![(format!("{id}.dropped"), event)]
}
