//! What can be known of an expression without running it.
//!
//! Only whether a text matches is ever asked, never where. So much of an expression need not be looked for:
//! `ab[0-9]*` is found wherever `ab` is.

use std::collections::BTreeSet;

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Dot, Hir, HirKind, Repetition};

/// Texts by which to tell whether a text matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Texts {
    /// It matches exactly if one of these occurs in it.
    Exactly(BTreeSet<String>),
    /// It does not match if none of these occurs in it.
    Needed(BTreeSet<String>),
}

impl Texts {
    /// The same, known less well.
    pub(super) fn into_needed(self) -> Self {
        match self {
            Self::Exactly(texts) | Self::Needed(texts) => Self::Needed(texts),
        }
    }
}

/// An expression that matches where the original does, with less to look for.
pub(super) fn trimmed(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Alternation(branches) => Hir::alternation(branches.into_iter().map(trimmed).collect()),
        HirKind::Concat(mut parts) => {
            let end = parts.iter().rposition(|part| !may_be_empty(part)).map_or(0, |last| last + 1);
            parts.truncate(end);
            let start = parts.iter().position(|part| !may_be_empty(part)).unwrap_or(0);
            parts.drain(..start);
            if let Some(last) = parts.pop() {
                parts.push(least(last));
            }
            if let Some(first) = parts.first_mut() {
                *first = least(std::mem::replace(first, Hir::empty()));
            }
            Hir::concat(parts)
        }
        HirKind::Repetition(repetition) => least(Hir::repetition(repetition)),
        kind => hir_of(kind),
    }
}

/// A part that can be left out where nothing comes before it, or nothing after it.
fn may_be_empty(part: &Hir) -> bool {
    matches!(part.kind(), HirKind::Empty)
        || matches!(part.kind(), HirKind::Repetition(Repetition { min: 0, .. }))
}

/// Repeated as seldom as may be.
fn least(part: Hir) -> Hir {
    match part.into_kind() {
        HirKind::Repetition(Repetition { min, greedy, sub, .. }) => {
            Hir::repetition(Repetition { min, max: Some(min), greedy, sub })
        }
        kind => hir_of(kind),
    }
}

fn hir_of(kind: HirKind) -> Hir {
    match kind {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => Hir::repetition(repetition),
        HirKind::Capture(capture) => Hir::capture(capture),
        HirKind::Concat(parts) => Hir::concat(parts),
        HirKind::Alternation(branches) => Hir::alternation(branches),
    }
}

/// Takes the dots from both ends: how many there were at the start, the rest, and how many at the end. The rest must
/// be found that many characters away from the ends of a text.
pub(super) fn without_dots(hir: Hir) -> (usize, Hir, usize) {
    if !hir.properties().look_set().is_empty() {
        return (0, hir, 0);
    }
    let mut parts = match hir.into_kind() {
        HirKind::Concat(parts) => parts,
        kind => vec![hir_of(kind)],
    };
    let mut after = 0;
    while let Some(dots) = parts.last().and_then(dots) {
        after += dots;
        parts.pop();
    }
    let start = parts.iter().position(|part| dots(part).is_none()).unwrap_or(parts.len());
    let before = parts.drain(..start).filter_map(|part| dots(&part)).sum();
    (before, Hir::concat(parts), after)
}

/// How many characters a part takes, if it takes any so many.
fn dots(part: &Hir) -> Option<usize> {
    let is_dot = |part: &Hir| *part == Hir::dot(Dot::AnyChar);
    match part.kind() {
        HirKind::Class(_) if is_dot(part) => Some(1),
        HirKind::Repetition(repetition)
            if is_dot(&repetition.sub) && repetition.max == Some(repetition.min) =>
        {
            usize::try_from(repetition.min).ok()
        }
        _ => None,
    }
}

/// The most texts that are worth looking for in the place of one expression.
const MOST_TEXTS: usize = 16;

/// The texts of a trimmed expression, if it has any to go by.
pub(super) fn texts(hir: &Hir) -> Option<Texts> {
    let looks = !hir.properties().look_set().is_empty();
    let extract = |kind| {
        let sequence = Extractor::new().kind(kind).limit_total(MOST_TEXTS).extract(hir);
        let texts: Option<BTreeSet<String>> = sequence
            .literals()?
            .iter()
            .map(|literal| String::from_utf8(literal.as_bytes().to_vec()).ok())
            .collect();
        let texts = texts.filter(|texts| !texts.iter().any(String::is_empty))?;
        Some(if sequence.is_exact() && !looks { Texts::Exactly(texts) } else { Texts::Needed(texts) })
    };
    let found = [extract(ExtractKind::Prefix), extract(ExtractKind::Suffix), inner(hir).map(Texts::Needed)];
    found.into_iter().flatten().max_by_key(|texts| match texts {
        Texts::Exactly(_) => usize::MAX,
        Texts::Needed(texts) => texts.iter().map(String::len).min().unwrap_or(0),
    })
}

/// The longest text that stands as it is in an expression.
fn inner(hir: &Hir) -> Option<BTreeSet<String>> {
    let HirKind::Concat(parts) = hir.kind() else {
        return None;
    };
    let literals = parts.iter().filter_map(|part| match part.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok(),
        _ => None,
    });
    literals.max_by_key(|literal| literal.len()).map(|longest| BTreeSet::from([longest.to_owned()]))
}
