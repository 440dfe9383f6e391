//! How long the fields may be (<https://docs.opsgenie.com/docs/alert-api>), in characters: Unicode scalar values.

use std::collections::BTreeMap;

/// `message`.
pub(in super::super) const MESSAGE: usize = 130;
/// `alias`.
pub(in super::super) const ALIAS: usize = 512;
/// `description`.
pub(in super::super) const DESCRIPTION: usize = 15_000;
/// `entity`.
pub(in super::super) const ENTITY: usize = 512;
/// `source`.
pub(in super::super) const SOURCE: usize = 100;
/// `user`.
pub(in super::super) const USER: usize = 100;
/// `note`.
pub(in super::super) const NOTE: usize = 25_000;
/// How many `tags`.
pub(in super::super) const MOST_TAGS: usize = 20;
/// Each of the `tags`.
pub(in super::super) const TAG: usize = 50;
/// How many `actions`.
pub(in super::super) const MOST_ACTIONS: usize = 10;
/// Each of the `actions`.
pub(in super::super) const ACTION: usize = 50;
/// How many `responders`, and how many in `visibleTo`.
pub(in super::super) const MOST_RESPONDERS: usize = 50;
/// All `details` together, as JSON.
pub(in super::super) const DETAILS_CHARACTERS: usize = 8_000;

/// Whether a text is within a limit.
pub(in super::super) fn fits(text: &str, limit: usize) -> bool {
    // A character has at least one byte.
    text.len() <= limit || text.chars().count() <= limit
}

/// Cuts a text to a limit.
pub(in super::super) fn cut(text: &mut String, limit: usize) {
    if let Some((end, _)) = text.char_indices().nth(limit) {
        text.truncate(end);
    }
}

/// The characters of details as JSON without spaces.
pub(in super::super) fn details_length(details: &BTreeMap<String, String>) -> usize {
    // Two for the braces, of which the first entry's missing comma takes one.
    1 + details.iter().map(|(key, value)| entry_length(key, value)).sum::<usize>().max(1)
}

/// Cuts the value that goes beyond the limit, and removes what comes after it, in the order of the keys.
pub(in super::super) fn cut_details(details: &mut BTreeMap<String, String>) {
    let mut left = DETAILS_CHARACTERS - 1;
    details.retain(|key, value| {
        let empty = entry_length(key, "");
        if empty > left {
            left = 0;
            return false;
        }
        let room = left - empty;
        let mut used = 0;
        let end = value.char_indices().find_map(|(at, character)| {
            used += character_length(character);
            (used > room).then_some((at, used - character_length(character)))
        });
        if let Some((end, kept)) = end {
            value.truncate(end);
            used = kept;
            left = empty + used;
        }
        left -= empty + used;
        true
    });
}

/// `"key":"value",`
fn entry_length(key: &str, value: &str) -> usize {
    6 + text_length(key) + text_length(value)
}

fn text_length(text: &str) -> usize {
    text.chars().map(character_length).sum()
}

/// How many characters JSON needs for one.
const fn character_length(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn details(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn details_are_as_long_as_their_json() {
        for pairs in [
            &[][..],
            &[("", "")],
            &[("a", "b")],
            &[("a", "quote \" backslash \\ line\n"), ("ü", "日本 \u{1}")],
        ] {
            let details = details(pairs);
            let json = serde_json::to_string(&details).unwrap();
            assert_eq!(details_length(&details), json.chars().count(), "{json}");
        }
    }

    #[test]
    fn details_are_cut_to_the_limit_and_no_further() {
        let long = "x\n".repeat(4_000);
        let mut long = details(&[("a", "kept"), ("b", &long), ("c", "gone")]);
        cut_details(&mut long);
        assert_eq!(long["a"], "kept");
        assert!(!long.contains_key("c"));
        let length = details_length(&long);
        assert!((DETAILS_CHARACTERS - 1..=DETAILS_CHARACTERS).contains(&length), "{length}");

        let mut many: BTreeMap<_, _> = (0..2_000).map(|n| (format!("{n:04}"), "value".to_owned())).collect();
        cut_details(&mut many);
        assert!(details_length(&many) <= DETAILS_CHARACTERS);
        let before = many.clone();
        cut_details(&mut many);
        assert_eq!(many, before);
    }

    #[test]
    fn texts_are_cut_between_characters() {
        let mut text = "äöü日本".to_owned();
        assert!(fits(&text, 5) && !fits(&text, 4));
        cut(&mut text, 5);
        assert_eq!(text, "äöü日本");
        cut(&mut text, 4);
        assert_eq!(text, "äöü日");
        cut(&mut text, 0);
        assert_eq!(text, "");
    }
}
