#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::translate::translate;
use super::{Regex, Texts};

#[test]
fn matches_what_the_guide_says() {
    let cases = [
        ("AUTHORIZED", "[ERROR 401] UNAUTHORIZED REQUEST", true),
        ("^[hc]at", "that", false),
        ("[hc]at$", "hats", false),
        ("colou?r", "colour", true),
        ("gra|ey", "grey", true),
        ("a{3,5}", "aa", false),
        ("^a{,2}$", "aaa", false),
        ("^a{2,}$", "aaa", true),
        (r"10\.10\.0\.1", "10010,051", false),
        (r"\x28", "(", true),
        (r"^\w+$", "é", false),
        (r"^\s$", "\n", true),
        ("^a.b$", "a\nb", true),
        (r"^[^\D5]+$", "1234", true),
        (r"^[^\D5]+$", "12345", false),
        (r"^[\w-]+$", "a-b", true),
        ("^[]a]+$", "]a", true),
        ("^[[]$", "[", true),
        ("^[a--]$", "x", false),
        (r"^[+\--]+$", "-+", true),
        ("^a*?b$", "aab", true),
        ("a]", "a]", true),
        ("x;y,z:#=@/ -_", "x;y,z:#=@/ -_", true),
    ];
    for (source, text, expected) in cases {
        // A range that runs backwards is refused; its row only says that it does not match.
        assert_eq!(
            Regex::new(source).is_ok_and(|regex| regex.is_match(text)),
            expected,
            "{source} on {text}"
        );
    }
}

#[test]
fn refuses_what_means_nothing_or_too_much() {
    for source in [
        "[abc",
        "[]",
        "*a",
        "a**",
        "a{",
        "a{}",
        "a{,}",
        "a{2,1}",
        "a}",
        r"\",
        r"\b",
        r"\1",
        r"\x4",
        "[z-a]",
        r"[a-\d]",
        "a{9999}{9999}",
        "a{99999}",
    ] {
        assert!(Regex::new(source).is_err(), "{source}");
    }
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn knows_which_texts_decide() {
    let exactly = |texts: &[&str]| Some(Texts::Exactly(set(texts)));
    let needed = |texts: &[&str]| Some(Texts::Needed(set(texts)));
    let cases = [
        ("ERROR|WARN", exactly(&["ERROR", "WARN"])),
        (r"10\.10\.0\.1", exactly(&["10.10.0.1"])),
        ("colou?r", exactly(&["color", "colour"])),
        ("a{3,5}", exactly(&["aaa"])),
        ("ab[0-9]*", exactly(&["ab"])),
        ("[0-9]*ab", exactly(&["ab"])),
        ("ab+c", needed(&["bc"])),
        ("x[0-9]+SECRET[0-9]+y", needed(&["SECRET"])),
        ("[a-z]+SECRET", needed(&["SECRET"])),
        // There must be a character before it, so that the text alone does not decide.
        (".at", needed(&["at"])),
        ("val.{2}", needed(&["val"])),
        // Looking at one end is quicker than looking for a text.
        ("^ERROR", None),
        ("ERROR$", None),
        ("[a-z]+[^a-z]+", None),
    ];
    for (source, texts) in cases {
        assert_eq!(Regex::new(source).unwrap().texts(), texts.as_ref(), "{source}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is left out of an expression or asked before it, the verdict is that of the expression as it stands.
    #[test]
    fn agrees_with_the_whole_expression(
        source in r"\^?(([ab]|\.|\[a-b\]|\[\^b\]|\\w|\\xe9|\[\\xe9-\\xf0\])([*+?]|\{[0-3],\}|\{[0-2],[2-3]\}|\{,2\})?|\||\^|\$){0,6}\$?",
        message in "[abcé😀\n]{0,8}",
    ) {
        let Ok(regex) = Regex::new(&source) else { return Ok(()) };
        let whole = regex::Regex::new(&format!("(?s){}", translate(&source).unwrap())).unwrap();
        let expected = whole.is_match(&message);
        prop_assert_eq!(regex.is_match(&message), expected);
        let occurs = |texts: &BTreeSet<String>| texts.iter().any(|text| message.contains(text.as_str()));
        match regex.texts() {
            Some(Texts::Exactly(texts)) => prop_assert_eq!(occurs(texts), expected, "{:?}", texts),
            Some(Texts::Needed(texts)) => prop_assert!(occurs(texts) || !expected, "{:?}", texts),
            None => {}
        }
    }
}
