//! Messages in files: SNS bodies as they were posted, what SQS and Lambda wrap around them, or many of them,
//! one a line.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use trailbell::sns::Spelling;

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

/// Reads all messages of a file; `-` is standard input. `lambda` takes Lambda's spelling for bare messages.
pub(super) fn read(path: &Path, lambda: bool) -> Result<Vec<Item>, InputError> {
    let file = path.display().to_string();
    let failed = |error: std::io::Error| InputError::Read { file: file.clone(), reason: error.to_string() };
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(failed)?;
        bytes
    } else {
        fs::read(path).map_err(failed)?
    };
    parse(&file, &bytes, lambda)
}

fn parse(file: &str, bytes: &[u8], lambda: bool) -> Result<Vec<Item>, InputError> {
    let mut messages = Messages { found: Vec::new(), lambda };
    // Written by hand or by a pretty printer, one message takes many lines.
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        messages.unwrap(&value, bytes);
    } else {
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let value = serde_json::from_slice::<Value>(line).map_err(|error| InputError::Json {
                file: file.to_owned(),
                line: index + 1,
                reason: error.to_string(),
            })?;
            messages.unwrap(&value, line);
        }
    }
    let numbered = messages.found.into_iter().enumerate();
    Ok(numbered
        .map(|(index, (body, spelling))| Item { file: file.to_owned(), number: index + 1, body, spelling })
        .collect())
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

/// All messages of several files.
pub(super) fn read_all(paths: &[PathBuf], lambda: bool) -> Result<Vec<Item>, InputError> {
    let mut items = Vec::new();
    for path in paths {
        items.extend(read(path, lambda)?);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ENVELOPE: &str = r#"{"Type":"Notification","TopicArn":"arn:aws:sns:us-east-1:123456789012:t"}"#;

    fn bodies(text: &str) -> Vec<(String, Spelling)> {
        let items = parse("input", text.as_bytes(), false).unwrap();
        items.into_iter().map(|item| (String::from_utf8(item.body).unwrap(), item.spelling)).collect()
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
        let error = parse("in.ndjson", format!("{ENVELOPE}\nnonsense\n").as_bytes(), false).err().unwrap();
        assert!(error.to_string().starts_with("in.ndjson:2: "), "{error}");
    }

    #[test]
    fn bytes_of_a_bare_message_are_kept() {
        let twice = r#"{"Type":"Notification","TopicArn":"a","TopicArn":"b"}"#;
        assert_eq!(bodies(twice)[0].0, twice, "a duplicate key is for the strict parser to find");
    }
}
