//! JSON text without the white space between its tokens.

use std::borrow::Cow;

/// `text` without white space outside of strings: the form in which CloudTrail hands a record to CloudWatch Logs.
/// Numbers, escapes and the order of members stay as they are. Borrowed where there is nothing to remove.
///
/// Metric filters of terms see each byte, so this is done before they look, and only to records that somebody
/// has formatted: CloudTrail's own log files are compact.
#[must_use]
pub fn compact(text: &str) -> Cow<'_, str> {
    let mut in_string = false;
    let mut escaped = false;
    let mut removed = |byte: u8| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b' ' | b'\t' | b'\r' | b'\n' => return !in_string,
            _ => (),
        }
        false
    };
    let Some(first) = text.bytes().position(&mut removed) else { return Cow::Borrowed(text) };
    let mut kept = String::with_capacity(text.len());
    let mut begin = 0;
    let mut end = first;
    loop {
        kept.push_str(&text[begin..end]);
        begin = end + 1;
        match text.as_bytes()[begin..].iter().position(|byte| removed(*byte)) {
            Some(next) => end = begin + next,
            None => break,
        }
    }
    kept.push_str(&text[begin..]);
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn only_white_space_between_tokens_goes() {
        assert_eq!(
            compact("{ \"a b\" :\r\n\t[1.0, 1e2 , \"\\\" x\\\\\" ] } "),
            "{\"a b\":[1.0,1e2,\"\\\" x\\\\\"]}"
        );
        assert!(matches!(compact("{\"a b\":\"c \\\" d\"}"), Cow::Borrowed(_)));
        assert_eq!(compact(""), "");
    }

    proptest! {
        #[test]
        fn it_is_what_a_serializer_writes(
            members in proptest::collection::btree_map("[a-z \\\\\"\n]{0,6}", "[ \\\\\"\té]{0,8}", 0..5),
        ) {
            let value = serde_json::json!({ "members": members, "list": [1, null] });
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(compact(&pretty), serde_json::to_string(&value).unwrap());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let short = compact(&text);
            prop_assert!(short.len() <= text.len());
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                prop_assert_eq!(serde_json::from_str::<Value>(&short).unwrap(), value);
            }
        }
    }
}
