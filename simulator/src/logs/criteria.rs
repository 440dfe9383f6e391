//! Field selection criteria: which events a metric filter looks at, by where they are from.
//!
//! `@aws.account = "123456789012" AND @aws.region IN ["us-east-1", "eu-west-1"]`: comparisons `=`, `!=`, `IN` and
//! `NOT IN`, joined by `AND` and `OR`, with parentheses.

use super::error::{LogsError, check_length};

/// Where an event is from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    /// The name of the log group.
    pub(super) source: &'a str,
}

impl<'a> Origin<'a> {
    /// The value of a system field, of which there are three.
    pub(super) fn field(&self, name: &str) -> Option<&'a str> {
        match name {
            "@aws.account" => Some(self.account),
            "@aws.region" => Some(self.region),
            "@source.log" => Some(self.source),
            _ => None,
        }
    }
}

/// Whether `criteria` select events of `origin`.
pub(super) fn selects(criteria: &str, origin: Origin<'_>) -> Result<bool, LogsError> {
    check_length("fieldSelectionCriteria", criteria, 0, 2000)?;
    let mut parser = Parser { rest: criteria, origin, depth: 0 };
    let selected = parser.any();
    let whole = parser.rest.trim_start().is_empty();
    selected
        .filter(|_| whole)
        .ok_or_else(|| LogsError::invalid("The provided field selection criteria is invalid"))
}

/// Reads and evaluates in one go: the fields have one value each for all events of a group.
struct Parser<'a> {
    rest: &'a str,
    origin: Origin<'a>,
    depth: u32,
}

impl<'a> Parser<'a> {
    fn take(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A word that ends where it ends: `ANDROID` is no `AND`.
    fn take_word(&mut self, word: &str) -> bool {
        let before = self.rest;
        if self.take(word) && !self.rest.starts_with(|next: char| next.is_alphanumeric()) {
            return true;
        }
        self.rest = before;
        false
    }

    fn any(&mut self) -> Option<bool> {
        let mut selected = self.all()?;
        while self.take_word("OR") {
            selected |= self.all()?;
        }
        Some(selected)
    }

    fn all(&mut self) -> Option<bool> {
        let mut selected = self.one()?;
        while self.take_word("AND") {
            selected &= self.one()?;
        }
        Some(selected)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            self.depth += 1;
            let selected = if self.depth > 64 { None } else { self.any() };
            self.depth -= 1;
            return selected.filter(|_| self.take(")"));
        }
        let value = self.field()?;
        if self.take("!=") {
            return Some(self.text()? != value);
        }
        if self.take("=") {
            return Some(self.text()? == value);
        }
        let negated = self.take_word("NOT");
        if !self.take_word("IN") {
            return None;
        }
        Some(self.list()?.contains(&value) != negated)
    }

    fn field(&mut self) -> Option<&'a str> {
        let text = self.rest.trim_start();
        let end = text.find(|next: char| !(next.is_ascii_alphanumeric() || "@.".contains(next)));
        let (name, rest) = text.split_at(end.unwrap_or(text.len()));
        self.rest = rest;
        self.origin.field(name)
    }

    fn text(&mut self) -> Option<&'a str> {
        let text = self.rest.trim_start().strip_prefix('"')?;
        let (value, rest) = text.split_once('"')?;
        self.rest = rest;
        Some(value)
    }

    fn list(&mut self) -> Option<Vec<&'a str>> {
        if !self.take("[") {
            return None;
        }
        let mut values = vec![self.text()?];
        while self.take(",") {
            values.push(self.text()?);
        }
        self.take("]").then_some(values)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ORIGIN: Origin<'static> = Origin { account: "123456789012", region: "us-east-1", source: "trail" };

    #[test]
    fn criteria_select_by_where_events_are_from() {
        for (criteria, selected) in [
            (r#"@aws.account = "123456789012" AND @aws.region = "us-east-1""#, true),
            (r#"@aws.account="999999999999""#, false),
            (r#"@aws.account != "999999999999""#, true),
            (r#"@aws.region IN ["eu-west-1", "us-east-1"]"#, true),
            (r#"@aws.region NOT IN ["us-east-1"]"#, false),
            (r#"@source.log = "other" OR @source.log = "trail" AND @aws.region = "us-east-1""#, true),
            (r#"(@source.log = "trail" OR @aws.region = "x") AND @aws.account = "1""#, false),
        ] {
            assert_eq!(selects(criteria, ORIGIN), Ok(selected), "{criteria}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for criteria in [
            "",
            "nonsense",
            "@aws.nope = \"1\"",
            "@aws.account",
            "@aws.account = 1",
            "@aws.account = \"1",
            "@aws.account = \"1\" AND",
            "@aws.account = \"1\" \"2\"",
            "@aws.account IN []",
            "@aws.account NOT \"1\"",
            "(@aws.account = \"1\"",
        ] {
            let error = selects(criteria, ORIGIN).map_err(|error| error.message);
            assert_eq!(
                error,
                Err("The provided field selection criteria is invalid".to_owned()),
                "{criteria}"
            );
        }
        let deep = format!("{}@aws.account = \"1\"{}", "(".repeat(900), ")".repeat(900));
        assert!(selects(&deep, ORIGIN).is_err());
        assert!(selects(&"x".repeat(2001), ORIGIN).is_err());
    }

    proptest! {
        #[test]
        fn no_criteria_make_it_panic(criteria in "(@aws.account|@source.log|=|!=|AND|OR|NOT|IN|[(\\[\\])\", 1é]){0,20}") {
            let _ = selects(&criteria, ORIGIN);
        }
    }
}
