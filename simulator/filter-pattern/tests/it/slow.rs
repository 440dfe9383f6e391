//! The language said again, as plainly as possible and with no thought of speed, from AWS's rules alone.
//!
//! Patterns and events are trees here; both can be written as text, in which the crate then reads them.

/// A JSON value. Numbers are texts, objects may have a key twice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
    Any,
}

#[derive(Debug, Clone)]
pub(crate) enum Literal {
    Number(String),
    /// With `*` for any run of characters.
    Text(String),
}

#[derive(Debug, Clone)]
pub(crate) enum Test {
    Equal(Literal),
    Unequal(Literal),
    Above(String),
    Below(String),
    IsNull,
    IsTrue,
    IsFalse,
    NotExists,
}

#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    Condition(Vec<Step>, Test),
    And(Box<Pattern>, Box<Pattern>),
    Or(Box<Pattern>, Box<Pattern>),
}

impl Pattern {
    pub(crate) fn holds(&self, event: &Json) -> bool {
        match self {
            Self::And(left, right) => left.holds(event) && right.holds(event),
            Self::Or(left, right) => left.holds(event) || right.holds(event),
            Self::Condition(steps, test) => {
                let values = values_at(event, steps);
                match test {
                    Test::NotExists => values.is_empty(),
                    test => values.iter().any(|value| test.holds(value)),
                }
            }
        }
    }

    /// With brackets around everything, so that precedence plays no part.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::And(left, right) => format!("({} && {})", left.text(), right.text()),
            Self::Or(left, right) => format!("({} || {})", left.text(), right.text()),
            Self::Condition(steps, test) => {
                let steps: String = steps.iter().map(Step::text).collect();
                format!("${steps} {}", test.text())
            }
        }
    }
}

impl Step {
    fn text(&self) -> String {
        match self {
            Self::Name(name) if name.contains('.') => format!(".['{name}']"),
            Self::Name(name) => format!(".{name}"),
            Self::Index(index) => format!("[{index}]"),
            Self::Any => "[*]".to_owned(),
        }
    }
}

impl Test {
    fn text(&self) -> String {
        let literal = |literal: &Literal| match literal {
            Literal::Number(text) => text.clone(),
            Literal::Text(text) => format!("\"{text}\""),
        };
        match self {
            Self::Equal(right) => format!("= {}", literal(right)),
            Self::Unequal(right) => format!("!= {}", literal(right)),
            Self::Above(number) => format!("> {number}"),
            Self::Below(number) => format!("<{number}"),
            Self::IsNull => "IS NULL".to_owned(),
            Self::IsTrue => "IS TRUE".to_owned(),
            Self::IsFalse => "IS FALSE".to_owned(),
            Self::NotExists => "NOT EXISTS".to_owned(),
        }
    }

    fn holds(&self, value: &Json) -> bool {
        match (self, value) {
            (Self::IsNull, Json::Array(elements)) => elements.contains(&Json::Null),
            (Self::IsNull, value) => *value == Json::Null,
            (Self::IsTrue, value) => *value == Json::Boolean(true),
            (Self::IsFalse, value) => *value == Json::Boolean(false),
            (Self::Above(limit), Json::Number(text)) => number(text) > number(limit),
            (Self::Below(limit), Json::Number(text)) => number(text) < number(limit),
            (Self::Equal(right), Json::Number(text) | Json::Text(text)) => equals(value, text, right),
            (Self::Unequal(right), Json::Number(text) | Json::Text(text)) => !equals(value, text, right),
            _ => false,
        }
    }
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

fn equals(value: &Json, text: &str, right: &Literal) -> bool {
    match (value, right) {
        (Json::Number(left), Literal::Number(right)) => (number(left) - number(right)).abs() == 0.0,
        (_, Literal::Number(right)) => text == right,
        (_, Literal::Text(right)) => {
            fits(&text.chars().collect::<Vec<_>>(), &right.chars().collect::<Vec<_>>())
        }
    }
}

fn fits(text: &[char], wanted: &[char]) -> bool {
    match (text, wanted) {
        (_, ['*', rest @ ..]) => (0..=text.len()).any(|taken| fits(&text[taken..], rest)),
        ([first, text @ ..], [wanted, rest @ ..]) => first == wanted && fits(text, rest),
        (text, wanted) => text.is_empty() && wanted.is_empty(),
    }
}

fn values_at<'e>(value: &'e Json, steps: &[Step]) -> Vec<&'e Json> {
    let [step, rest @ ..] = steps else {
        return vec![value];
    };
    let children: Vec<&Json> = match (value, step) {
        (Json::Object(members), Step::Name(name)) => last_of(members, name).into_iter().collect(),
        (Json::Object(members), Step::Any) => {
            let is_last =
                |place: usize| !members[place + 1..].iter().any(|(name, _)| *name == members[place].0);
            (0..members.len()).filter(|&place| is_last(place)).map(|place| &members[place].1).collect()
        }
        (Json::Array(elements), Step::Index(index)) => elements.get(*index).into_iter().collect(),
        (Json::Array(elements), Step::Any) => elements.iter().collect(),
        _ => Vec::new(),
    };
    children.into_iter().flat_map(|child| values_at(child, rest)).collect()
}

fn last_of<'e>(members: &'e [(String, Json)], name: &str) -> Option<&'e Json> {
    members.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
}

impl Json {
    /// As text; `style` chooses blanks and escapes.
    pub(crate) fn text(&self, style: u8) -> String {
        let blank = if style & 1 == 0 { "" } else { " \n\t" };
        let list = |parts: Vec<String>| parts.join(&format!("{blank},{blank}"));
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(truth) => truth.to_string(),
            Self::Number(text) => text.clone(),
            Self::Text(text) => quoted(text, style),
            Self::Array(elements) => {
                format!(
                    "[{blank}{}{blank}]",
                    list(elements.iter().map(|element| element.text(style)).collect())
                )
            }
            Self::Object(members) => {
                let member = |(name, value): &(String, Json)| {
                    format!("{}{blank}:{blank}{}", quoted(name, style), value.text(style))
                };
                format!("{{{blank}{}{blank}}}", list(members.iter().map(member).collect()))
            }
        }
    }
}

fn quoted(text: &str, style: u8) -> String {
    if style & 2 == 0 {
        return serde_json::to_string(text).unwrap();
    }
    let escaped: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{}\"", escaped.concat())
}
