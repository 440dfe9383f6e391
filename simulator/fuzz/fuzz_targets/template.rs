//! No text, however broken, makes the template reader panic, hang or exhaust the stack.
//!
//! `cargo +nightly fuzz run template simulator/fuzz/seeds --fuzz-dir simulator/fuzz`, from the root of the project.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailbell_sim::cloudformation::check::check;
use trailbell_sim::cloudformation::{Environment, Stack};

fuzz_target!(|text: &str| {
    match Stack::read(text, &Environment::default()) {
        Ok(stack) => {
            let _ = check(&stack);
            assert_eq!(Stack::read(text, &Environment::default()).as_ref(), Ok(&stack), "reading is deterministic");
        }
        Err(errors) => assert!(!errors.as_slice().is_empty() && !errors.to_string().is_empty()),
    }
});
