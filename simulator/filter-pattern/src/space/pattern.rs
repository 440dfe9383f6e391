//! Which fields of a line a pattern names, and what it asks of them.

use std::ops::Range;

use super::Tokens;
use crate::expression::Expression;
use crate::lexer::Operator;
use crate::number;
use crate::operand::Operand;

/// A pattern of fields.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fields {
    pub(crate) fields: Vec<Field>,
    /// How many fields stand before `...`, if it is there. (`[]` means `[...]`.)
    pub(crate) ellipsis: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: Option<String>,
    pub(crate) test: Option<Expression<FieldCondition>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldCondition {
    pub(crate) test: FieldTest,
    /// Where it stands in the pattern.
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FieldTest {
    Equal(Operand),
    Unequal(Operand),
    /// One of `> < >= <=`; false for fields that are not wholly a number.
    Order(Operator, f64),
}

impl FieldTest {
    pub(crate) fn holds(&self, value: &str) -> bool {
        match self {
            Self::Equal(operand) => operand.equals_text(value),
            Self::Unequal(operand) => !operand.equals_text(value),
            Self::Order(operator, limit) => {
                number::parse(value).is_some_and(|number| operator.orders(number, *limit))
            }
        }
    }
}

impl Fields {
    /// The value that a line has for a field, counted from zero in the pattern. With `...`, the fields after it are
    /// bound from the end. Without, the last field takes what is left of a line that has more fields.
    pub(crate) fn value<'l>(&self, field: usize, tokens: &Tokens, line: &'l str) -> &'l str {
        match self.ellipsis {
            Some(before) if field >= before => {
                tokens.value(tokens.len().saturating_sub(self.fields.len() - field), line)
            }
            None if field + 1 == self.fields.len() && tokens.len() > self.fields.len() => {
                tokens.rest(field, line)
            }
            _ => tokens.value(field, line),
        }
    }

    /// Whether the line has enough fields.
    pub(crate) fn fits(&self, tokens: &Tokens) -> bool {
        tokens.len() >= self.fields.len()
    }

    pub(crate) fn matches(&self, tokens: &Tokens, line: &str) -> bool {
        self.fits(tokens)
            && self.fields.iter().enumerate().all(|(index, field)| {
                field.test.as_ref().is_none_or(|test| {
                    let value = self.value(index, tokens, line);
                    test.holds(&mut |condition| condition.test.holds(value))
                })
            })
    }

    /// Name and value of all fields of a line that fits, in its order. A field without a name, or under `...`, is named
    /// by its number in the line.
    pub(crate) fn extract<'l>(&self, tokens: &Tokens, line: &'l str) -> Vec<(String, &'l str)> {
        let absorbed = tokens.len().saturating_sub(self.fields.len());
        let before = self.ellipsis.unwrap_or(self.fields.len());
        let numbered = |number: usize| format!("${}", number + 1);
        let named = |index: usize, position: usize| {
            let name = self.fields.get(index).and_then(|field| field.name.as_ref());
            (
                name.map_or_else(|| numbered(position), |name| format!("${name}")),
                self.value(index, tokens, line),
            )
        };
        let mut extracted: Vec<_> = (0..before).map(|index| named(index, index)).collect();
        if self.ellipsis.is_some() {
            extracted.extend(
                (before..before + absorbed).map(|index| (numbered(index), tokens.value(index, line))),
            );
            extracted.extend((before..self.fields.len()).map(|index| named(index, index + absorbed)));
        }
        extracted
    }
}
