//! Random patterns on random events: one verdict, whichever way it is found.

use cloudwatch_filter_pattern::{FilterPattern, PatternSet};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::slow::{Json, Literal, Pattern, Step, Test};

/// Few names and values, so that patterns often find something.
fn name() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c", "a.b", "0"]).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = String> {
    select(vec!["0", "1", "1.0", "1e0", "-1", "10", "1E+1", "0.5"]).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    select(vec!["", "x", "xy", "yx", "xyx", "1", "1.0", "true", "null", "ä😀", "a\\b\"", "x y"])
        .prop_map(str::to_owned)
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Boolean),
        number().prop_map(Json::Number),
        text().prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::Array),
            vec((name(), inner), 0..5).prop_map(Json::Object),
        ]
    })
}

fn event() -> impl Strategy<Value = Json> {
    vec((name(), json()), 0..6).prop_map(Json::Object)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![6 => name().prop_map(Step::Name), 1 => (0..3_usize).prop_map(Step::Index)];
    // AWS allows one wildcard in a selector.
    (vec(step, 1..4), proptest::option::weighted(0.3, 0..3_usize)).prop_map(|(mut steps, wildcard)| {
        if let Some(place) = wildcard {
            let last = steps.len() - 1;
            steps[place.min(last)] = Step::Any;
        }
        steps
    })
}

fn test() -> impl Strategy<Value = Test> {
    let wildcard =
        select(vec!["", "x", "x*", "*x", "*", "x*x", "*y*", "1", "1*", "ä*", "null", "xyx", "*xyx", "x y"])
            .prop_map(str::to_owned);
    let literal = prop_oneof![number().prop_map(Literal::Number), wildcard.prop_map(Literal::Text)];
    prop_oneof![
        4 => literal.clone().prop_map(Test::Equal),
        2 => literal.prop_map(Test::Unequal),
        1 => number().prop_map(Test::Above),
        1 => number().prop_map(Test::Below),
        1 => Just(Test::IsNull),
        1 => Just(Test::IsTrue),
        1 => Just(Test::IsFalse),
        1 => Just(Test::NotExists),
    ]
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let condition = (steps(), test()).prop_map(|(steps, test)| Pattern::Condition(steps, test));
    condition.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Pattern::And(left.into(), right.into())),
            (inner.clone(), inner).prop_map(|(left, right)| Pattern::Or(left.into(), right.into())),
        ]
    })
}

/// AWS's quota: the slow evaluator knows none.
fn is_within_quota(pattern: &FilterPatternText) -> bool {
    pattern.0.matches("[*]").count() <= 3
}

