//! `tests/vrl/*.vrl`: what the programs make of one event, written in the head of a file.
//!
//! ```text
//! # Programs: envelope.vrl opsgenie.vrl     joined in this order, and the file's own code after them
//! # Metadata: {"trailbell": {}}             optional
//! # Event: {...}
//! # Result: {...}                           or `# Aborts: the reason`
//! ```
//!
//! A value may go on over further lines that begin with `#`. `TRAILBELL_BLESS=1` writes the results anew: read the diff.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::functions::{self, Tables};
use super::program::{self, Event, Program};

#[test]
fn with_the_functions_of_vrl_0_31_alone() {
    run_all(Program::compile, std::env::var_os("TRAILBELL_BLESS").is_some());
}

#[test]
fn the_same_with_every_function_that_an_embedder_may_have() {
    let functions = functions::newest();
    let compile = |source: &str, tables: &Tables| {
        Program::compile_for(source, &functions, tables, program::kinds().remove(0))
    };
    run_all(compile, false);
}

struct Case {
    programs: Vec<String>,
    metadata: Value,
    event: Value,
    expected: String,
    code: String,
}

fn read(text: &str) -> Case {
    let is_head = |line: &&str| line.starts_with('#');
    let mut fields: Vec<(&str, String)> = Vec::new();
    for line in text.lines().take_while(is_head) {
        let line = line.trim_start_matches('#').trim();
        match line.split_once(": ") {
            Some((name @ ("Programs" | "Metadata" | "Event" | "Result" | "Aborts"), value)) => {
                fields.push((name, value.to_owned()));
            }
            _ => {
                if let Some((_, value)) = fields.last_mut() {
                    value.push('\n');
                    value.push_str(line);
                }
            }
        }
    }
    let field = |name: &str| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.as_str());
    let parse = |name: &str| {
        serde_json::from_str(field(name).unwrap_or("{}")).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let expected = match (field("Result"), field("Aborts")) {
        (Some(result), _) => pretty(&serde_json::from_str(result).unwrap_or_default()),
        (None, Some(reason)) => format!("aborts: {reason}"),
        (None, None) => String::new(),
    };
    Case {
        programs: field("Programs").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        metadata: parse("Metadata"),
        event: parse("Event"),
        expected,
        code: text.lines().skip_while(is_head).collect::<Vec<_>>().join("\n"),
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

fn run(case: &Case, program: &Program) -> String {
    let mut event = Event { value: case.event.clone().into(), metadata: case.metadata.clone().into() };
    match program.run(&mut event) {
        Ok(_) => pretty(&serde_json::from_str(&event.value.to_string()).unwrap()),
        Err(dropped) => format!("{}s: {}", dropped.reason, dropped.message),
    }
}

fn run_all(compile: impl Fn(&str, &Tables) -> Result<Program, String>, bless: bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vrl");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut compiled: Vec<(String, Program)> = Vec::new();
    let mut wrong = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let case = read(&text);
        let programs: Vec<&str> = case.programs.iter().map(String::as_str).collect();
        let source = Program::source(&programs) + &case.code;
        let known = compiled.iter().find(|(known, _)| *known == source).map(|(_, program)| program.clone());
        let program = known.unwrap_or_else(|| {
            let program = compile(&source, &Tables::routes(&super::ROUTES));
            let program = program.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            compiled.push((source, program.clone()));
            program
        });
        let got = run(&case, &program);
        if got == case.expected {
            continue;
        }
        if bless {
            std::fs::write(file, blessed(&text, &got)).unwrap();
        } else {
            wrong.push(format!("{}:\n{got}", file.display()));
        }
    }
    assert!(
        files.len() >= 10 && wrong.is_empty(),
        "{} files, these differ:\n{}",
        files.len(),
        wrong.join("\n")
    );
}

/// The text with another result, which is the last field of the head.
fn blessed(text: &str, got: &str) -> String {
    let result = match got.strip_prefix("aborts: ") {
        Some(reason) => format!("Aborts: {reason}"),
        None => format!("Result: {got}"),
    };
    let is_result = |line: &&str| line.starts_with("# Result:") || line.starts_with("# Aborts:");
    let head = text.lines().take_while(|line| line.starts_with('#')).take_while(|line| !is_result(line));
    let code = text.lines().skip_while(|line| line.starts_with('#'));
    let lines = head
        .map(str::to_owned)
        .chain(result.lines().map(|line| format!("# {line}")))
        .chain(code.map(str::to_owned));
    lines.map(|line| line + "\n").collect()
}
