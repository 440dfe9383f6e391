//! The CSV table: team, priority, tags and runbook by alarm and account, without VRL.

use std::io::Read;

use vrl::value::{ObjectMap, Value};

use super::settings::Priority;

const COLUMNS: [&str; 6] = ["alarm", "account", "team", "priority", "tags", "runbook"];

/// Rules in the order of the file. **The first rule that matches wins**, alone: later ones add nothing to it.
///
/// ```csv
/// alarm,account,team,priority,tags,runbook
/// CloudTrail*,123456789012,secops,P1,cloudtrail;prod,https://wiki.example/cloudtrail
/// *,,platform,,,
/// ```
///
/// `alarm` and `account` are patterns in which `*` stands for any text, also none; everything else stands for itself,
/// and letter case counts. An empty cell has no opinion: it matches everything, or leaves the field as it is. Tags are
/// separated by `;` or a blank. Lines that begin with `#` are comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rule {
    alarm: String,
    account: String,
    team: String,
    priority: Option<Priority>,
    tags: Vec<String>,
    runbook: String,
}

/// What is wrong with a table, and where.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The first line does not name the columns.
    #[error("line 1: unknown column {got:?}, the columns are alarm, account, team, priority, tags, runbook")]
    Column {
        /// The name that was found.
        got: String,
    },
    /// A column is named twice, or `alarm` is not there.
    #[error("line 1: the header must name {column:?} once")]
    Header {
        /// The column's name.
        column: &'static str,
    },
    /// A value is not of its column's kind.
    #[error("line {line}, column {column}: {value:?} {problem}")]
    Value {
        /// Counted from 1, the header included.
        line: u64,
        /// The column's name.
        column: &'static str,
        /// The cell's text.
        value: String,
        /// What is expected.
        problem: &'static str,
    },
    /// Not CSV in UTF-8, or a line with too few or too many cells.
    #[error("{0}")]
    Csv(#[from] csv::Error),
}

impl Table {
    /// Reads and checks a whole table. An empty one, without even a header, has no rules.
    pub fn from_csv(mut reader: impl Read) -> Result<Self, TableError> {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(csv::Error::from)?;
        let mut records =
            csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text.as_slice());
        let header = columns(records.headers()?)?;
        let mut rules = Vec::new();
        for record in records.records() {
            let record = record?;
            let mut rule = Rule::default();
            for (column, cell) in header.iter().zip(record.iter()) {
                rule.set(column, cell).map_err(|problem| TableError::Value {
                    line: line(&text, &record),
                    column,
                    value: cell.to_owned(),
                    problem,
                })?;
            }
            rules.push(rule);
        }
        Ok(Self { rules })
    }

    /// How many rules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Changes a created alert by the first rule that matches its `details.AlarmName` and `details.AWSAccountId`.
    pub(super) fn apply(&self, action: &mut Value) {
        if self.rules.is_empty() || text(action.get(vrl::path!("action"))) != "create" {
            return;
        }
        let alarm = text(action.get(vrl::path!("request", "body", "details", "AlarmName")));
        let account = text(action.get(vrl::path!("request", "body", "details", "AWSAccountId")));
        let matches = |rule: &&Rule| {
            (rule.alarm.is_empty() || glob(&rule.alarm, &alarm))
                && (rule.account.is_empty() || glob(&rule.account, &account))
        };
        let Some(rule) = self.rules.iter().find(matches) else { return };
        if let Some(Value::Object(body)) = action.get_mut(vrl::path!("request", "body")) {
            rule.change(body);
        }
    }
}

impl Rule {
    fn set(&mut self, column: &str, cell: &str) -> Result<(), &'static str> {
        match column {
            "alarm" => cell.clone_into(&mut self.alarm),
            "account" => {
                if !cell.chars().all(|c| c.is_ascii_digit() || c == '*') {
                    return Err("is no account id or pattern of one: digits and * only");
                }
                cell.clone_into(&mut self.account);
            }
            "team" => cell.clone_into(&mut self.team),
            "priority" if cell.is_empty() => {}
            "priority" => {
                self.priority = Some(Priority::from_name(cell).ok_or("is none of P1, P2, P3, P4, P5")?);
            }
            "tags" => {
                self.tags = cell.split([';', ' ']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
                if self.tags.len() > 20 {
                    return Err("has more than 20 tags");
                }
                if self.tags.iter().any(|tag| tag.chars().count() > 50) {
                    return Err("has a tag of more than 50 characters");
                }
            }
            _ => {
                let web = url::Url::parse(cell).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
                if !cell.is_empty() && !web {
                    return Err("is no http or https URL");
                }
                cell.clone_into(&mut self.runbook);
            }
        }
        Ok(())
    }

