//! What is refused, in AWS's words, and where the caret stands.

use cloudwatch_filter_pattern::{FilterPattern, MAX_PATTERN_CHARACTERS, Reason, Selector};

const SYNTAX: &str = "Invalid metric filter pattern";

/// Pattern, AWS's words, the part of the pattern that they are about. The first block is recorded, the second is by
/// analogy.
const REFUSALS: [(&str, &str, &str); 43] = [
    ("{ $.v EXISTS }", SYNTAX, "EXISTS"),
    ("{ $.v == 1 }", SYNTAX, "="),
    ("{ $.v > 0 AND $.v < 2 }", SYNTAX, "AND"),
    ("{ $.v = null }", SYNTAX, "null"),
    ("{ $.v IS NOT NULL }", "Invalid character(s) in term 'NOT'", "NOT"),
    ("{ !($.v = 1) }", "Invalid character(s) in term '!('", "!("),
    ("{ \"v\": [1] }", "Invalid character(s) in term ':'", ":"),
    ("{ $.v > \"Alpha\" }", "Invalid character(s) in term '\"Alpha\"'", "\"Alpha\""),
    ("{ $.v = %(a|b)% }", "Invalid character(s) in term '%('", "%("),
    ("{ $..v = 1 }", "Invalid character(s) in term '$..'", "$.."),
    ("{ $.a[-1] = 1 }", "Invalid character(s) in term '[-'", "[-"),
    ("{ $.a[0:2] = 1 }", "Invalid character(s) in term '[0:'", "[0:"),
    (
        "{ $.a[*].* = 1 }",
        "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per json selector.",
        "$.a[*].*",
    ),
    (
        "{ $.a[*] = 1 || $.b[*] = 1 || $.* = 1 || $.d[*] = 1 }",
        "Your input has exceeded the maximum of 3 JSON wildcard selectors allowed per filter pattern.",
        "$.d[*]",
    ),
    (
        "{ $.v = %a% || $.v = %b% || $.v = %c% }",
        "Your input has exceeded the maximum of 2 regular expressions per filter pattern.",
        "%c%",
    ),
    ("ERR*", "Invalid character(s) in term '*'", "*"),
    ("\"ERROR", "Invalid character(s) in term '\"ERROR'", "\"ERROR"),
    ("%hello!%", "Invalid character(s) in term '%hello!'", "%hello!"),
    ("%café%", "Invalid character(s) in term '%café'", "%café"),
    ("%ERROR(?= 500)%", "Invalid character(s) in term '%ERROR('", "%ERROR("),
    ("%[abc%", "Failed to compile regular expression.", "%[abc%"),
    ("[..., status, ...]", "Duplicate field '...'", "..."),
    ("[word, word]", "Duplicate field 'word'", "word"),
    ("[w1=SPACE, w2]", SYNTAX, "SPACE"),
    // By analogy.
    ("{", SYNTAX, ""),
    ("{}", SYNTAX, "}"),
    ("{ $.a = 1", SYNTAX, ""),
    ("{ ($.a = 1 }", SYNTAX, "}"),
    ("{ $.a = 1) }", SYNTAX, ")"),
    ("{ () }", SYNTAX, ")"),
    ("{ $.a = 1 } x", SYNTAX, "x"),
    ("{ $.a = 1 & $.b = 2 }", "Invalid character(s) in term '& '", "& "),
    ("{ $.a = a:b }", "Invalid character(s) in term ':'", ":"),
    ("{ $.a NOT NULL }", SYNTAX, "NULL"),
    ("{ $.['a = 1 }", "Invalid character(s) in term '$.['a = 1 }'", "$.['a = 1 }"),
    ("{ $a = 1 }", "Invalid character(s) in term '$a'", "$a"),
    ("-", SYNTAX, "-"),
    ("--x", SYNTAX, "-"),
    ("error: x", "Invalid character(s) in term ':'", ":"),
    ("%a% b", SYNTAX, "b"),
    ("%%", "Invalid character(s) in term '%%'", "%%"),
    ("[a b]", SYNTAX, "b"),
    ("[a=(x)]", "Invalid character(s) in term '('", "("),
];

