//! Texts without which an event cannot match, so that patterns that are dear to try are tried seldom.

use std::collections::BTreeSet;

use super::condition::{Condition, Test};
use crate::expression::Expression;
use crate::operand::Operand;
use crate::path::Step;
use crate::regex::Texts;

/// The least bytes of a text whose absence saves a walk.
const WORTHWHILE: usize = 3;

/// Whether a pattern looks at every member of an event.
pub(crate) fn looks_at_every_member(expression: &Expression<Condition>) -> bool {
    let mut every = false;
    expression.for_each(&mut |condition| every |= condition.path.steps.first() == Some(&Step::Any));
    every
}

/// Texts of which at least one stands in the JSON of every event that matches, unless that has a `\u`, with which any
/// text can be written so that it does not stand there. None if there are no such texts.
pub(crate) fn texts(expression: &Expression<Condition>) -> Option<BTreeSet<String>> {
    match expression {
        Expression::Condition(Condition { test: Test::Equal(operand), .. }) => {
            let texts = match operand {
                Operand::Text(wildcard) => {
                    wildcard.parts().max_by_key(|part| part.len()).map(str::to_owned).into_iter().collect()
                }
                Operand::Regex(regex) => match regex.texts()? {
                    Texts::Exactly(texts) | Texts::Needed(texts) => texts.clone(),
                },
                Operand::Number { .. } => return None,
            };
            let is_good = |text: &String| text.len() >= WORTHWHILE && text.chars().all(stands_for_itself);
            (!texts.is_empty() && texts.iter().all(is_good)).then_some(texts)
        }
        Expression::Condition(_) => None,
        Expression::All(parts) => {
            let shortest = |texts: &BTreeSet<String>| texts.iter().map(String::len).min();
            parts.iter().filter_map(texts).max_by_key(shortest)
        }
        Expression::Any(parts) => {
            let all: Option<Vec<BTreeSet<String>>> = parts.iter().map(texts).collect();
            Some(all?.into_iter().flatten().collect())
        }
    }
}

/// Whether a character has no shorter escape in JSON than `\u`.
fn stands_for_itself(character: char) -> bool {
    !character.is_control() && !matches!(character, '"' | '\\' | '/')
}
