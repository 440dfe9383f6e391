//! The bytes that must stand at an end of a text for an expression that is tied to that end.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Which bytes are in, by their value.
pub(super) type ByteSet = [bool; 256];

/// An end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    First,
    Last,
}

/// The bytes that can stand at an end of a text that matches. None if the expression is not tied to that end in all its
/// branches, or may leave nothing there.
pub(super) fn bytes_at(end: End, hir: &Hir) -> Option<ByteSet> {
    let mut bytes = [false; 256];
    end.is_tied(hir, &mut bytes).then_some(bytes)
}

/// For an expression that is one class of characters: a text has one of them exactly if it has one of these bytes. None
/// for all other expressions.
pub(super) fn of_class(hir: &Hir) -> Option<ByteSet> {
    let HirKind::Class(Class::Unicode(class)) = hir.kind() else {
        return None;
    };
    // Beyond ASCII, bytes tell characters apart only if all are in, or none.
    let mut beyond = class.ranges().iter().filter(|range| !range.end().is_ascii());
    if beyond.any(|range| range.start() > '\u{80}' || range.end() < char::MAX) {
        return None;
    }
    let mut bytes = [false; 256];
    End::First.add(hir, &mut bytes)?;
    Some(bytes)
}

impl End {
    fn is_tied(self, hir: &Hir, bytes: &mut ByteSet) -> bool {
        match hir.kind() {
            HirKind::Alternation(branches) => branches.iter().all(|branch| self.is_tied(branch, bytes)),
            HirKind::Concat(parts) => {
                let mut from_here: Vec<&Hir> = parts.iter().collect();
                let anchor = match self {
                    Self::First => Look::Start,
                    Self::Last => {
                        from_here.reverse();
                        Look::End
                    }
                };
                let Some((&HirKind::Look(look), rest)) =
                    from_here.split_first().map(|(first, rest)| (first.kind(), rest))
                else {
                    return false;
                };
                // Behind a part that may be empty, the next one can stand at the end, too.
                let sure = rest.iter().map(|part| self.add(part, bytes)).find(|sure| *sure != Some(false));
                look == anchor && sure == Some(Some(true))
            }
            _ => false,
        }
    }

    /// Adds the bytes that a part can have at this end. Whether it has one for sure; none if too little is known of it.
    fn add(self, part: &Hir, bytes: &mut ByteSet) -> Option<bool> {
        match part.kind() {
            HirKind::Literal(literal) => {
                let byte = if self == Self::First { literal.0.first() } else { literal.0.last() };
                bytes[usize::from(*byte?)] = true;
                Some(true)
            }
            HirKind::Class(Class::Unicode(class)) => {
                for range in class.ranges() {
                    // All that is not ASCII is taken together.
                    let more = if self == Self::First { 0xC2..=0xF4 } else { 0x80..=0xBF };
                    let ascii = u32::from(range.start())..=u32::from(range.end()).min(0x7F);
                    let more = more.filter(|_| !range.end().is_ascii());
                    for byte in ascii.chain(more) {
                        bytes[byte as usize & 0xFF] = true;
                    }
                }
                Some(true)
            }
            HirKind::Repetition(repetition) => {
                let sure = self.add(&repetition.sub, bytes)?;
                Some(sure && repetition.min > 0)
            }
            HirKind::Alternation(branches) => {
                branches.iter().try_fold(true, |sure, branch| Some(self.add(branch, bytes)? && sure))
            }
            HirKind::Empty
            | HirKind::Look(_)
            | HirKind::Capture(_)
            | HirKind::Concat(_)
            | HirKind::Class(_) => None,
        }
    }
}
