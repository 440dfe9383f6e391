//! YAML templates, as CloudFormation reads them: YAML 1.1 with tags for its functions.
//!
//! Differences from plain YAML 1.1, which CloudFormation documents ("template formats") or its users meet: dates stay
//! text (`2010-09-09`), aliases and merges are refused. Numbers in other notations than decimal (`0123`, `0x1f`,
//! `1:30`) stay text here, so that account ids with a leading zero survive.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::super::error::{Reason, TemplateError};
use super::super::node::{Kind, Node};
use super::MAX_DEPTH;
use super::plain_scalar::plain_scalar;

/// Short forms that stand for `Fn::` and their name.
const FUNCTIONS: [&str; 24] = [
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "RefAll",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "ValueOf",
    "ValueOfAll",
];

pub(super) fn read(text: &str) -> Result<Node, TemplateError> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let problem = error.info().to_owned();
            TemplateError::at("", Some(error.marker().line()), Reason::Notation { notation: "YAML", problem })
        })?;
        builder.take(event, span)?;
    }
    builder.root.ok_or_else(|| TemplateError::whole(Reason::NoTemplate("the file is empty".into())))
}

/// A list or map whose end has not come yet.
struct Open {
    collection: Collection,
    wrap: Wrap,
    line: usize,
}

enum Collection {
    List(Vec<Node>),
    Map { entries: Vec<(String, Node)>, keys: HashSet<String>, key: Option<String> },
}

/// What a tag makes of the value that it stands before.
#[derive(Clone, PartialEq)]
enum Wrap {
    /// No tag, or one that says what the value is anyway.
    None,
    /// `!!str` or `!`.
    Text,
    /// `!!int` and the like: as if it stood there plain.
    Plain,
    /// A function.
    Call(String),
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), TemplateError> {
        let line = span.start.line();
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(refused(line, "a template is one document, and another begins here"))
            }
            Event::DocumentStart(_) => Ok(()),
            Event::Alias(_) => Err(refused(line, "YAML aliases are not allowed in CloudFormation templates")),
            Event::Scalar(text, style, _, tag) => {
                let wrap = wrap(tag.as_deref(), line)?;
                // A key is its text: `Yes:` names something, and is not `true`.
                let kind = if self.expects_key() && !text.is_empty() {
                    Kind::Text(text.into_owned())
                } else {
                    scalar(&text, style, &wrap)
                };
                self.value(Node::new(kind, Some(line)), wrap, line, style == ScalarStyle::Plain)
            }
            Event::SequenceStart(_, tag) => self.begin(Collection::List(Vec::new()), tag.as_deref(), line),
            Event::MappingStart(_, tag) => self.begin(
                Collection::Map { entries: Vec::new(), keys: HashSet::new(), key: None },
                tag.as_deref(),
                line,
            ),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { collection: Collection::Map { key: None, .. }, .. }))
    }

    fn begin(&mut self, collection: Collection, tag: Option<&Tag>, line: usize) -> Result<(), TemplateError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(refused(line, &format!("values are nested more than {MAX_DEPTH} deep")));
        }
        let wrap = wrap(tag, line)?;
        self.open.push(Open { collection, wrap, line });
        Ok(())
    }

    fn end(&mut self) -> Result<(), TemplateError> {
        let Some(Open { collection, wrap, line }) = self.open.pop() else { return Ok(()) };
        let kind = match collection {
            Collection::List(items) => Kind::List(items),
            Collection::Map { entries, .. } => Kind::Map(entries),
        };
        self.value(Node::new(kind, Some(line)), wrap, line, false)
    }

    /// Puts a finished value where it belongs.
    fn value(&mut self, node: Node, wrap: Wrap, line: usize, plain: bool) -> Result<(), TemplateError> {
        let is_call = matches!(wrap, Wrap::Call(_));
        let node = match wrap {
            Wrap::Call(name) => call(name, node),
            Wrap::None | Wrap::Text | Wrap::Plain => node,
        };
        match self.open.last_mut().map(|open| &mut open.collection) {
            None => self.root = Some(node),
            Some(Collection::List(items)) => items.push(node),
            Some(Collection::Map { entries, keys, key }) => match key.take() {
                Some(name) => entries.push((name, node)),
                None => *key = Some(self::key(&node, is_call, plain, keys, line)?),
            },
        }
        Ok(())
    }
}

