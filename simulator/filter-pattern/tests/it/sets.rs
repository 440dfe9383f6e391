//! Sets of patterns, where they could differ from patterns one by one.

use cloudwatch_filter_pattern::{FilterPattern, PatternSet};

#[test]
fn a_set_finds_texts_however_the_event_writes_them() {
    let patterns = [
        "{ $.* = secret }",
        "{ $.* = %se.ret|other% }",
        r#"{ $.* = "a/bcd*" || $.* = other }"#,
        r#"{ $.* = "say \"hi\"" }"#,
        "{ $.* = secret && $.b = 1 }",
        "{ $.a = 1 }",
    ]
    .map(|text| FilterPattern::parse(text).unwrap());
    let set = PatternSet::new(patterns.clone());
    let messages: [(&str, &[usize]); 10] = [
        (r#"{"x":"secret","b":1}"#, &[0, 1, 4]),
        (r#"{"x":"s\u0065c\u0072et"}"#, &[0, 1]),
        (r#"{"x":"\u0073ecret"}"#, &[0, 1]),
        (r#"{"x":"sec\u0072et","x":"none"}"#, &[]),
        (r#"{"x":"secret","x":"none"}"#, &[]),
        (r#"{"x":{"y":"secret"}}"#, &[]),
        (r#"{"x":"a/bcde"}"#, &[2]),
        (r#"{"x":"a\/bcd"}"#, &[2]),
        (r#"{"x":"say \"hi\"","a":1}"#, &[3, 5]),
        (r#"secret {"a":1}"#, &[]),
    ];
    for (message, expected) in messages {
        let one_by_one: Vec<usize> =
            (0..patterns.len()).filter(|&place| patterns[place].matches(message)).collect();
        assert_eq!(one_by_one, expected, "{message}");
        assert_eq!(set.matches(message), expected, "{message} in a set");
    }
}
