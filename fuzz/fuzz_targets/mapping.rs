//! Any JSON, as an envelope, through the programs.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use trailbell::opsgenie::limits;
use trailbell::transform::{Input, Outcome, Runner, Transform};

thread_local! {
    static RUNNER: RefCell<Runner> =
        RefCell::new(Transform::builder().build().expect("the built-in programs compile").runner());
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(envelope) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
    let outcome = RUNNER.with(|runner| runner.borrow_mut().run(Input::from(envelope)));
    let actions = match outcome {
        Outcome::Mapped(actions) | Outcome::Failed { fallback: actions, .. } => actions,
        Outcome::Dropped { .. } => return,
    };
    assert!(!actions.is_empty());
    for mapped in actions {
        let length = |name: &str| mapped.action.request.body[name].as_str().unwrap_or_default().chars().count();
        assert!(mapped.action.alias.chars().count() <= limits::ALIAS);
        if mapped.action.request.body.contains_key("message") {
            assert!(length("message") <= limits::MESSAGE && length("description") <= limits::DESCRIPTION);
        }
    }
});
