//! From text to a tree: a descent by hand, with its depth counted.

use super::error::{QueryError, QueryProblem};
use super::field::{Field, Likeness, Text};
use super::pattern::Pattern;
use super::rules::{FreeText, QueryRules};
use super::scanner::{Comparison, Extent, Fault, Operator, Scanner, Value};
use super::span;
use super::{Condition, MAX_CHARACTERS, MAX_CONDITIONS, MAX_DEPTH, Node};

/// Where text without a field is looked for.
const ANYWHERE: &[Text] = &[
    Text::Message,
    Text::Description,
    Text::Alias,
    Text::Entity,
    Text::Source,
    Text::Tag,
    Text::DetailsKey,
    Text::DetailsValue,
];

pub(super) fn parse(text: &str, rules: QueryRules) -> Result<Option<Node>, QueryError> {
    if let Some((end, _)) = text.char_indices().nth(MAX_CHARACTERS) {
        return Err(QueryError::new(QueryProblem::TooLong, text, end..end));
    }
    let scanner = Scanner::new(text, rules.lower_case_operators);
    let mut parser = Parser { scanner, rules, depth: 0, conditions: 0 };
    parser.query().map_err(|(problem, span)| QueryError::new(problem, text, span))
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    rules: QueryRules,
    depth: usize,
    conditions: usize,
}

/// What the conditions of a level are about.
#[derive(Clone, Copy)]
enum About {
    /// Whatever they name.
    Anything,
    /// The values in the parentheses of one field.
    Field(Field),
}

