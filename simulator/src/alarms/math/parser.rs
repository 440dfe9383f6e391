//! Tokens → expression.

use super::expression::{Expression, MathError, Node, Operator};
use super::functions::Function;
use super::lexer::{Token, tokens};

/// How deep parentheses, calls and signs may be nested.
const MOST_NESTED: usize = 64;

/// Operators by precedence, weakest first. `^` binds to the right and is not here.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("||", Operator::Or), ("OR", Operator::Or)],
    &[("&&", Operator::And), ("AND", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("=", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide)],
];

/// Parses an expression. Functions are looked up and their arguments counted; ids are not looked up.
pub(in crate::alarms) fn parse(text: &str) -> Result<Expression, MathError> {
    if text.trim_start().get(..6).is_some_and(|start| start.eq_ignore_ascii_case("select")) {
        return Err(MathError::Unsupported("SELECT".to_owned(), "Metrics Insights alarms are refused"));
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let root = parser.level(0)?;
    match parser.peek() {
        Token::End => Ok(Expression { root }),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |(_, at)| *at)
    }

    fn unexpected(&self, expected: &'static str) -> MathError {
        MathError::Syntax { found: self.peek().describe(), at: self.place(), expected }
    }

    /// Takes a symbol or word if it is next.
    fn take(&mut self, wanted: &str) -> bool {
        let is_next = match self.peek() {
            Token::Symbol(symbol) => *symbol == wanted,
            Token::Word(word) => word == wanted,
            _ => false,
        };
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, wanted: &'static str) -> Result<(), MathError> {
        if self.take(wanted) { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    fn level(&mut self, level: usize) -> Result<Node, MathError> {
        let Some(operators) = LEVELS.get(level) else { return self.power() };
        let mut left = self.level(level + 1)?;
        while let Some((_, operator)) = operators.iter().find(|(symbol, _)| self.take(symbol)) {
            let right = self.level(level + 1)?;
            left = Node::Binary(*operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<Node, MathError> {
        let base = self.signed()?;
        if !self.take("^") {
            return Ok(base);
        }
        let exponent = self.nested(Self::power)?;
        Ok(Node::Binary(Operator::Power, Box::new(base), Box::new(exponent)))
    }

    fn signed(&mut self) -> Result<Node, MathError> {
        if self.take("-") {
            return Ok(Node::Negate(Box::new(self.nested(Self::signed)?)));
        }
        if self.take("+") {
            return self.nested(Self::signed);
        }
        self.atom()
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Result<Node, MathError>) -> Result<Node, MathError> {
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return Err(MathError::TooDeep(MOST_NESTED));
        }
        let node = parse(self);
        self.depth -= 1;
        node
    }

    fn atom(&mut self) -> Result<Node, MathError> {
        let place = self.place();
        match self.peek().clone() {
            Token::Number(number) => {
                self.at += 1;
                Ok(Node::Number(number))
            }
            Token::Text(text) => {
                self.at += 1;
                Ok(Node::Text(text))
            }
            Token::Word(word) => {
                self.at += 1;
                self.word(word, place)
            }
            Token::Symbol("(") => {
                self.at += 1;
                let inner = self.nested(|parser| parser.level(0))?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Symbol("[") => {
                self.at += 1;
                Ok(Node::List(self.arguments("]")?))
            }
            _ => Err(self.unexpected("a number, an id, a function or `(`")),
        }
    }

    /// A function call, an id, or a word in capitals that some functions take.
    fn word(&mut self, word: String, place: usize) -> Result<Node, MathError> {
        if self.take("(") {
            let arguments = self.arguments(")")?;
            let function = Function::named(&word, place)?;
            function.check_count(arguments.len())?;
            return Ok(Node::Call(function, arguments));
        }
        let is_id = word.starts_with(|first: char| first.is_ascii_lowercase());
        Ok(if is_id { Node::Reference(word) } else { Node::Text(word) })
    }

    fn arguments(&mut self, closing: &'static str) -> Result<Vec<Node>, MathError> {
        let mut arguments = Vec::new();
        if self.take(closing) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.nested(|parser| parser.level(0))?);
            if self.take(closing) {
                return Ok(arguments);
            }
            self.expect(",")?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, message) in [
            ("", "unexpected end at character 1; expected a number, an id, a function or `(`"),
            ("m1 +", "unexpected end at character 5; expected a number, an id, a function or `(`"),
            ("m1 m2", "unexpected `m2` at character 4; expected an operator or the end"),
            ("(m1", "unexpected end at character 4; expected )"),
            ("m1 ~ 2", "unexpected `~` at character 4; expected a number, an id, a function or an operator"),
            ("METRICS(\"a)", "unexpected end at character 12; expected a closing quotation mark"),
            ("1 + MEDIAN(m1)", "unknown function `MEDIAN` at character 5"),
            ("abs(m1)", "unknown function `abs` at character 1"),
            ("FILL(m1)", "`FILL` takes 2 arguments, and 1 are given"),
            (
                "SEARCH('{AWS/EC2}', 'Sum')",
                "the function `SEARCH` is not simulated: alarms cannot use it, nor can they in AWS",
            ),
            (
                "ANOMALY_DETECTION_BAND(m1, 2)",
                "the function `ANOMALY_DETECTION_BAND` is not simulated: anomaly-detection alarms are refused",
            ),
            (
                "SELECT MAX(x) FROM y",
                "the function `SELECT` is not simulated: Metrics Insights alarms are refused",
            ),
        ] {
            let error = parse(text).map_or_else(|error| error.to_string(), |_| String::new());
            assert_eq!(error, message, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        for text in ["(".repeat(100_000), "-".repeat(100_000), "2^".repeat(100_000)] {
            assert_eq!(parse(&text), Err(MathError::TooDeep(MOST_NESTED)));
        }
    }
}
