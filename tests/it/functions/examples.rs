//! The examples in the reference are programs that do what they say.

use vrl::compiler::function::Example;

use super::{compile, json, run};

fn outcome(example: &Example) -> Result<serde_json::Value, String> {
    let program = compile(example.source)?;
    let event: vrl::value::Value = serde_json::from_str(example.input.unwrap_or("{}")).unwrap();
    run(&program, event).map(|value| json(&value))
}

#[test]
fn each_example_has_the_result_that_it_tells() {
    let mut wrong = Vec::new();
    for function in trailbell::functions::all() {
        for example in function.examples() {
            let expected = match example.result {
                Ok(text) => Ok(serde_json::from_str(text).unwrap_or_else(|_| text.into())),
                Err(text) => Err(text.to_owned()),
            };
            let got = outcome(example);
            if got != expected {
                wrong.push(format!("{}, {}: {got:#?}", function.identifier(), example.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_function_is_documented_and_shows_a_success() {
    for function in trailbell::functions::all() {
        let name = function.identifier();
        assert_ne!(function.summary(), "TODO", "{name}");
        assert!(function.usage().ends_with('.'), "{name}");
        assert!(function.examples().iter().any(|example| example.result.is_ok()), "{name}");
        for parameter in function.parameters() {
            assert!(parameter.description.ends_with('.'), "{name}, {}", parameter.keyword);
        }
        let fails = function.examples().iter().any(|example| example.source.contains(&format!("{name}!(")));
        assert_eq!(
            !function.internal_failure_reasons().is_empty(),
            fails || name == "opsgenie_alert",
            "{name}"
        );
    }
}

#[test]
fn names_are_in_order_and_none_is_one_of_the_standard_library() {
    let names = |functions: Vec<Box<dyn vrl::compiler::Function>>| -> Vec<&'static str> {
        functions.iter().map(|function| function.identifier()).collect()
    };
    let (ours, theirs) = (names(trailbell::functions::all()), names(vrl::stdlib::all()));
    assert!(ours.is_sorted());
    assert!(ours.iter().all(|name| !theirs.contains(name)));
}
