//! The reference, `vrl/functions.md`, made from the functions themselves.
//!
//! `TRAILBELL_BLESS=1 cargo test -p trailbell --test it reference` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use trailbell::functions::VRL_VERSION;
use vrl::compiler::Function;
use vrl::compiler::function::{Example, Parameter};
use vrl::value::Kind;

use super::compile;

#[test]
fn the_page_is_what_the_functions_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vrl/functions.md");
    let page = page();
    if std::env::var_os("TRAILBELL_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = written.lines().zip(page.lines()).find(|(written, page)| written != page);
    assert!(written == page, "vrl/functions.md is not up to date (TRAILBELL_BLESS=1): {differs:?}");
}

fn page() -> String {
    let mut page = include_str!("reference_head.md").replace("{VRL}", VRL_VERSION);
    for function in trailbell::functions::all() {
        section(&mut page, function.as_ref()).unwrap();
    }
    page
}

fn section(page: &mut String, function: &dyn Function) -> std::fmt::Result {
    let name = function.identifier();
    let parameters: Vec<String> = function.parameters().iter().map(signature).collect();
    writeln!(page, "\n## {name}\n\n{}\n\n`{name}({})`", function.usage(), parameters.join(", "))?;
    writeln!(page, "\n| Parameter | Type | |\n|---|---|---|")?;
    for parameter in function.parameters() {
        let optional = if parameter.required { "" } else { " Optional." };
        let kinds = short(&parameter.kind());
        writeln!(page, "| `{}` | {kinds} | {}{optional} |", parameter.keyword, parameter.description)?;
    }
    writeln!(page, "\nCategory: {}.", function.category())?;
    list(page, "Fails if", function.internal_failure_reasons())?;
    writeln!(page, "\nGives:\n\n```text\n{}\n```", result(function))?;
    list(page, "Rules", function.return_rules())?;
    list(page, "Notices", function.notices())?;
    for example in function.examples() {
        self::example(page, example)?;
    }
    Ok(())
}

fn signature(parameter: &Parameter) -> String {
    format!("{}{}", parameter.keyword, if parameter.required { "" } else { "?" })
}

fn list(page: &mut String, title: &str, items: &[&str]) -> std::fmt::Result {
    if !items.is_empty() {
        writeln!(page, "\n{title}:\n")?;
    }
    items.iter().try_for_each(|item| writeln!(page, "- {item}"))
}

fn example(page: &mut String, example: &Example) -> std::fmt::Result {
    let result = match example.result {
        Ok(text) => ("gives", text),
        Err(text) => ("fails", text),
    };
    writeln!(page, "\n### {}\n\n```coffee\n{}\n```", example.title, example.source.trim())?;
    let language = if serde_json::from_str::<serde_json::Value>(result.1).is_ok() { "json" } else { "text" };
    writeln!(page, "\n{}:\n\n```{language}\n{}\n```", result.0, result.1.trim())
}

/// The type of the result with all that the compiler knows, from a call with every argument.
fn result(function: &dyn Function) -> String {
    let arguments = function.parameters().iter().map(|parameter| {
        let argument = match (function.identifier(), parameter.keyword) {
            (_, "topics") => "[\"arn:aws:sns:*:123456789012:*\"]",
            (_, "max_age") => "60",
            (_, "spelling") => "\"http\"",
            (_, "pattern") => "\"ERROR\"",
            _ => ".a",
        };
        format!("{}: {argument}", parameter.keyword)
    });
    let call = format!("{}!({})", function.identifier(), arguments.collect::<Vec<_>>().join(", "));
    let program = compile(&call).unwrap_or_else(|error| panic!("{error}"));
    let mut text = String::new();
    tree(&mut text, "", program.final_type_info().result.kind(), 0);
    text.trim_end().to_owned()
}

/// One line a field, indented under its object.
fn tree(text: &mut String, name: &str, kind: &Kind, depth: usize) {
    let indent = "  ".repeat(depth);
    let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
    writeln!(text, "{indent}{name}{}", short(kind)).unwrap();
    let items = kind
        .as_array()
        .filter(|items| items.known().is_empty())
        .map(vrl::value::kind::Collection::unknown_kind);
    let items = items.map(|items| items.without_undefined());
    if let Some(object) = items.as_ref().unwrap_or(kind).as_object() {
        for (field, kind) in object.known() {
            let name = if field.as_str().contains('.') {
                format!("{:?}", field.as_str())
            } else {
                field.to_string()
            };
            tree(text, &name, kind, depth + 1);
        }
    }
}

/// `string or null`, `array of string`, `object of string`.
fn short(kind: &Kind) -> String {
    if kind.is_any() {
        return "any".to_owned();
    }
    let mut names = Vec::new();
    let mut add = |has: bool, name: &str| {
        if has {
            names.push(name.to_owned());
        }
    };
    add(kind.contains_bytes(), "string");
    add(kind.contains_integer(), "integer");
    add(kind.contains_float(), "float");
    add(kind.contains_boolean(), "boolean");
    add(kind.contains_timestamp(), "timestamp");
    // An inexact kind is any or JSON, and so are the kinds in it, without end.
    let of = |exact: bool, items: &Kind| {
        let items = items.without_undefined();
        if !exact || items.is_never() { String::new() } else { format!(" of {}", short(&items)) }
    };
    if let Some(items) = kind.as_array() {
        names.push(format!("array{}", of(items.is_unknown_exact(), &items.unknown_kind())));
    }
    if let Some(members) = kind.as_object() {
        let exact = members.is_unknown_exact() && members.known().is_empty();
        names.push(format!("object{}", of(exact, &members.unknown_kind())));
    }
    if kind.contains_null() {
        names.push("null".to_owned());
    }
    if kind.contains_undefined() {
        names.push("nothing".to_owned());
    }
    names.join(" or ")
}
