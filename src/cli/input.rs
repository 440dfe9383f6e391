//! Messages in files: SNS bodies as they were posted, what SQS and Lambda wrap around them, or many of them,
//! one a line.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use trailbell::sns::Spelling;

use super::WRONG;

/// One message, and where it stood.
pub(super) struct Item {
    /// The file's name, `-` for standard input.
    pub(super) file: String,
    /// The message's place in the file, from 1.
    pub(super) number: usize,
    /// The envelope's bytes.
    pub(super) body: Vec<u8>,
    /// How its URL members are spelt.
    pub(super) spelling: Spelling,
}

/// What cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum InputError {
    /// No such file, or no right to it.
    #[error("{file}: {reason}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// A line that is no JSON.
    #[error("{file}:{line}: neither an SNS message nor one of many lines of them: {reason}")]
    Json {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What the parser said.
        reason: String,
    },
}

/// The messages of files.
#[derive(Default)]
pub(super) struct Found {
    /// In the order of files and lines.
    pub(super) items: Vec<Item>,
    /// Lines that are none: a file that was written while its disk filled up or its writer died has one.
    pub(super) unreadable: Vec<InputError>,
}

impl Found {
    /// Tells on standard error of what could not be read; gives the exit code: never that all is well then.
    pub(super) fn code(&self, code: u8) -> u8 {
        for error in &self.unreadable {
            eprintln!("trailbell: {error}");
        }
        if self.unreadable.is_empty() { code } else { WRONG }
    }
}

/// Reads all messages of several files; `-` is standard input. `lambda` takes Lambda's spelling for bare messages.
///
/// # Errors
///
/// A file that cannot be read, or that has no message at all but lines that are none.
pub(super) fn read_all(paths: &[PathBuf], lambda: bool) -> Result<Found, InputError> {
    let mut found = Found::default();
    for path in paths {
        let file = path.display().to_string();
        let bytes = bytes(path)
            .map_err(|error| InputError::Read { file: file.clone(), reason: error.to_string() })?;
        let Found { items, unreadable } = parse(&file, &bytes, lambda)?;
        found.items.extend(items);
        found.unreadable.extend(unreadable);
    }
    Ok(found)
}

fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn parse(file: &str, bytes: &[u8], lambda: bool) -> Result<Found, InputError> {
    let mut messages = Messages { found: Vec::new(), lambda };
    let mut unreadable = Vec::new();
    // Written by hand or by a pretty printer, one message takes many lines.
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        messages.unwrap(&value, bytes);
    } else {
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let reason = match serde_json::from_slice::<Value>(line) {
                Ok(value @ (Value::Object(_) | Value::Array(_))) => {
                    messages.unwrap(&value, line);
                    continue;
                }
                // A piece of something larger.
                Ok(_) => "no object".to_owned(),
                Err(error) => error.to_string(),
            };
            unreadable.push(InputError::Json { file: file.to_owned(), line: index + 1, reason });
        }
    }
    if messages.found.is_empty() && !unreadable.is_empty() {
        return Err(unreadable.swap_remove(0));
    }
    let numbered = messages.found.into_iter().zip(1..);
    let items = numbered
        .map(|((body, spelling), number)| Item { file: file.to_owned(), number, body, spelling })
        .collect();
    Ok(Found { items, unreadable })
}

struct Messages {
    found: Vec<(Vec<u8>, Spelling)>,
    lambda: bool,
}

