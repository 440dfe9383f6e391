//! Finds in one pass which of many texts occur in a message.

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, Input, MatchKind, Span};
use memchr::memmem::Finder;

pub(crate) type LiteralId = usize;

/// Texts of at least so many bytes are looked for together; shorter ones occur too often for that, and are looked for
/// one by one.
pub(crate) const LONG: usize = 3;
/// The most texts that vector instructions look for at once.
const MOST_TOGETHER: usize = 32;

/// A set of texts, none of them empty.
#[derive(Debug, Clone)]
pub(crate) struct Literals {
    /// First the long ones, then the short ones; each sorted, so that a text stands directly before all that it begins.
    texts: Vec<String>,
    long: usize,
    /// For each text the end of those that it begins.
    begun: Vec<usize>,
    /// The long texts.
    groups: Vec<Group>,
    /// The short texts.
    finders: Vec<Finder<'static>>,
}

#[derive(Debug, Clone)]
struct Group {
    texts: Range<LiteralId>,
    search: Search,
}

#[derive(Debug, Clone)]
enum Search {
    /// With vector instructions.
    Packed(Searcher),
    /// Where there are none.
    Automaton(AhoCorasick),
    OneByOne,
}

impl Literals {
    pub(crate) fn new(texts: BTreeSet<String>) -> Self {
        let (mut texts, short): (Vec<String>, Vec<String>) =
            texts.into_iter().partition(|text| text.len() >= LONG);
        let long = texts.len();
        let finders = short.iter().map(|text| Finder::new(text).into_owned()).collect();
        let begun = (0..long)
            .map(|id| id + 1 + texts[id + 1..].iter().take_while(|text| text.starts_with(&texts[id])).count())
            .collect();
        let groups = (0..long).step_by(MOST_TOGETHER).map(|start| {
            let ids = start..long.min(start + MOST_TOGETHER);
            Group { search: Search::new(&texts[ids.clone()]), texts: ids }
        });
        let groups = groups.collect();
        texts.extend(short);
        Self { texts, long, begun, groups, finders }
    }

    pub(crate) fn id(&self, text: &str) -> Option<LiteralId> {
        let (long, short) = self.texts.split_at(self.long);
        let place = |texts: &[String]| texts.binary_search_by(|other| other.as_str().cmp(text)).ok();
        if text.len() >= LONG { place(long) } else { place(short).map(|place| self.long + place) }
    }

    /// Says for each text whether it occurs.
    pub(crate) fn find(&self, message: &str, occurs: &mut Vec<bool>) {
        occurs.clear();
        occurs.resize(self.texts.len(), false);
        for group in &self.groups {
            self.find_group(group, message, occurs);
        }
        for (finder, occurs) in self.finders.iter().zip(&mut occurs[self.long..]) {
            *occurs = finder.find(message.as_bytes()).is_some();
        }
    }

    fn find_group(&self, group: &Group, message: &str, occurs: &mut [bool]) {
        let Range { start: first, end } = group.texts;
        let mut missing = end - first;
        let mut at = 0;
        while missing > 0 {
            // Of the texts that occur at one place, the shortest stands first, and it begins the others.
            let found = match &group.search {
                Search::Packed(searcher) => searcher.find_in(message, Span::from(at..message.len())),
                Search::Automaton(automaton) => automaton.find(Input::new(message).range(at..)),
                Search::OneByOne => {
                    for (text, occurs) in self.texts[first..end].iter().zip(&mut occurs[first..end]) {
                        *occurs = message.contains(text.as_str());
                    }
                    return;
                }
            };
            let Some(found) = found else { return };
            let id = first + found.pattern().as_usize();
            let rest = message.as_bytes().get(found.start()..).unwrap_or_default();
            let begun = id..self.begun[id].min(end);
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

impl Search {
    fn new(texts: &[String]) -> Self {
        let automaton = || AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(texts).ok();
        match Searcher::new(texts) {
            Some(searcher) => Self::Packed(searcher),
            None => automaton().map_or(Self::OneByOne, Self::Automaton),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Literals;

    #[test]
    fn finds_all_that_occur_overlapping_ones_too() {
        let texts = ["ERR", "ERROR", "ERROR 5", "ROR", "OR 50", "WARN", "x", "RO"];
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

    #[test]
    fn finds_texts_in_groups() {
        let texts: Vec<String> =
            (0..200).flat_map(|number| [format!("<{number}"), format!("<{number}>")]).collect();
        let literals = Literals::new(texts.iter().cloned().collect());
        let mut occurs = Vec::new();
        for message in ["<1><17><199", "<100>", "no brackets, but long enough for vectors: 1 2 3 4 5 6 7 8 9"]
        {
            literals.find(message, &mut occurs);
            for text in &texts {
                let found = literals.id(text).is_some_and(|id| occurs[id]);
                assert_eq!(found, message.contains(text.as_str()), "{text} in {message}");
            }
        }
    }
}
