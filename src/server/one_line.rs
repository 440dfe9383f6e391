//! JSON on one line, as NDJSON wants it, with nothing else changed: not even the order of its members.

/// The same JSON without the white space between its tokens. SNS prints a member a line.
pub(super) fn on_one_line(json: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(json.len() + 1);
    let (mut quoted, mut escaped) = (false, false);
    for &byte in json {
        if quoted || !byte.is_ascii_whitespace() {
            line.push(byte);
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn white_space_between_tokens_goes_and_the_rest_stays() {
        let json = b"{\n  \"b\" : \"x \\\" \\\\\",\r\n\t\"a\" : [ 1.0 , \"\xc3\xa9 \\n\" ] } \n";
        let line = "{\"b\":\"x \\\" \\\\\",\"a\":[1.0,\"é \\n\"]}";
        assert_eq!(String::from_utf8(on_one_line(json)).unwrap(), line);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_the_texts_are_the_value_stays_the_same(texts in prop::collection::btree_map(".*", ".*", 0..5)) {
            let value: Value = texts.into_iter().map(|(name, text)| (name, Value::from(text))).collect();
            let line = on_one_line(&serde_json::to_vec_pretty(&value).unwrap());
            prop_assert_eq!(serde_json::from_slice::<Value>(&line).unwrap(), value);
            prop_assert!(!line.contains(&b'\n'));
        }
    }
}