#[test]
fn refusals_have_awss_words_and_point_at_the_place() {
    for (text, words, place) in REFUSALS {
        let error = FilterPattern::parse(text).expect_err(text);
        assert_eq!(error.reason().to_string(), words, "{text}");
        assert_eq!(&text[error.span()], place, "{text}");
    }
}

#[test]
fn the_caret_stands_under_the_place() {
    let shown = |text: &str| FilterPattern::parse(text).expect_err(text).to_string();
    assert_eq!(
        shown("{ !($.v = 1) }"),
        "Invalid character(s) in term '!('\n  | { !($.v = 1) }\n  |   ^^\n  = there is no negation; turn each operator round instead"
    );
    assert_eq!(shown("%café%"), "Invalid character(s) in term '%café'\n  | %café%\n  | ^^^^^");
    assert_eq!(
        shown("{ ($.a = 1) ||\n  ($.b = ) }"),
        "Invalid metric filter pattern\n  |   ($.b = ) }\n  |          ^",
        "of several lines, the one in question"
    );
    assert_eq!(
        shown(&format!("{{ $.a = \"{}\" && $.b ! \"{}\" }}", "x".repeat(100), "y".repeat(100))),
        format!(
            "Invalid character(s) in term '! '\n  | …{}\" && $.b ! \"{}…\n  | {}^^",
            "x".repeat(31),
            "y".repeat(39),
            " ".repeat(41)
        ),
        "of a long line, what is near"
    );
}

#[test]
fn sizes_are_limited() {
    assert!(
        FilterPattern::parse(&"é".repeat(MAX_PATTERN_CHARACTERS))
            .is_err_and(|error| *error.reason() != Reason::TooLong)
    );
    assert!(FilterPattern::parse(&"a".repeat(MAX_PATTERN_CHARACTERS)).is_ok());
    let long = FilterPattern::parse(&"é".repeat(MAX_PATTERN_CHARACTERS + 1)).unwrap_err();
    assert_eq!(*long.reason(), Reason::TooLong);
    assert_eq!(
        Selector::parse(&format!("$.{}", "a".repeat(MAX_PATTERN_CHARACTERS))).unwrap_err().reason(),
        &Reason::TooLong
    );
}

#[test]
fn brackets_and_selectors_may_be_as_deep_as_the_length_allows() {
    let deep = |depth: usize| format!("{{{}$.a=1{}}}", "(".repeat(depth), ")".repeat(depth));
    assert!(FilterPattern::parse(&deep(508)).unwrap().matches(r#"{"a":1}"#));
    assert!(FilterPattern::parse(&"(".repeat(1000)).is_err());
    assert!(FilterPattern::parse(&format!("{{{}", "(".repeat(1000))).is_err());
    let selector = format!("{{$.{}=1}}", vec!["a"; 500].join("."));
    let event = format!("{}1{}", r#"{"a":"#.repeat(500), "}".repeat(500));
    assert!(FilterPattern::parse(&selector).unwrap().matches(&event));
}

#[test]
fn events_may_be_nested_a_thousand_deep_and_no_more() {
    let pattern = FilterPattern::parse("{ $.x NOT EXISTS }").unwrap();
    let event = |depth: usize| format!("{}1{}", r#"{"a":["#.repeat(depth / 2), "]}".repeat(depth / 2));
    assert!(pattern.matches(&event(1000)));
    assert!(!pattern.matches(&event(1002)));
    assert!(!pattern.matches(&"{\"a\":".repeat(1_000_000)));
    let wildcard = FilterPattern::parse("{ $.*.a = 1 }").unwrap();
    assert!(!wildcard.matches(&"[".repeat(1_000_000)));
}

#[test]
fn selectors_are_refused_like_patterns() {
    for text in ["", "x", "1", "$", "$.", "$..a", "$.a[-1]", "$.a b", "$a.b", "$.a[*][*]", " $.a"] {
        assert!(Selector::parse(text).is_err(), "{text}");
    }
}