    fn change(&self, body: &mut ObjectMap) {
        if !self.team.is_empty() {
            let team =
                ObjectMap::from([("type".into(), "team".into()), ("name".into(), self.team.as_str().into())]);
            body.insert("responders".into(), Value::Array(vec![Value::Object(team)]));
        }
        if let Some(priority) = self.priority {
            body.insert("priority".into(), priority.as_str().into());
        }
        if let Some(Value::Array(tags)) = body.get_mut("tags") {
            tags.extend(self.tags.iter().map(|tag| Value::from(tag.as_str())));
        }
        if !self.runbook.is_empty() {
            if let Some(Value::Object(details)) = body.get_mut("details") {
                details.insert("Runbook".into(), self.runbook.as_str().into());
            }
            let description = body.get("description").and_then(Value::to_str_lossy).unwrap_or_default();
            let description = format!("{description}\nRunbook: {}", self.runbook);
            body.insert("description".into(), description.into());
        }
    }
}

/// The line of a record, from 1. The reader's own position is that of the comments and empty lines before it.
fn line(text: &[u8], record: &csv::StringRecord) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let rest = text.get(usize::try_from(position.byte()).unwrap_or(0)..).unwrap_or_default();
    let skipped = rest.split(|byte| *byte == b'\n').take_while(|line| {
        let line = line.trim_ascii();
        line.is_empty() || line.starts_with(b"#")
    });
    position.line() + skipped.count() as u64
}

fn columns(header: &csv::StringRecord) -> Result<Vec<&'static str>, TableError> {
    let mut names = Vec::new();
    for cell in header {
        let known = COLUMNS.iter().find(|name| **name == cell);
        let name = known.ok_or_else(|| TableError::Column { got: cell.to_owned() })?;
        if names.contains(name) {
            return Err(TableError::Header { column: name });
        }
        names.push(*name);
    }
    if !names.is_empty() && !names.contains(&"alarm") {
        return Err(TableError::Header { column: "alarm" });
    }
    Ok(names)
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::to_str_lossy).unwrap_or_default().into_owned()
}

/// Whether `text` is of the form of `pattern`, in which each `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_what_it_says() {
        let cases = [
            ("", "", true),
            ("*", "", true),
            ("*", "anything", true),
            ("a", "a", true),
            ("a", "A", false),
            ("a", "ab", false),
            ("a*", "a", true),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("*b", "ba", false),
            ("a*b", "ab", true),
            ("a*b", "a", false),
            ("a*a", "a", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "acb", false),
            ("*é*", "caféteria", true),
            ("**", "x", true),
            ("*ab*ab", "ab", false),
            ("a?", "ab", false),
            ("[a]", "[a]", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(glob(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let cases = [
            (
                "alarm,prio\n",
                "line 1: unknown column \"prio\", the columns are alarm, account, team, priority, tags, runbook",
            ),
            ("team,priority\n", "line 1: the header must name \"alarm\" once"),
            ("alarm,team,alarm\n", "line 1: the header must name \"alarm\" once"),
            ("alarm,priority\na,P1\nb,P7\n", "line 3, column priority: \"P7\" is none of P1, P2, P3, P4, P5"),
            (
                "alarm,priority\n# why\n\nb,p1\n",
                "line 4, column priority: \"p1\" is none of P1, P2, P3, P4, P5",
            ),
            (
                "alarm,account\na,12x\n",
                "line 2, column account: \"12x\" is no account id or pattern of one: digits and * only",
            ),
            ("alarm,runbook\na,wiki/x\n", "line 2, column runbook: \"wiki/x\" is no http or https URL"),
            (
                "alarm,runbook\na,file:///etc\n",
                "line 2, column runbook: \"file:///etc\" is no http or https URL",
            ),
            (
                "alarm,team\na\n",
                "CSV error: record 1 (line: 2, byte: 11): found record with 1 fields, but the previous record has 2 fields",
            ),
        ];
        for (csv, expected) in cases {
            assert_eq!(Table::from_csv(csv.as_bytes()).unwrap_err().to_string(), expected, "{csv}");
        }
        let long = format!("alarm,tags\na,{}\n", "x".repeat(51));
        assert!(
            Table::from_csv(long.as_bytes())
                .unwrap_err()
                .to_string()
                .ends_with("has a tag of more than 50 characters")
        );
        assert!(Table::from_csv("alarm\n\u{0}\n".as_bytes()).is_ok());
        assert!(Table::from_csv(&b"alarm\n\xff\n"[..]).is_err());
        assert!(Table::from_csv(&b""[..]).unwrap().is_empty());
    }
}