#[derive(Debug)]
struct FilterPatternText(String);

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_patterns_agree_with_the_slow_evaluator(
        patterns in vec(pattern(), 1..12),
        events in vec((event(), 0..4_u8), 1..4),
    ) {
        let patterns: Vec<(Pattern, FilterPatternText)> = patterns
            .into_iter()
            .map(|pattern| { let text = FilterPatternText(format!("{{ {} }}", pattern.text())); (pattern, text) })
            .filter(|(_, text)| is_within_quota(text))
            .collect();
        let parsed: Vec<FilterPattern> =
            patterns.iter().map(|(_, text)| FilterPattern::parse(&text.0).unwrap()).collect();
        let set = PatternSet::new(parsed.iter().cloned());
        let mut matcher = set.matcher();
        for (event, style) in events {
            let message = event.text(style);
            let expected: Vec<usize> =
                (0..patterns.len()).filter(|&place| patterns[place].0.holds(&event)).collect();
            prop_assert_eq!(matcher.matches(&message), expected.as_slice(), "{} {:?}", &message, &patterns);
            for (place, pattern) in parsed.iter().enumerate() {
                let matched = expected.contains(&place);
                prop_assert_eq!(pattern.matches(&message), matched, "{} {}", pattern, &message);
                let explanation = pattern.explain(&message);
                prop_assert_eq!(explanation.matched, matched);
                prop_assert!(explanation.decided_by.is_some());
            }
        }
    }

    /// A message is taken for JSON exactly if serde_json takes it for an object. (Both let no control character and no
    /// half of a surrogate pair through in these alphabets.)
    #[test]
    fn what_is_json_is_what_serde_json_says(message in r#"[ \n]?\{?("[ab\\n"/u0é]{0,6}"|[-+0-9.eE]{1,4}|null|true|fals|[\[\]{},: ]){0,12}\}?"#) {
        let is_object = serde_json::from_str::<serde_json::Value>(&message).is_ok_and(|value| value.is_object());
        let pattern = FilterPattern::parse("{ $.zz NOT EXISTS }").unwrap();
        prop_assert_eq!(pattern.matches(&message), is_object, "{}", message);
        // The same along a selector that leads everywhere.
        let pattern = FilterPattern::parse("{ $.* = x || $.zz NOT EXISTS }").unwrap();
        prop_assert_eq!(pattern.matches(&message), is_object, "{}", message);
    }

    #[test]
    fn events_with_one_byte_changed_are_json_only_if_serde_json_says_so(
        event in event(), style in 0..4_u8, place in any::<prop::sample::Index>(), byte in select(br#"{}[]",:\ 01-.enut"#.to_vec()),
    ) {
        let mut bytes = event.text(style).into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let Ok(message) = String::from_utf8(bytes) else { return Ok(()); };
        // Half of a surrogate pair is let through, which serde_json does not.
        prop_assume!(!message.contains("\\ud"));
        let is_object = serde_json::from_str::<serde_json::Value>(&message).is_ok_and(|value| value.is_object());
        for pattern in ["{ $.zz NOT EXISTS }", "{ $.a.b[*] = 1 || $.*.c = 1 || $.zz NOT EXISTS }"] {
            prop_assert_eq!(FilterPattern::parse(pattern).unwrap().matches(&message), is_object, "{}", message);
        }
    }

    /// Words and lines of few letters, the pattern's meaning taken from its parts.
    #[test]
    fn terms_agree_with_a_search_for_each(
        terms in vec((select(vec!["", "-", "?"]), "[ab]{1,3}"), 0..5),
        others in vec("[ab]{1,6}", 0..5),
        message in "[ab ]{0,24}",
    ) {
        let text: Vec<String> = terms.iter().map(|(sign, term)| format!("{sign}{term}")).collect();
        let occurs = |wanted: &str| terms.iter().filter(|(sign, _)| *sign == wanted).map(|(_, term)| message.contains(term)).collect::<Vec<_>>();
        let (required, excluded, optional) = (occurs(""), occurs("-"), occurs("?"));
        let expected = if required.is_empty() && excluded.is_empty() {
            optional.is_empty() || optional.contains(&true)
        } else {
            !required.contains(&false) && !excluded.contains(&true)
        };
        let pattern = FilterPattern::parse(&text.join(" ")).unwrap();
        prop_assert_eq!(pattern.matches(&message), expected);
        let mut set = vec![pattern];
        set.extend(others.iter().map(|term| FilterPattern::parse(term).unwrap()));
        set.extend(others.iter().map(|term| FilterPattern::parse(&format!("%{term}%")).unwrap()));
        set.extend(others.iter().map(|term| FilterPattern::parse(&format!("%{term}b*|.a{term}+%")).unwrap()));
        let found = PatternSet::new(set.iter().cloned()).matches(&message);
        let one_by_one: Vec<usize> = (0..set.len()).filter(|&place| set[place].matches(&message)).collect();
        prop_assert_eq!(found, one_by_one);
    }

    #[test]
    fn nothing_makes_a_pattern_or_an_event_panic(pattern in r"[\[{%]?[ -~é]{0,30}[\]}%]?", message in r"[ -~é\t\n]{0,40}") {
        match FilterPattern::parse(&pattern) {
            Ok(parsed) => {
                let matched = parsed.matches(&message);
                prop_assert_eq!(parsed.explain(&message).matched, matched);
                prop_assert_eq!(parsed.extract(&message).is_some(), matched);
                prop_assert_eq!(PatternSet::new([parsed]).matches(&message).len(), usize::from(matched));
            }
            Err(error) => {
                prop_assert!(pattern.get(error.span()).is_some());
                prop_assert!(error.to_string().contains('^'));
            }
        }
    }
}