impl Messages {
    /// Takes wrappers off: lists, SQS's `Messages` and `Body`, Lambda's `Records` with `body` or `Sns`, dead letters.
    fn unwrap(&mut self, value: &Value, bytes: &[u8]) {
        let each = |messages: &mut Self, values: &[Value]| {
            for value in values {
                messages.unwrap(value, value.to_string().as_bytes());
            }
        };
        if let Value::Array(values) = value {
            return each(self, values);
        }
        let is_envelope = value.get("Type").is_some() && value.get("TopicArn").is_some();
        if !is_envelope {
            for list in ["Records", "Messages"] {
                if let Some(Value::Array(values)) = value.get(list) {
                    return each(self, values);
                }
            }
            if let Some(message @ Value::Object(_)) = value.get("Sns") {
                self.found.push((message.to_string().into_bytes(), Spelling::Lambda));
                return;
            }
            // A dead letter of `serve --forward`.
            if let Some(envelope @ Value::Object(_)) = value.get("envelope") {
                return self.unwrap(envelope, envelope.to_string().as_bytes());
            }
            for body in ["Body", "body"] {
                if let Some(Value::String(text)) = value.get(body)
                    && let Ok(inner @ Value::Object(_)) = serde_json::from_str(text)
                {
                    return self.unwrap(&inner, text.as_bytes());
                }
            }
        }
        let spelling = if self.lambda { Spelling::Lambda } else { Spelling::Http };
        self.found.push((bytes.to_vec(), spelling));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ENVELOPE: &str = r#"{"Type":"Notification","TopicArn":"arn:aws:sns:us-east-1:123456789012:t"}"#;

    fn bodies(text: &str) -> Vec<(String, Spelling)> {
        let found = parse("input", text.as_bytes(), false).unwrap();
        assert!(found.unreadable.is_empty());
        found.items.into_iter().map(|item| (String::from_utf8(item.body).unwrap(), item.spelling)).collect()
    }

    #[test]
    fn wrappers_are_taken_off() {
        let quoted = serde_json::to_string(ENVELOPE).unwrap();
        for wrapped in [
            ENVELOPE.to_owned(),
            format!("[{ENVELOPE}]"),
            format!(r#"{{"Messages":[{{"MessageId":"1","Body":{quoted}}}]}}"#),
            format!(r#"{{"MessageId":"1","Body":{quoted}}}"#),
            format!(r#"{{"reason":"refused","status":400,"envelope":{ENVELOPE}}}"#),
            format!(r#"{{"Records":[{{"eventSource":"aws:sqs","body":{quoted}}}]}}"#),
        ] {
            let found = bodies(&wrapped);
            let [(body, Spelling::Http)] = found.as_slice() else { panic!("{wrapped}: {found:?}") };
            let (body, envelope): (Value, Value) =
                (serde_json::from_str(body).unwrap(), serde_json::from_str(ENVELOPE).unwrap());
            assert_eq!(body, envelope, "{wrapped}");
        }
    }

    #[test]
    fn lambda_spells_its_own_way() {
        let found = bodies(&format!(r#"{{"Records":[{{"EventSource":"aws:sns","Sns":{ENVELOPE}}}]}}"#));
        assert_eq!(found.first().map(|(_, spelling)| *spelling), Some(Spelling::Lambda));
    }

    #[test]
    fn lines_are_taken_one_by_one() {
        assert_eq!(bodies(&format!("{ENVELOPE}\n\n{ENVELOPE}\n")).len(), 2);
    }

    #[test]
    fn a_torn_line_takes_no_other_along() {
        let text = format!("{ENVELOPE}\n{{\"Type\": \"Not\n\n{ENVELOPE}\n\"Subject\"\n");
        let found = parse("in.ndjson", text.as_bytes(), false).unwrap();
        let numbers: Vec<usize> = found.items.iter().map(|item| item.number).collect();
        assert_eq!(numbers, [1, 2]);
        let told: Vec<String> = found.unreadable.iter().map(ToString::to_string).collect();
        let [torn, piece] = told.as_slice() else { panic!("{told:?}") };
        assert!(torn.starts_with("in.ndjson:2: ") && piece.starts_with("in.ndjson:5: "), "{told:?}");
        let error = parse("in.txt", b"this is\nno message\n", false).err().unwrap();
        assert!(error.to_string().starts_with("in.txt:1: "), "{error}");
    }

    #[test]
    fn bytes_of_a_bare_message_are_kept() {
        let twice = r#"{"Type":"Notification","TopicArn":"a","TopicArn":"b"}"#;
        assert_eq!(bodies(twice)[0].0, twice, "a duplicate key is for the strict parser to find");
    }
}
