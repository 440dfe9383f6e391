//! A value, ready to be held against many texts. Each takes time that is linear in the text.

use regex::{Regex, RegexBuilder};

use super::field::Likeness;
use super::rules::{QueryRules, TextMatch};
use super::scanner::{Piece, Value};

#[derive(Debug, Clone)]
pub(super) enum Pattern {
    /// Any text that is not empty.
    Present,
    /// This text, letter by letter.
    Exact(String),
    /// This text in lower case, in whatever case.
    Whole(String),
    Search(Regex),
    Never,
}

impl Pattern {
    /// The patterns that all have to fit.
    pub(super) fn of(value: &Value, likeness: Likeness, rules: QueryRules) -> Vec<Self> {
        let words: Vec<Vec<Piece>> = if rules.wildcards {
            value.words.clone()
        } else {
            value.words.iter().map(|word| without_wildcards(word)).collect()
        };
        if words.as_slice() == [[Piece::Any]] {
            return vec![Self::Present];
        }
        if likeness == Likeness::Contains && rules.text == TextMatch::Words {
            return words.iter().filter_map(|word| as_words(word)).collect();
        }
        let pieces = words.join(&Piece::Text(" ".to_owned()));
        vec![match (likeness, texts(&pieces)) {
            (Likeness::Exact, Some(text)) => Self::Exact(text),
            (Likeness::Whole, Some(text)) => Self::Whole(text.to_lowercase()),
            (Likeness::Contains, Some(text)) => search(&regex::escape(&text), false),
            (likeness, None) => search(&format!("^{}$", glob(&pieces, ".*")), likeness == Likeness::Exact),
        }]
    }

    pub(super) fn fits(&self, text: &str) -> bool {
        match self {
            Self::Present => !text.is_empty(),
            Self::Exact(value) => text == value,
            Self::Whole(value) if text.is_ascii() => text.eq_ignore_ascii_case(value),
            Self::Whole(value) => text.to_lowercase() == *value,
            Self::Search(regex) => regex.is_match(text),
            Self::Never => false,
        }
    }
}

fn without_wildcards(word: &[Piece]) -> Vec<Piece> {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Any => "*".to_owned(),
    };
    vec![Piece::Text(word.iter().map(text).collect())]
}

/// The pieces as one text, if no asterisk is among them.
fn texts(pieces: &[Piece]) -> Option<String> {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Any => None,
        })
        .collect()
}

fn glob(pieces: &[Piece], any: &str) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => regex::escape(text),
        Piece::Any => any.to_owned(),
    };
    pieces.iter().map(piece).collect()
}

/// Words side by side, whatever stands between them; nothing if there is no letter to look for.
fn as_words(pieces: &[Piece]) -> Option<Pattern> {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let piece = |piece: &Piece| match piece {
        Piece::Any => r"\w*".to_owned(),
        Piece::Text(text) => {
            let words: Vec<String> =
                text.split(|c| !is_letter(c)).filter(|word| !word.is_empty()).map(regex::escape).collect();
            words.join(r"\W+")
        }
    };
    let inner: String = pieces.iter().map(piece).collect();
    (!inner.is_empty()).then(|| search(&format!(r"\b{inner}\b"), false))
}

/// Only escaped text and the few operators of this file come here, within the limits of a query.
fn search(expression: &str, exact: bool) -> Pattern {
    let regex = RegexBuilder::new(expression)
        .case_insensitive(!exact)
        .dot_matches_new_line(true)
        .size_limit(SIZE_LIMIT)
        .build();
    // What cannot be compiled is found nowhere.
    regex.map_or(Pattern::Never, Pattern::Search)
}

/// Far more than the longest query needs.
const SIZE_LIMIT: usize = 64 * 1024 * 1024;
