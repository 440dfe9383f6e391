//! The mapping from outside: envelopes in, actions out.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use trailbell::transform::{Input, Outcome, Transform};

#[test]
fn smoke() {
    let text = std::fs::read_to_string("/tmp/seed.json").unwrap();
    let envelope: serde_json::Value = serde_json::from_str(&text).unwrap();
    let transform = Transform::builder().build().unwrap();
    let outcome = transform.runner().run(Input::from(envelope));
    println!("{}", transform.warnings());
    match outcome {
        Outcome::Mapped(mapped) => {
            println!("{}\n{:?}", serde_json::to_string_pretty(&mapped[0].action).unwrap(), mapped[0].cut)
        }
        other => panic!("{other:?}"),
    }
}
