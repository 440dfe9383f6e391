//! Tokens → rule, with AWS's complaints.
//!
//! What AWS lists as allowed follows how a parser made by ANTLR recovers, seen from its recorded answers: where leaving
//! out one token would do, only what the parser was about to take is listed (`TRUE FALSE` must have `<EOF>`);
//! otherwise also what could have gone on before (`TRUE and FALSE` must have `<EOF>, 'AND', 'OR'`).

use super::super::state::AlarmState;
use super::error::RuleError;
use super::lexer::{Kind, Token, tokens};

/// How deep a rule may be nested: a bound of this program. AWS bounds the elements at 500.
const MOST_NESTED: usize = 250;

const EXPRESSION: &str = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA";
const NAME: &str = "'NOT', 'AND', 'OR', 'AT_LEAST', NUMBER, PERCENTAGE NUMBER, TRUE or FALSE, ALARM, OK, or \
                    INSUFFICIENT_DATA, unquoted alarm name, quoted alarm name";
const STATE: &str = "ALARM, OK, or INSUFFICIENT_DATA";

/// A rule as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parsed {
    Constant(bool),
    State(AlarmState, String),
    Not(Box<Parsed>),
    And(Box<Parsed>, Box<Parsed>),
    Or(Box<Parsed>, Box<Parsed>),
    AtLeast { threshold: String, negated: bool, state: AlarmState, names: Vec<String> },
}

