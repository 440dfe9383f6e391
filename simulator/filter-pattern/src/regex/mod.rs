//! AWS's regular expressions, looked for in a text.
//!
//! They are translated ([`translate`]) for the `regex` crate, which knows no backtracking. What can be told without
//! running it is told so ([`shape`], [`edge`]).

mod edge;
mod shape;
mod translate;

use memchr::memmem::Finder;
use regex_syntax::hir::HirKind;

use self::edge::{ByteSet, End};
pub(crate) use self::shape::Texts;
pub(crate) use self::translate::{NotCompiled, is_allowed};

/// Bytes of compiled program. AWS's limit is not known; this one keeps `%a{1000}{1000}%` from eating the memory.
const SIZE_LIMIT: usize = 1 << 20;

/// A regular expression, looked for anywhere in a text.
#[derive(Debug, Clone)]
pub(crate) struct Regex {
    /// Between the percent signs.
    source: String,
    /// Characters that stand before and behind what is looked for, whichever they are.
    around: (usize, usize),
    /// The least bytes of what is looked for: shorter texts need not be tried.
    least: usize,
    wanted: Wanted,
    texts: Option<Texts>,
}

/// What is looked for.
#[derive(Debug, Clone)]
enum Wanted {
    /// Any of these bytes: those of single characters.
    Byte(Box<ByteSet>),
    Text(Box<Finder<'static>>),
    Match {
        regex: regex::Regex,
        /// What the text must begin and end with.
        first: Option<Box<ByteSet>>,
        last: Option<Box<ByteSet>>,
    },
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Regex {
    pub(crate) fn new(source: &str) -> Result<Self, NotCompiled> {
        let translated = translate::translate(source)?;
        // What is too large as a whole is refused, even where less of it would do.
        compile(&translated)?;
        let mut parser = regex_syntax::ParserBuilder::new().dot_matches_new_line(true).build();
        let hir = parser.parse(&translated).map_err(|_| NotCompiled)?;
        let (before, hir, after) = shape::without_dots(shape::trimmed(hir));
        let least = hir.properties().minimum_len().unwrap_or(0);
        let texts =
            shape::texts(&hir).map(|texts| if before + after > 0 { texts.into_needed() } else { texts });
        let wanted = match (hir.kind(), edge::of_class(&hir)) {
            (HirKind::Literal(text), _) => Wanted::Text(Box::new(Finder::new(&text.0).into_owned())),
            (_, Some(bytes)) => Wanted::Byte(Box::new(bytes)),
            _ => Wanted::Match {
                regex: compile(&hir.to_string())?,
                first: edge::bytes_at(End::First, &hir).map(Box::new),
                last: edge::bytes_at(End::Last, &hir).map(Box::new),
            },
        };
        Ok(Self { source: source.to_owned(), around: (before, after), least, wanted, texts })
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        let Some(text) = without_ends(text, self.around) else { return false };
        if text.len() < self.least {
            return false;
        }
        let bytes = text.as_bytes();
        match &self.wanted {
            Wanted::Byte(set) => bytes.iter().any(|byte| set[usize::from(*byte)]),
            Wanted::Text(finder) => finder.find(bytes).is_some(),
            Wanted::Match { regex, first, last } => {
                let fits = |set: &Option<Box<ByteSet>>, byte: Option<&u8>| match (set, byte) {
                    (Some(set), Some(byte)) => set[usize::from(*byte)],
                    (Some(_), None) => false,
                    (None, _) => true,
                };
                fits(first, bytes.first()) && fits(last, bytes.last()) && regex.is_match(text)
            }
        }
    }

    /// Texts by which a message can be told not to match, or even to match, where they help.
    pub(crate) fn texts(&self) -> Option<&Texts> {
        match (&self.texts, &self.wanted) {
            // Running it costs less than looking for texts.
            (_, Wanted::Match { first: Some(_), .. } | Wanted::Match { last: Some(_), .. }) => None,
            (texts, _) => texts.as_ref(),
        }
    }
}

fn compile(translated: &str) -> Result<regex::Regex, NotCompiled> {
    let mut builder = regex::RegexBuilder::new(translated);
    builder.dot_matches_new_line(true).size_limit(SIZE_LIMIT).build().map_err(|_| NotCompiled)
}

/// The text without so many characters at its start and end, if it has as many.
#[inline]
fn without_ends(text: &str, (before, after): (usize, usize)) -> Option<&str> {
    let mut characters = text.chars();
    if before > 0 {
        characters.nth(before - 1)?;
    }
    if after > 0 {
        characters.nth_back(after - 1)?;
    }
    Some(characters.as_str())
}

#[cfg(test)]
mod tests;
