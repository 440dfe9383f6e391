//! The Vector configurations of `vrl/` and their programs, proved without a Vector.

mod config;
mod functions;
mod options;
mod program;
mod program_files;
mod routes;
mod runner;
mod topology;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use vrl::compiler::Function;

use config::Config;
use functions::Tables;
use program::Program;
use trailbell::transform::Table;

const SHIPPED: [&str; 4] =
    ["vector-relay.yaml", "vector-sqs.yaml", "vector-direct.yaml", "vector-kafka.yaml"];

/// The table that is shipped.
static ROUTES: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string(program::folder().join("routes.csv")).unwrap());

/// Everything that can be said of a configuration without running it.
fn faults(config: &Config) -> Vec<String> {
    [options::problems(config), topology::problems(config)].concat()
}

#[test]
fn vector_would_take_each_configuration() {
    for name in SHIPPED {
        let faults = faults(&Config::shipped(name));
        assert!(faults.is_empty(), "{name}\n{}", faults.join("\n"));
    }
}

#[test]
fn the_tests_of_each_configuration_pass() {
    for name in SHIPPED {
        let problems = runner::run(&Config::shipped(name));
        assert!(problems.is_empty(), "{name}\n{}", problems.join("\n"));
    }
}

/// Vector's own list of statuses drops what a wrong key refuses, and 400 and 422 sent again would stop all others.
#[test]
fn a_wrong_key_loses_nothing_and_one_bad_action_stops_no_other() {
    for name in SHIPPED {
        let config = Config::shipped(name);
        let mut http = config.sinks.iter().filter(|(_, sink)| sink.kind == "http").peekable();
        assert!(http.peek().is_some(), "{name}");
        for (id, sink) in http {
            let retry = &sink.options["retry_strategy"];
            assert_eq!(retry["type"], "custom", "{name}: {id}");
            let statuses: Vec<u64> = retry["status_codes"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(serde_json::Value::as_u64)
                .collect();
            for again in [401, 403, 408, 429, 500, 502, 503, 504] {
                assert!(statuses.contains(&again), "{name}: {id}: {again}");
            }
            for ended in [400, 422] {
                assert!(!statuses.contains(&ended), "{name}: {id}: {ended}");
            }
        }
    }
}

/// The README's parts for signatures, in the place of `map` in vector-relay.yaml.
#[test]
fn vector_would_take_the_configuration_for_signatures() {
    let readme = std::fs::read_to_string(program::folder().join("README.md")).unwrap();
    let block = readme.split("```yaml\n").find(|block| block.contains("dedupe")).unwrap();
    let block = block.split("```").next().unwrap();
    let parts = Config::parse(&format!("sources: {{}}\ntests: []\n{block}")).unwrap();
    let mut config = Config::shipped("vector-relay.yaml");
    assert_eq!(parts.transforms["map"].options["reroute_dropped"], true);
    config.enrichment_tables.extend(parts.enrichment_tables);
    config.transforms.extend(parts.transforms);
    config.sinks.extend(parts.sinks);
    let faults = faults(&config);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_configuration_tests_every_kind_of_message() {
    let names = |name| Config::shipped(name).tests.into_iter().map(|test| test.name).collect::<BTreeSet<_>>();
    let expected: BTreeSet<String> = [
        "ALARM creates, and the table chooses team and priority",
        "OK closes the alert of the same alias",
        "INSUFFICIENT_DATA is ignored, and is no dead letter",
        "a confirmation is ignored, and is no dead letter",
        "a composite alarm creates",
        "plain text becomes a plain alert",
        "a broken body becomes a plain alert that shows it",
        "what failed is a dead letter and pages",
    ]
    .map(str::to_owned)
    .into();
    for name in SHIPPED {
        assert_eq!(names(name), expected, "{name}");
    }
}

/// A check that finds nothing proves nothing: each slip is put into the shipped text and has to be told.
#[test]
fn a_slip_in_a_configuration_is_told() {
    let cases = [
        ("address: 127.0.0.1:8088", "adress: 127.0.0.1:8088", "sources.sns.adress is unknown"),
        ("address: 127.0.0.1:8088", "host_key: ip", "sources.sns.address is missing"),
        ("type: http_server", "type: http_sever", "sources.sns: the list knows no type http_sever"),
        (
            "reroute_dropped: true",
            "reroute_dropped: yes",
            "transforms.fallback.reroute_dropped cannot be \"yes\"",
        ),
        ("inputs: [failed]", "inputs: [faild]", "fallback: input faild does not exist"),
        (
            "[failed, fallback.dropped, route._unmatched]",
            "[failed, route._unmatched]",
            "nothing consumes fallback.dropped",
        ),
        ("when_full: block", "when_full: wait", "sinks.create.buffer.when_full cannot be \"wait\""),
        (
            "status_codes: [401, 403,",
            "status_codes: [4010, 403,",
            "sinks.create.retry_strategy.status_codes cannot be",
        ),
        ("    dangerously_allow_unconfined_template_resolution: true\n", "", "mixes fields with ? or #"),
        (
            "https://api.opsgenie.com/v2/alerts/{{",
            "https://{{ host }}/v2/alerts/{{",
            "a field stands in or beside the host",
        ),
        ("SECRET[keys.opsgenie]", "SECRET[keys.opsgeny]", "create: the backend keys has no opsgeny"),
        ("SECRET[keys.opsgenie]", "SECRET[vault.opsgenie]", "create: there is no secret backend vault"),
    ];
    let text = std::fs::read_to_string(program::folder().join("vector-direct.yaml")).unwrap();
    for (right, wrong, expected) in cases {
        assert!(text.contains(right), "{right}");
        let faults = faults(&Config::parse(&text.replace(right, wrong)).unwrap()).join("\n");
        assert!(faults.contains(expected), "{wrong}: {faults}");
    }
    let error = Config::parse(&text.replace("no_outputs_from", "no_output_from")).unwrap_err();
    assert!(error.contains("unknown field `no_output_from`"), "{error}");
}

#[test]
fn a_wrong_expectation_is_told() {
    let cases = [
        ("call == \"x\"", "route.create: ", "call == \"x\""),
        ("assert_eq!(.call, \"x\")", "route.create: ", "assertion failed: \"close\" == \"x\""),
        (".call", "route.create: ", "gives \"close\""),
    ];
    let config = |conditions: &str, extract: &str, none: &str| {
        let text = format!(
            "sources: {{}}\nsinks: {{}}\ntransforms:\n  route:\n    type: exclusive_route\n    inputs: []\n    routes:\n      \
             - {{name: create, condition: '.call == \"close\"'}}\ntests:\n  - name: one\n    inputs:\n      \
             - {{insert_at: route, type: log, log_fields: {{call: close}}}}\n    outputs:\n      \
             - {{extract_from: {extract}, conditions: [{conditions:?}]}}\n    no_outputs_from: [{none}]\n"
        );
        Config::parse(&text).unwrap()
    };
    assert_eq!(runner::run(&config(".call == \"close\"", "route.create", "")), Vec::<String>::new());
    for (condition, start, why) in cases {
        let problems = runner::run(&config(condition, "route.create", ""));
        assert!(
            problems[0].starts_with(&format!("one: {start}")) && problems[0].contains(why),
            "{condition}: {problems:?}"
        );
    }
    let problems = runner::run(&config("true", "route._unmatched", "route.create"));
    assert_eq!(problems[0], "one: nothing left route._unmatched");
    assert!(problems[1].starts_with("one: route.create: nothing was expected, got {"), "{problems:?}");
    let problems = runner::run(&config("true", "route.creat", ""));
    assert_eq!(problems, ["one: no transform has the output route.creat"]);
}

/// Hosts differ in what they know of an event's types, and VRL's errors depend on it.
#[test]
fn the_programs_for_vector_compile_whatever_it_knows_of_the_types() {
    let tables = Tables::routes(&ROUTES);
    for file in ["settings.vrl", "envelope.vrl", "routes.vrl", "request.vrl"] {
        let source = Program::source(&[file]);
        for kinds in program::kinds() {
            if let Err(error) = Program::compile_for(&source, &functions::oldest(), &tables, kinds.clone()) {
                panic!("{file} with {kinds:?}: {error}");
            }
        }
    }
}

/// Every program of the folder, so that none is forgotten.
#[test]
fn every_program_uses_nothing_that_came_after_vrl_0_31() {
    let tables = Tables::routes(&ROUTES);
    let available: BTreeSet<String> =
        functions::oldest().iter().map(|function| function.identifier().to_owned()).collect();
    let mut compiled = Vec::new();
    for entry in std::fs::read_dir(program::folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if Path::new(&name).extension() != Some("vrl".as_ref()) {
            continue;
        }
        let source = Program::source(&[&name]);
        let lines =
            source.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
        let code: Vec<&str> = lines.collect();
        assert!(!code.iter().any(|line| line.trim_start().starts_with("return")), "{name}: a bare return");
        assert!(code.last() == Some(&".") || name == "settings.vrl", "{name} has to end with a dot");
        let called = functions::called(&code);
        let unknown: Vec<_> = called.iter().filter(|name| !functions::is_old(name)).collect();
        assert!(unknown.is_empty(), "{name} calls {unknown:?}, which vrl-0.31-functions.txt does not name");
        // A program that hashes needs a feature of vrl that trailbell does not build: it has tests of its own.
        if !called.is_subset(&available) {
            continue;
        }
        let functions = if name == "routes.vrl" { functions::oldest() } else { functions::of_vrl_0_31() };
        if let Err(error) = Program::compile_for(&source, &functions, &tables, program::kinds().remove(0)) {
            panic!("{name}: {error}");
        }
        compiled.push(name);
    }
    compiled.sort();
    let expected =
        ["envelope.vrl", "limits.vrl", "opsgenie.vrl", "request.vrl", "routes.vrl", "settings.vrl"];
    assert_eq!(compiled, expected);
}

/// The list refuses what is newer: a function, and a new parameter of an old one.
#[test]
fn what_is_newer_than_vrl_0_31_is_refused() {
    let all = vrl::stdlib::all();
    let newer: Vec<&str> =
        all.iter().map(|function| function.identifier()).filter(|name| !functions::is_old(name)).collect();
    assert!(newer.contains(&"range"), "{newer:?}");
    let compile = |source: &str, functions: &[Box<dyn Function>]| {
        Program::compile_for(source, functions, &Tables::default(), program::kinds().remove(0)).err()
    };
    let cases = [(". = range(1, 3) ?? []", "call to undefined function")];
    for (source, expected) in cases {
        assert_eq!(compile(source, &vrl::stdlib::all()), None, "{source}");
        let refused = compile(source, &functions::of_vrl_0_31()).unwrap_or_default();
        assert!(refused.contains(expected), "{source}: {refused}");
    }
}

/// The same file serves both: trailbell reads it, and Vector finds the columns that routes.vrl asks for.
#[test]
fn the_shipped_table_is_one_for_trailbell_too() {
    let rows = functions::rows(&ROUTES).unwrap();
    assert_eq!(Table::from_csv(ROUTES.as_bytes()).unwrap().len(), rows.len());
    let columns: Vec<&str> = rows[0].keys().map(vrl::value::KeyString::as_str).collect();
    assert_eq!(columns, ["account", "alarm", "priority", "runbook", "tags", "team"]);
}