pub(super) fn parse(rule: &str) -> Result<Parsed, RuleError> {
    let mut parser = Parser { tokens: tokens(rule), at: 0, depth: 0 };
    let parsed = parser.either()?;
    parser.close(&Kind::End)?;
    Ok(parsed)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    /// The next token, or one further on; the end again and again.
    fn ahead(&self, by: usize) -> Token {
        let token = self.tokens.get(self.at + by).or_else(|| self.tokens.last());
        token.cloned().unwrap_or(Token { kind: Kind::End, at: 0, text: "<EOF>".to_owned() })
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let is_next = self.ahead(0).kind == *kind;
        self.at += usize::from(is_next);
        is_next
    }

    fn refused(&self, expected: &str) -> RuleError {
        let token = self.ahead(0);
        RuleError::Token { token: token.text, at: token.at, expected: expected.to_owned() }
    }

    fn expect(&mut self, kind: &Kind, expected: &str) -> Result<(), RuleError> {
        if self.take(kind) { Ok(()) } else { Err(self.refused(expected)) }
    }

    /// What must follow an expression: the closing parenthesis or the end.
    fn close(&mut self, kind: &Kind) -> Result<(), RuleError> {
        if self.take(kind) {
            return Ok(());
        }
        let closing = if *kind == Kind::End { "<EOF>" } else { "')'" };
        let one_too_many = self.ahead(1).kind == *kind && self.ahead(0).kind != Kind::End;
        let one_too_few = *kind == Kind::Close && self.depth == 1 && self.ahead(0).kind == Kind::End;
        if one_too_many || one_too_few {
            return Err(self.refused(closing));
        }
        Err(self.refused(&format!("{closing}, 'AND', 'OR'")))
    }

    /// `AND` binds more tightly than `OR`.
    fn either(&mut self) -> Result<Parsed, RuleError> {
        let mut left = self.both()?;
        while self.take(&Kind::Or) {
            left = Parsed::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Parsed, RuleError> {
        let mut left = self.single()?;
        while self.take(&Kind::And) {
            left = Parsed::And(Box::new(left), Box::new(self.single()?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Parsed, RuleError> {
        let mut negated = false;
        while self.take(&Kind::Not) {
            negated = !negated;
        }
        let operand = self.operand()?;
        Ok(if negated { Parsed::Not(Box::new(operand)) } else { operand })
    }

    fn operand(&mut self) -> Result<Parsed, RuleError> {
        let token = self.ahead(0);
        match token.kind {
            Kind::Open => {
                self.at += 1;
                self.depth += 1;
                if self.depth > MOST_NESTED {
                    return Err(RuleError::TooLong {
                        what: "levels of parentheses",
                        found: self.depth,
                        most: MOST_NESTED,
                    });
                }
                let inner = self.either()?;
                self.close(&Kind::Close)?;
                self.depth -= 1;
                Ok(inner)
            }
            Kind::Truth(truth) => {
                self.at += 1;
                Ok(Parsed::Constant(truth))
            }
            Kind::State(state) => {
                self.at += 1;
                self.expect(&Kind::Open, "'('")?;
                let name = self.name()?;
                self.expect(&Kind::Close, "')'")?;
                Ok(Parsed::State(state, name))
            }
            Kind::AtLeast => {
                self.at += 1;
                self.at_least()
            }
            _ => Err(self.refused(EXPRESSION)),
        }
    }

    /// What follows `AT_LEAST`: `(2, NOT ALARM, (a, b, c))`.
    fn at_least(&mut self) -> Result<Parsed, RuleError> {
        self.expect(&Kind::Open, "'('")?;
        let threshold = self.ahead(0);
        if !matches!(threshold.kind, Kind::Number | Kind::Percentage) {
            return Err(self.refused("NUMBER, PERCENTAGE NUMBER"));
        }
        self.at += 1;
        self.expect(&Kind::Comma, "','")?;
        let negated = self.take(&Kind::Not);
        let Kind::State(state) = self.ahead(0).kind else {
            let not = if negated { "" } else { "'NOT', " };
            return Err(self.refused(&format!("{not}{STATE}")));
        };
        self.at += 1;
        self.expect(&Kind::Comma, "','")?;
        self.expect(&Kind::Open, "'('")?;
        let mut names = vec![self.name()?];
        while self.take(&Kind::Comma) {
            names.push(self.name()?);
        }
        self.expect(&Kind::Close, "')', ','")?;
        self.expect(&Kind::Close, "')'")?;
        Ok(Parsed::AtLeast { threshold: threshold.text, negated, state, names })
    }

    /// A name, quoted or not; key words can be names.
    fn name(&mut self) -> Result<String, RuleError> {
        let token = self.ahead(0);
        match token.kind {
            Kind::End | Kind::Open | Kind::Comma => Err(self.refused(NAME)),
            Kind::Close => {
                // Recorded: `()` in an AT_LEAST is the token '))', so adjoining ones are one token here.
                let mut text = token.text;
                let adjoins =
                    |token: &Token, by: usize| token.kind == Kind::Close && token.at == self.ahead(0).at + by;
                while adjoins(&self.ahead(text.len()), text.len()) {
                    text.push(')');
                }
                Err(RuleError::Token { token: text, at: token.at, expected: NAME.to_owned() })
            }
            _ => {
                self.at += 1;
                Ok(token.text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(rule: &str) -> String {
        parse(rule).map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn a_refusal_says_what_could_have_stood_there() {
        for (rule, token, at, expected) in [
            ("", "<EOF>", 0, EXPRESSION),
            ("TRUE AND", "<EOF>", 8, EXPRESSION),
            ("TRUE)", ")", 4, "<EOF>"),
            ("(TRUE", "<EOF>", 5, "')'"),
            ("((TRUE", "<EOF>", 6, "')', 'AND', 'OR'"),
            ("(TRUE FALSE)", "FALSE", 6, "')'"),
            ("(TRUE and FALSE)", "and", 6, "')', 'AND', 'OR'"),
            ("ALARM", "<EOF>", 5, "'('"),
            ("ALARM()", ")", 6, NAME),
            ("ALARM(a b)", "b", 8, "')'"),
            ("AT_LEAST(1, NOT FOO, (a))", "FOO", 16, STATE),
            ("AT_LEAST(1, OK, (a b))", "b", 19, "')', ','"),
        ] {
            let expected =
                format!("Error in AlarmRule [Unsupported token '{token}' at char {at}, must be: {expected}]");
            assert_eq!(message(rule), expected, "{rule}");
        }
    }

    #[test]
    fn key_words_and_most_characters_can_be_names() {
        for rule in [
            "ALARM(NOT)",
            "OK( a/b:c_d )",
            "ALARM(\"a (b), c\")",
            "INSUFFICIENT_DATA(é)",
            "AT_LEAST(100%, OK, (1, AND, \"\\\\\"))",
        ] {
            assert_eq!(message(rule), "", "{rule}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        assert!(message(&"(".repeat(10_240)).contains("levels of parentheses"));
        assert_eq!(message(&format!("{}TRUE", "NOT ".repeat(2_000))), "");
    }
}
