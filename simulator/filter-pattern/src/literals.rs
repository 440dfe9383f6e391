//! Finds which of many texts occur in a message.
//!
//! A text is looked for by a few bytes of it, those that are likely to be the rarest: vector instructions look for those
//! of all texts in one pass, and only where some are found are the texts compared.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, Input, Span};
use memchr::memmem::Finder;

pub(crate) type LiteralId = usize;

/// The bytes by which a text is looked for. Shorter texts are looked for one by one.
const KEY: usize = 4;
/// The most keys that vector instructions look for at once.
const MOST_TOGETHER: usize = 64;

/// A set of texts, none of them empty.
#[derive(Debug, Clone)]
pub(crate) struct Literals {
    /// Sorted.
    texts: Vec<String>,
    groups: Vec<Group>,
    short: Vec<(LiteralId, Finder<'static>)>,
}

/// Keys that are looked for together, and the texts of each.
#[derive(Debug, Clone)]
struct Group {
    keys: Vec<Vec<Keyed>>,
    search: Search,
}

#[derive(Debug, Clone)]
struct Keyed {
    text: LiteralId,
    /// Where in the text its key stands.
    offset: usize,
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
        let texts: Vec<String> = texts.into_iter().collect();
        let mut keys: BTreeMap<&[u8], Vec<Keyed>> = BTreeMap::new();
        let mut short = Vec::new();
        for (text, bytes) in texts.iter().map(String::as_bytes).enumerate() {
            match rarest(bytes) {
                Some((offset, key)) => keys.entry(key).or_default().push(Keyed { text, offset }),
                None => short.push((text, Finder::new(bytes).into_owned())),
            }
        }
        let (keys, keyed): (Vec<&[u8]>, Vec<Vec<Keyed>>) = keys.into_iter().unzip();
        let groups = keys.chunks(MOST_TOGETHER).zip(keyed.chunks(MOST_TOGETHER));
        let groups = groups.map(|(keys, keyed)| Group { keys: keyed.to_vec(), search: Search::new(keys) });
        Self { groups: groups.collect(), short, texts }
    }

    pub(crate) fn id(&self, text: &str) -> Option<LiteralId> {
        self.texts.binary_search_by(|other| other.as_str().cmp(text)).ok()
    }

    /// Says for each text whether it occurs.
    pub(crate) fn find(&self, message: &str, occurs: &mut Vec<bool>) {
        occurs.clear();
        occurs.resize(self.texts.len(), false);
        for group in &self.groups {
            self.find_group(group, message, occurs);
        }
        for (text, finder) in &self.short {
            occurs[*text] = finder.find(message.as_bytes()).is_some();
        }
    }

    fn find_group(&self, group: &Group, message: &str, occurs: &mut [bool]) {
        let mut at = 0;
        loop {
            let found = match &group.search {
                Search::Packed(searcher) => searcher.find_in(message, Span::from(at..message.len())),
                Search::Automaton(automaton) => automaton.find(Input::new(message).range(at..)),
                Search::OneByOne => {
                    for Keyed { text, .. } in group.keys.iter().flatten() {
                        occurs[*text] = message.contains(&self.texts[*text]);
                    }
                    return;
                }
            };
            let Some(found) = found else { return };
            for &Keyed { text, offset } in &group.keys[found.pattern().as_usize()] {
                if !occurs[text] {
                    let start = found.start().checked_sub(offset);
                    let rest = start.and_then(|start| message.as_bytes().get(start..)).unwrap_or_default();
                    occurs[text] = rest.starts_with(self.texts[text].as_bytes());
                }
            }
            at = found.start() + 1;
        }
    }
}

/// The bytes of a text that are likely to be the rarest, and where they stand. None if the text is too short.
fn rarest(text: &[u8]) -> Option<(usize, &[u8])> {
    let commonness = |key: &[u8]| key.iter().copied().map(commonness).sum::<u32>();
    text.windows(KEY).enumerate().min_by_key(|(_, key)| commonness(key))
}

/// How common a byte is in logs of JSON and of words, roughly.
fn commonness(byte: u8) -> u32 {
    match byte {
        b'e' | b't' | b'a' | b'i' | b'n' | b'o' | b's' | b'r' | b'"' => 8,
        b'a'..=b'z' | b'0'..=b'9' | b':' | b',' | b'-' | b'.' => 5,
        b'A'..=b'Z' | b' ' | b'/' | b'_' => 2,
        _ => 1,
    }
}

/// How rare a text is likely to be; to be compared only.
pub(crate) fn rarity(text: &str) -> impl Ord + use<> {
    let common: u32 =
        rarest(text.as_bytes()).map_or(u32::MAX, |(_, key)| key.iter().copied().map(commonness).sum());
    (std::cmp::Reverse(common), text.len())
}

impl Search {
    fn new(keys: &[&[u8]]) -> Self {
        match Searcher::new(keys) {
            Some(searcher) => Self::Packed(searcher),
            None => AhoCorasick::new(keys).map_or(Self::OneByOne, Self::Automaton),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Literals;

    #[test]
    fn finds_all_that_occur_overlapping_ones_too() {
        let texts = ["ERR", "ERROR", "ERROR 5", "ROR", "OR 50", "RORE", "WARN", "x", "RO", "ärger"];
        let literals = Literals::new(texts.iter().map(|&text| text.to_owned()).collect());
        let mut occurs = Vec::new();
        for message in ["", "ERROR 500", "TERRO", "RORERR", "WARx", "WWARN", "ERRORERROR 5", "verärgert"] {
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
            (0..200).flat_map(|number| [format!("<{number}"), format!("<{number}> {number}")]).collect();
        let literals = Literals::new(texts.iter().cloned().collect());
        let mut occurs = Vec::new();
        for message in
            ["<1> 1<17><199", "<100> 10", "no brackets, but long enough for vectors: 1 2 3 4 5 6 7 8 9"]
        {
            literals.find(message, &mut occurs);
            for text in &texts {
                let found = literals.id(text).is_some_and(|id| occurs[id]);
                assert_eq!(found, message.contains(text.as_str()), "{text} in {message}");
            }
        }
    }
}
