//! Finds in one pass which of many texts occur in a message.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, Input, MatchKind};

pub(crate) type LiteralId = usize;

/// A set of texts, none of them empty, sorted: a text stands directly before all that it begins.
#[derive(Debug, Clone)]
pub(crate) struct Literals {
    texts: Vec<String>,
    /// For each text the end of those that it begins.
    begun: Vec<usize>,
    /// None if the texts are too many for one.
    automaton: Option<AhoCorasick>,
}

impl Literals {
    pub(crate) fn new(texts: BTreeSet<String>) -> Self {
        let texts: Vec<String> = texts.into_iter().collect();
        let begun = (0..texts.len())
            .map(|id| id + 1 + texts[id + 1..].iter().take_while(|text| text.starts_with(&texts[id])).count())
            .collect();
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(&texts).ok();
        Self { texts, begun, automaton }
    }

    pub(crate) fn id(&self, text: &str) -> Option<LiteralId> {
        self.texts.binary_search_by(|other| other.as_str().cmp(text)).ok()
    }

    /// Says for each text whether it occurs.
    pub(crate) fn find(&self, message: &str, occurs: &mut Vec<bool>) {
        occurs.clear();
        occurs.resize(self.texts.len(), false);
        let Some(automaton) = &self.automaton else {
            for (text, occurs) in self.texts.iter().zip(occurs) {
                *occurs = message.contains(text.as_str());
            }
            return;
        };
        let mut missing = self.texts.len();
        let mut at = 0;
        while missing > 0 {
            // Of the texts that occur at one place, the shortest stands first, and it begins the others.
            let Some(found) = automaton.find(Input::new(message.as_bytes()).range(at..)) else {
                return;
            };
            let id = found.pattern().as_usize();
            let rest = message.as_bytes().get(found.start()..).unwrap_or_default();
            let begun = id..self.begun[id];
            for (text, occurs) in self.texts[begun.clone()].iter().zip(&mut occurs[begun]) {
                if !*occurs && rest.starts_with(text.as_bytes()) {
                    *occurs = true;
                    missing -= 1;
                }
            }
            at = found.start() + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Literals;

    #[test]
    fn finds_all_that_occur_overlapping_ones_too() {
        let texts = ["ERR", "ERROR", "ERROR 5", "ROR", "OR 50", "WARN", "x"];
        let literals = Literals::new(texts.iter().map(|&text| text.to_owned()).collect());
        let mut occurs = Vec::new();
        for message in ["", "ERROR 500", "TERRO", "RORERR", "WARx", "WWARN"] {
            literals.find(message, &mut occurs);
            for text in texts {
                let found = literals.id(text).is_some_and(|id| occurs[id]);
                assert_eq!(found, message.contains(text), "{text} in {message}");
            }
        }
    }
}
