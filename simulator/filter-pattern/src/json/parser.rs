//! Text to conditions. `()` binds before `&&`, `&&` before `||`.

use std::iter::Peekable;
use std::ops::Range;
use std::slice::Iter;

use super::condition::{Condition, Test};
use crate::error::Fault;
use crate::expression::{Builder, Expression};
use crate::lexer::{self, Dialect, Operator, Spanned, Token};
use crate::number;
use crate::operand::Operand;

struct Parser<'t, 'p> {
    text: &'p str,
    tokens: Peekable<Iter<'t, Spanned<'p>>>,
}

pub(crate) fn parse(text: &str) -> Result<Expression<Condition>, Fault> {
    let tokens = lexer::tokens(text, Dialect::Json)?;
    let mut parser = Parser { text, tokens: tokens.iter().peekable() };
    let expression = parser.pattern()?;
    lexer::check_limits(&tokens)?;
    Ok(expression)
}

impl<'t, 'p> Parser<'t, 'p> {
    fn next(&mut self) -> Option<&'t Spanned<'p>> {
        self.tokens.next()
    }

    /// The fault that the token does not belong here, or that one is missing at the end.
    fn misplaced(&self, token: Option<&Spanned<'p>>) -> Fault {
        let end = self.text.trim_end().len();
        Fault::syntax(token.map_or(end..end, |token| token.span.clone()))
    }

    fn pattern(&mut self) -> Result<Expression<Condition>, Fault> {
        let mut builder = Builder::new();
        let opening = self.next();
        if opening.is_none_or(|opening| opening.token != Token::Bracket('{')) {
            return Err(self.misplaced(opening));
        }
        let closing = 'closing: loop {
            // A condition, perhaps after opening brackets.
            let mut token = self.next();
            while let Some(Spanned { token: Token::Bracket('('), .. }) = token {
                builder.open();
                token = self.next();
            }
            builder.condition(self.condition(token)?);
            // What joins it to the next one, perhaps after closing brackets.
            loop {
                let token = self.next();
                match token.map(|spanned| &spanned.token) {
                    Some(Token::Bracket(')')) if builder.close() => {}
                    Some(Token::And) => break,
                    Some(Token::Or) => {
                        builder.or();
                        break;
                    }
                    Some(Token::Bracket('}')) => break 'closing token,
                    Some(Token::Word("AND" | "and")) => return Err(self.misplaced(token).hint("write &&")),
                    Some(Token::Word("OR" | "or")) => return Err(self.misplaced(token).hint("write ||")),
                    _ => return Err(self.misplaced(token)),
                }
            }
        };
        if let after @ Some(_) = self.next() {
            return Err(self.misplaced(after).hint("the pattern ends before this"));
        }
        builder.finish().ok_or_else(|| self.misplaced(closing).hint("a closing parenthesis is missing"))
    }

    fn condition(&mut self, first: Option<&'t Spanned<'p>>) -> Result<Condition, Fault> {
        let Some(Spanned { token: Token::Selector(path), span }) = first else {
            return Err(self.misplaced(first));
        };
        let operator = self.next();
        let (test, end) = match operator.map(|spanned| &spanned.token) {
            Some(Token::Operator(operator)) => self.comparison(*operator)?,
            Some(Token::Word("IS")) => self.is()?,
            Some(Token::Word("NOT")) => match self.next() {
                Some(Spanned { token: Token::Word("EXISTS"), span }) => (Test::NotExists, span.end),
                other => return Err(self.misplaced(other)),
            },
            Some(Token::Word("EXISTS")) => {
                return Err(self.misplaced(operator).hint("= * asks for a string or a number that exists"));
            }
            _ => return Err(self.misplaced(operator)),
        };
        Ok(Condition { path: path.clone(), test, span: Range { start: span.start, end } })
    }

    fn is(&mut self) -> Result<(Test, usize), Fault> {
        let token = self.next();
        let test = match token.map(|spanned| &spanned.token) {
            Some(Token::Word("NULL")) => Test::IsNull,
            Some(Token::Word("TRUE")) => Test::IsTrue,
            Some(Token::Word("FALSE")) => Test::IsFalse,
            Some(Token::Word(word)) => {
                let fault = token.map_or_else(
                    || self.misplaced(None),
                    |spanned| Fault::characters(self.text, spanned.span.clone()),
                );
                return Err(if *word == "NOT" { fault.hint("there is no IS NOT") } else { fault });
            }
            _ => return Err(self.misplaced(token)),
        };
        Ok((test, token.map_or(0, |spanned| spanned.span.end)))
    }

    fn comparison(&mut self, operator: Operator) -> Result<(Test, usize), Fault> {
        let right = self.next();
        let Some(Spanned { token, span }) = right else {
            return Err(self.misplaced(None));
        };
        let operand = match token {
            Token::Word("null") => return Err(self.misplaced(right).hint("write IS NULL")),
            Token::Operator(Operator::Equal) => return Err(self.misplaced(right).hint("write a single =")),
            token => Operand::from_token(token).ok_or_else(|| self.misplaced(right))?,
        };
        let test = match (operator, operand) {
            (Operator::Equal, operand) => Test::Equal(operand),
            (Operator::Unequal, operand) => Test::Unequal(operand),
            (operator, Operand::Number { value, .. }) => Test::Order(operator, value),
            (_, Operand::Text(_) | Operand::Regex(_)) => {
                let fault = Fault::characters(self.text, span.clone());
                let quoted = self.text.get(span.clone()).unwrap_or_default().trim_matches('"');
                return Err(if number::parse(quoted).is_some() {
                    fault.hint("the number must not be quoted")
                } else {
                    fault.hint("only numbers have an order")
                });
            }
        };
        Ok((test, span.end))
    }
}
