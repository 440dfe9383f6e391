//! Any text as a pattern, any text as an event: nothing panics, and all ways to ask give one answer.

#![no_main]

use cloudwatch_filter_pattern::{FilterPattern, PatternSet, Selector};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (text, event) = input.split_once('\n').unwrap_or((input, ""));
    if let Ok(selector) = Selector::parse(text) {
        let _ = selector.select(event);
    }
    match FilterPattern::parse(text) {
        Ok(pattern) => {
            let matched = pattern.matches(event);
            assert_eq!(pattern.explain(event).matched, matched);
            assert_eq!(pattern.extract(event).is_some(), matched);
            // Beside others it does not lose its way.
            let others = ["{ $.a = 1 }", "{ $.a[*] = 1 || $.b NOT EXISTS }", "ab", "%ab|cd%", "[a, ..., b]"];
            let others = others.into_iter().filter_map(|text| FilterPattern::parse(text).ok());
            let set = PatternSet::new(others.chain([pattern]));
            let last = set.patterns().len() - 1;
            assert_eq!(set.matches(event).contains(&last), matched);
        }
        Err(error) => {
            assert!(text.get(error.span()).is_some());
            let _ = error.to_string();
        }
    }
    let is_json = FilterPattern::parse("{ $.zzzz NOT EXISTS || $.zzzz != zzzz }").is_ok_and(|any| any.matches(event));
    let parsed = serde_json::from_str::<serde_json::Value>(event);
    if parsed.is_ok_and(|value| value.get("zzzz").is_none() && value.is_object()) {
        assert!(is_json, "serde_json takes it");
    }
});
