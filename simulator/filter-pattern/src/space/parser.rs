//! Text to fields.

use std::iter::Peekable;
use std::slice::Iter;

use super::pattern::{Field, FieldCondition, FieldTest, Fields};
use crate::error::{Fault, Reason};
use crate::expression::{Builder, Expression};
use crate::lexer::{self, Dialect, Operator, Spanned, Token};
use crate::operand::Operand;

struct Parser<'t, 'p> {
    text: &'p str,
    tokens: Peekable<Iter<'t, Spanned<'p>>>,
}

pub(crate) fn parse(text: &str) -> Result<Fields, Fault> {
    let tokens = lexer::tokens(text, Dialect::Space)?;
    let mut parser = Parser { text, tokens: tokens.iter().peekable() };
    let fields = parser.pattern()?;
    lexer::check_limits(&tokens)?;
    Ok(fields)
}

const COMMA: Token<'_> = Token::Bracket(',');
const END: Token<'_> = Token::Bracket(']');

impl<'p> Parser<'_, 'p> {
    fn misplaced(&self, token: Option<&Spanned<'p>>) -> Fault {
        let end = self.text.trim_end().len();
        Fault::syntax(token.map_or(end..end, |token| token.span.clone()))
    }

    fn pattern(&mut self) -> Result<Fields, Fault> {
        self.tokens.next();
        let mut fields: Vec<Field> = Vec::new();
        let mut ellipsis = None;
        if self.tokens.next_if(|spanned| spanned.token == END).is_some() {
            ellipsis = Some(0);
        } else {
            loop {
                let start = self.tokens.peek().map(|spanned| spanned.span.clone());
                let duplicate = |name: &str| {
                    let span = start.clone().unwrap_or_default();
                    Fault::new(Reason::DuplicateField { name: name.to_owned() }, span)
                };
                if self.tokens.next_if(|spanned| spanned.token == Token::Word("...")).is_some() {
                    if ellipsis.replace(fields.len()).is_some() {
                        return Err(duplicate("..."));
                    }
                } else {
                    let field = self.field()?;
                    if let Some(name) = &field.name
                        && fields.iter().any(|other| other.name.as_ref() == Some(name))
                    {
                        return Err(duplicate(name));
                    }
                    fields.push(field);
                }
                match self.tokens.next() {
                    Some(Spanned { token: COMMA, .. }) => {}
                    Some(Spanned { token: END, .. }) => break,
                    other => return Err(self.misplaced(other)),
                }
            }
        }
        if let after @ Some(_) = self.tokens.next() {
            return Err(self.misplaced(after).hint("the pattern ends before this"));
        }
        Ok(Fields { fields, ellipsis })
    }

    /// A name, perhaps with conditions; or nothing, before a comma or the end.
    fn field(&mut self) -> Result<Field, Fault> {
        if self.tokens.peek().is_some_and(|spanned| matches!(spanned.token, COMMA | END)) {
            return Ok(Field { name: None, test: None });
        }
        let (name, start) = self.name()?;
        let named = |test| Field { name: Some(name.to_owned()), test };
        if !matches!(self.tokens.peek(), Some(Spanned { token: Token::Operator(_), .. })) {
            return Ok(named(None));
        }
        let test = self.test(start)?;
        Ok(named(Some(test)))
    }

    /// A name and where it begins.
    fn name(&mut self) -> Result<(&'p str, usize), Fault> {
        let token = self.tokens.next();
        let is_name = |word: &str| word.chars().all(crate::path::is_name);
        match token {
            Some(Spanned { token: Token::Word(word), span }) if is_name(word) => Ok((word, span.start)),
            other => Err(self.misplaced(other)),
        }
    }

    /// What follows the first name, which begins at `start`. AWS's guide has patterns in which later conditions of a field have another name
    /// (`w1=ERROR || W1=WARNING`): they too are about the field in which they stand.
    fn test(&mut self, mut start: usize) -> Result<Expression<FieldCondition>, Fault> {
        let mut builder = Builder::new();
        loop {
            let condition = self.condition(start)?;
            builder.condition(condition);
            match self.tokens.next_if(|spanned| matches!(spanned.token, Token::And | Token::Or)) {
                Some(Spanned { token: Token::Or, .. }) => builder.or(),
                Some(_) => {}
                None => return builder.finish().ok_or_else(|| self.misplaced(None)),
            }
            (_, start) = self.name()?;
        }
    }

    fn condition(&mut self, start: usize) -> Result<FieldCondition, Fault> {
        let operator = self.tokens.next();
        let Some(Spanned { token: Token::Operator(operator), .. }) = operator else {
            return Err(self.misplaced(operator));
        };
        let value = self.tokens.next();
        let operand = match value.map(|spanned| &spanned.token) {
            // Recorded: refused without quotes, in whatever field.
            Some(Token::Word("SPACE")) => {
                return Err(self.misplaced(value).hint("SPACE must stand in double quotes"));
            }
            Some(Token::Operator(Operator::Equal)) => {
                return Err(self.misplaced(value).hint("write a single ="));
            }
            Some(token) => Operand::from_token(token),
            None => None,
        };
        let (Some(operand), Some(Spanned { span, .. })) = (operand, value) else {
            return Err(self.misplaced(value));
        };
        let test = match (operator, operand) {
            (Operator::Equal, operand) => FieldTest::Equal(operand),
            (Operator::Unequal, operand) => FieldTest::Unequal(operand),
            (operator, Operand::Number { value, .. }) => FieldTest::Order(*operator, value),
            (_, Operand::Text(_) | Operand::Regex(_)) => {
                return Err(Fault::characters(self.text, span.clone()).hint("only numbers have an order"));
            }
        };
        Ok(FieldCondition { test, span: start..span.end })
    }
}