fn key(
    node: &Node,
    is_call: bool,
    plain: bool,
    keys: &mut HashSet<String>,
    line: usize,
) -> Result<String, TemplateError> {
    let name = match &node.kind {
        Kind::Null if plain => return Err(refused(line, "a key is missing")),
        _ if is_call => None,
        _ => node.scalar(),
    };
    let name =
        name.ok_or_else(|| refused(line, "a key has to be a text, not a list, a map or a function"))?;
    if plain && name == "<<" {
        return Err(refused(line, "YAML merges (<<) are not allowed in CloudFormation templates"));
    }
    if !keys.insert(name.to_owned()) {
        return Err(refused(line, &format!("the key {name:?} stands twice in one map")));
    }
    Ok(name.to_owned())
}

fn refused(line: usize, reason: &str) -> TemplateError {
    TemplateError::at("", Some(line), Reason::Refused(reason.to_owned()))
}

fn wrap(tag: Option<&Tag>, line: usize) -> Result<Wrap, TemplateError> {
    let Some(tag) = tag else { return Ok(Wrap::None) };
    if tag.is_yaml_core_schema() {
        return match tag.suffix.as_str() {
            "str" => Ok(Wrap::Text),
            "int" | "float" | "bool" | "null" => Ok(Wrap::Plain),
            "map" | "seq" => Ok(Wrap::None),
            other => {
                Err(refused(line, &format!("the tag !!{other} is not allowed in CloudFormation templates")))
            }
        };
    }
    match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("" | "!", "" | "!") => Ok(Wrap::Text),
        ("!", name @ ("Ref" | "Condition")) => Ok(Wrap::Call(name.to_owned())),
        ("!", name) if FUNCTIONS.contains(&name) => Ok(Wrap::Call(format!("Fn::{name}"))),
        _ => {
            let hint = if tag.suffix.ends_with(':') { " (a short form has no colon)" } else { "" };
            Err(refused(line, &format!("unknown tag {tag}{hint}")))
        }
    }
}

/// `!GetAtt Resource.Attribute` is the list of both: the first point divides them.
fn call(name: String, mut argument: Node) -> Node {
    let line = argument.line;
    if name == "Fn::GetAtt"
        && let Some((resource, attribute)) = argument.text().and_then(|text| text.split_once('.'))
    {
        let parts = [resource, attribute].map(|part| Node::new(Kind::Text(part.to_owned()), line));
        argument = Node::new(Kind::List(parts.into()), line);
    }
    Node::new(Kind::Map(vec![(name, argument)]), line)
}

