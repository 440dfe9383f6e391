//! JSON text without the white space between its tokens.

use std::borrow::Cow;

/// `text` without white space outside of strings: the form in which CloudTrail hands a record to CloudWatch Logs.
/// Numbers, escapes and the order of members stay as they are. Borrowed where there is nothing to remove.
///
/// Metric filters of terms see each byte, so this is done before they look, and only to records that somebody
/// has formatted: CloudTrail's own log files are compact.
#[must_use]
pub fn compact(text: &str) -> Cow<'_, str> {
    let mut scan = Scan::default();
    let Some(mut end) = scan.white_space(text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut kept = String::with_capacity(text.len());
    let mut begin = 0;
    loop {
        kept.push_str(&text[begin..end]);
        begin = end + 1;
        match scan.white_space(&text.as_bytes()[begin..]) {
            Some(next) => end = begin + next,
            None => break,
        }
    }
    kept.push_str(&text[begin..]);
    Cow::Owned(kept)
}

/// What is known of the text so far.
#[derive(Default)]
struct Scan {
    in_string: bool,
    escaped: bool,
}

impl Scan {
    /// The place of the next white space outside of strings. All up to it has been seen then.
    fn white_space(&mut self, bytes: &[u8]) -> Option<usize> {
        let (blocks, rest) = bytes.as_chunks::<64>();
        for (number, block) in blocks.iter().enumerate() {
            if self.passes(block) {
                continue;
            }
            if let Some(place) = block.iter().position(|byte| self.is_white_space(*byte)) {
                return Some(number * 64 + place);
            }
        }
        let place = rest.iter().position(|byte| self.is_white_space(*byte))?;
        Some(bytes.len() - rest.len() + place)
    }

    /// Whether a block has quotes at most, which is soon seen of many bytes at once.
    fn passes(&mut self, block: &[u8; 64]) -> bool {
        let (mut others, mut quotes) = (0_u8, 0_u8);
        for byte in block {
            others |= u8::from(*byte <= b' ') | u8::from(*byte == b'\\');
            quotes += u8::from(*byte == b'"');
        }
        let passes = others == 0 && !self.escaped;
        self.in_string ^= passes && quotes % 2 == 1;
        passes
    }

    fn is_white_space(&mut self, byte: u8) -> bool {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_string => self.escaped = true,
            b'"' => self.in_string = !self.in_string,
            b' ' | b'\t' | b'\r' | b'\n' => return !self.in_string,
            _ => (),
        }
        false
    }
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
            members in proptest::collection::btree_map("[a-z \\\\\"\n]{0,6}", "([ \\\\\"\té]{0,8}|[a-z\"]{0,90})", 0..5),
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
