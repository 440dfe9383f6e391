//! The shipped programs beside the functions: they neither need them nor mind them.

use std::path::Path;

use trailbell::transform::OPSGENIE_VRL;
use vrl::compiler::Program;

use super::{compile, json, run};
use crate::real_data;

#[test]
fn the_mapping_gives_the_same_with_the_functions_and_without() {
    let without: Program =
        vrl::compiler::compile(OPSGENIE_VRL, &vrl::stdlib::all()).map(|result| result.program).unwrap();
    let with = compile(OPSGENIE_VRL).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mapping");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let mut envelope = real_data::json(&entry.unwrap().path().join("envelope.json"));
        if let Some(message) = envelope.get_mut("Message").filter(|message| !message.is_string()) {
            *message = message.to_string().into();
        }
        let outcome =
            |program| run(program, vrl::value::Value::from(envelope.clone())).map(|value| json(&value));
        assert_eq!(outcome(&with), outcome(&without), "{envelope}");
        compared += 1;
    }
    assert!(compared > 40, "only {compared}");
}

/// The version table names what is linked.
#[test]
fn the_version_is_the_one_that_cargo_links() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    let (_, rest) = lock.split_once("name = \"vrl\"\nversion = \"").unwrap();
    let (linked, _) = rest.split_once('"').unwrap();
    assert_eq!(linked.rsplit_once('.').unwrap().0, trailbell::functions::VRL_VERSION);
}