impl Parser<'_> {
    fn query(&mut self) -> Result<Option<Node>, Fault> {
        self.scanner.skip_space();
        if self.scanner.peek().is_none() {
            return Ok(None);
        }
        let node = self.any(About::Anything)?;
        match self.scanner.peek() {
            None => Ok(Some(node)),
            // Whatever else comes next is taken as a further condition.
            Some(_) => Err(self.here(QueryProblem::ParenthesisClosed, 1)),
        }
    }

    fn any(&mut self, about: About) -> Result<Node, Fault> {
        let mut nodes = vec![self.all(about)?];
        while self.scanner.eat_operator(Operator::Or) {
            nodes.push(self.all(about)?);
        }
        Ok(one_or(nodes, Node::Any))
    }

    fn all(&mut self, about: About) -> Result<Node, Fault> {
        let mut nodes = vec![self.not(about)?];
        loop {
            self.scanner.skip_space();
            let or = self.scanner.operator().is_some_and(|(operator, _)| operator == Operator::Or);
            if or || matches!(self.scanner.peek(), None | Some(')')) {
                return Ok(one_or(nodes, Node::All));
            }
            self.scanner.eat_operator(Operator::And);
            nodes.push(self.not(about)?);
        }
    }

    fn not(&mut self, about: About) -> Result<Node, Fault> {
        self.scanner.skip_space();
        let start = self.scanner.at();
        if self.scanner.eat_operator(Operator::Not) {
            self.deeper(start, |parser| Ok(Node::Not(Box::new(parser.not(about)?))))
        } else if self.scanner.eat('(') {
            self.parentheses(start, about)
        } else {
            match about {
                About::Anything => self.condition(),
                About::Field(field) => self.value_of(field, Comparison::Is, Extent::All),
            }
        }
    }

    /// What follows an opening parenthesis at `start`.
    fn parentheses(&mut self, start: usize, about: About) -> Result<Node, Fault> {
        self.deeper(start, |parser| {
            let node = parser.any(about)?;
            if parser.scanner.eat(')') {
                Ok(node)
            } else {
                Err((QueryProblem::ParenthesisOpen, start..start + 1))
            }
        })
    }

    fn deeper(
        &mut self,
        start: usize,
        inner: impl FnOnce(&mut Self) -> Result<Node, Fault>,
    ) -> Result<Node, Fault> {
        if self.depth == MAX_DEPTH {
            return Err((QueryProblem::TooDeep, start..start + 1));
        }
        self.depth += 1;
        let node = inner(self);
        self.depth -= 1;
        node
    }

    fn condition(&mut self) -> Result<Node, Fault> {
        let Some((span, name, comparison)) = self.scanner.field() else {
            return self.free_text();
        };
        let Some(field) = Field::named(name) else {
            return Err((QueryProblem::UnknownField(name.to_owned()), span));
        };
        if comparison != Comparison::Is && !matches!(field, Field::Number(_)) {
            return Err((QueryProblem::NotComparable, span));
        }
        self.scanner.skip_space();
        let start = self.scanner.at();
        if !self.scanner.eat('(') {
            return self.value_of(field, comparison, Extent::UpToField);
        }
        if comparison != Comparison::Is {
            return Err((QueryProblem::ComparedWithMany, start..start + 1));
        }
        self.parentheses(start, About::Field(field))
    }

    fn value_of(&mut self, field: Field, comparison: Comparison, extent: Extent) -> Result<Node, Fault> {
        // Only texts have several words.
        let extent = if matches!(field, Field::Text(_)) { extent } else { Extent::Word };
        let value = self.scanner.value(extent)?;
        if value.words.is_empty() {
            return Err((QueryProblem::ValueMissing, value.span));
        }
        self.count(&value)?;
        let refused = |problem: fn(String) -> QueryProblem| (problem(value.text()), value.span.clone());
        let condition = match field {
            Field::Number(number) => {
                let range = span::of(number, comparison, &value.text());
                Condition::Within(number, range.map_err(|problem| (problem, value.span.clone()))?)
            }
            Field::Flag(flag) => match value.text().to_ascii_lowercase().parse() {
                Ok(set) => Condition::Flag(flag, set),
                Err(_) => return Err(refused(QueryProblem::NoFlag)),
            },
            Field::Status => match value.text().to_ascii_lowercase().as_str() {
                "open" => Condition::Open(true),
                "closed" => Condition::Open(false),
                _ => return Err(refused(QueryProblem::NoStatus)),
            },
            Field::Text(text) => return Ok(self.text(text, &value)),
        };
        Ok(Node::Is(condition))
    }

    fn text(&self, field: Text, value: &Value) -> Node {
        self.patterns(field.likeness(), value, |pattern| match field {
            Text::Alias => Condition::OpenAlias(pattern),
            _ => Condition::Text(field, pattern),
        })
    }

    fn free_text(&mut self) -> Result<Node, Fault> {
        let value = self.scanner.value(Extent::UpToField)?;
        if value.words.is_empty() {
            return Err((QueryProblem::ConditionMissing, value.span));
        }
        self.count(&value)?;
        let fields = match self.rules.free_text {
            FreeText::Anywhere => ANYWHERE,
            FreeText::Message => &[Text::Message],
            FreeText::Refused => return Err((QueryProblem::FreeText, value.span)),
        };
        Ok(self.patterns(Likeness::Contains, &value, |pattern| Condition::Free(fields, pattern)))
    }

    fn patterns(&self, likeness: Likeness, value: &Value, is: impl Fn(Pattern) -> Condition) -> Node {
        let patterns = Pattern::of(value, likeness, self.rules);
        one_or(patterns.into_iter().map(|pattern| Node::Is(is(pattern))).collect(), Node::All)
    }

    fn count(&mut self, value: &Value) -> Result<(), Fault> {
        self.conditions += value.words.len();
        if self.conditions > MAX_CONDITIONS {
            return Err((QueryProblem::TooMany, value.span.clone()));
        }
        Ok(())
    }

    fn here(&self, problem: QueryProblem, length: usize) -> Fault {
        let at = self.scanner.at();
        (problem, at..at + length)
    }
}

/// The only node, or all of them in a node.
fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        Some(node) => {
            nodes.push(node);
            many(nodes)
        }
        None => many(nodes),
    }
}