fn scalar(text: &str, style: ScalarStyle, wrap: &Wrap) -> Kind {
    let plain = style == ScalarStyle::Plain || *wrap == Wrap::Plain;
    match wrap {
        Wrap::None | Wrap::Plain if plain => plain_scalar(text),
        _ => Kind::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn kind(yaml: &str) -> Kind {
        read(&format!("k: {yaml}\n")).unwrap().get("k").unwrap().kind.clone()
    }

    /// A value as JSON text, for short tables.
    fn plain(node: &Node) -> String {
        match &node.kind {
            Kind::Null => "null".into(),
            Kind::Bool(_) | Kind::Number(_) => node.scalar().unwrap().to_owned(),
            Kind::Text(text) => format!("{text:?}"),
            Kind::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(",")),
            Kind::Map(entries) => {
                let entries: Vec<_> =
                    entries.iter().map(|(key, value)| format!("{key:?}:{}", plain(value))).collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    #[test]
    fn plain_scalars_are_what_cloudformation_makes_of_them() {
        let text = |text: &str| Kind::Text(text.into());
        let number = |text: &str| Kind::Number(text.into());
        for (yaml, expected) in [
            ("2010-09-09", text("2010-09-09")),
            ("2019-07-01T00:00:00", text("2019-07-01T00:00:00")),
            ("1", number("1")),
            ("+1", number("1")),
            ("-0.50", number("-0.50")),
            ("1.10", number("1.10")),
            ("1e3", number("1e3")),
            ("1e999", text("1e999")),
            ("012345678901", text("012345678901")),
            ("0x1f", text("0x1f")),
            ("1:30", text("1:30")),
            ("1_000", text("1_000")),
            (".", text(".")),
            ("'1'", text("1")),
            ("\"true\"", text("true")),
            ("yes", Kind::Bool(true)),
            ("Off", Kind::Bool(false)),
            ("n", text("n")),
            ("~", Kind::Null),
            ("", Kind::Null),
            ("!!int 86400", number("86400")),
            ("!!str 86400", text("86400")),
            ("!!int '5'", number("5")),
            ("! 5", text("5")),
            ("{ $.x = 1 }", Kind::Map(vec![("$.x = 1".into(), Node::new(Kind::Null, Some(1)))])),
        ] {
            assert_eq!(kind(yaml), expected, "{yaml}");
        }
    }

    #[test]
    fn short_forms_are_the_long_ones() {
        for (yaml, expected) in [
            ("!Ref A", r#"{"Ref":"A"}"#),
            ("!Ref AWS::NoValue", r#"{"Ref":"AWS::NoValue"}"#),
            ("!Condition C", r#"{"Condition":"C"}"#),
            ("!GetAtt A.B.C", r#"{"Fn::GetAtt":["A","B.C"]}"#),
            ("!GetAtt [A, B]", r#"{"Fn::GetAtt":["A","B"]}"#),
            ("!GetAtt A", r#"{"Fn::GetAtt":"A"}"#),
            ("!Sub '${A}-1'", r#"{"Fn::Sub":"${A}-1"}"#),
            ("!Sub 12", r#"{"Fn::Sub":"12"}"#),
            ("!If [C, !Ref A, !Ref AWS::NoValue]", r#"{"Fn::If":["C",{"Ref":"A"},{"Ref":"AWS::NoValue"}]}"#),
            ("!Not [!Equals [!Ref A, '']]", r#"{"Fn::Not":[{"Fn::Equals":[{"Ref":"A"},""]}]}"#),
            ("!Base64\n  Fn::Sub: x", r#"{"Fn::Base64":{"Fn::Sub":"x"}}"#),
        ] {
            let node = read(&format!("k: {yaml}\n")).unwrap();
            assert_eq!(plain(node.get("k").unwrap()), expected, "{yaml}");
        }
    }

    #[test]
    fn what_cloudformation_refuses_is_refused_with_its_line() {
        for (yaml, line, problem) in [
            ("a: &x 1\nb: *x", 2, "aliases are not allowed"),
            ("a:\n  <<: {b: 1}", 2, "merges (<<) are not allowed"),
            ("a: 1\na: 2", 2, "the key \"a\" stands twice"),
            ("a: !Ref: B", 1, "unknown tag !Ref: (a short form has no colon)"),
            ("a: !Foo B", 1, "unknown tag !Foo"),
            ("a: !!binary aGk=", 1, "the tag !!binary is not allowed"),
            ("{x}: 1\n", 1, "JSON not well-formed"),
            ("a:\n  {{Name}}: 1\n", 2, "a key has to be a text"),
            ("a:\n  !Ref b: 1\n", 2, "a key has to be a text"),
            ("a:\n  - b\n c: 1\n", 3, "YAML not well-formed"),
            ("a: 1\n---\nb: 1\n", 2, "one document"),
            (&format!("a: {}", "[".repeat(200)), 1, "nested more than 100 deep"),
        ] {
            let error = super::super::read(yaml).unwrap_err();
            assert!(error.to_string().contains(problem), "{yaml}: {error}");
            assert_eq!(error.line, Some(line), "{yaml}: {error}");
        }
        assert!(read("# nothing\n").is_err());
    }

    #[test]
    fn keys_are_texts() {
        let node = read("Yes: 1\n0123: 2\nnull: 3\n").unwrap();
        let keys: Vec<_> = node.entries().unwrap().iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["Yes", "0123", "null"]);
    }

    #[test]
    fn values_know_their_line() {
        let node = read("a:\n  b: 1\n  c:\n    - x\n    - !Ref y\n").unwrap();
        let lines: Vec<_> =
            node.get("a").unwrap().get("c").unwrap().items().unwrap().iter().map(|i| i.line).collect();
        assert_eq!(lines, [Some(4), Some(5)]);
    }
}
