//! Which containers are open while a value is skipped.

use super::reader::NotJson;

/// Containers inside of each other. AWS's limit is not known; Jackson, which much of AWS is built on, has this one.
pub(crate) const MAX_NESTING: usize = 1000;

const WORDS: usize = MAX_NESTING.div_ceil(64);

/// The containers that are open: a bit each, set for objects.
pub(crate) struct Open {
    nesting: usize,
    objects: [u64; WORDS],
    depth: usize,
}

impl Open {
    /// None yet, inside of `nesting` others.
    #[inline]
    pub(crate) fn new(nesting: usize) -> Self {
        Self { nesting, objects: [0; WORDS], depth: 0 }
    }

    #[inline]
    pub(crate) fn push(&mut self, is_object: bool) -> Result<(), NotJson> {
        if self.nesting + self.depth >= MAX_NESTING {
            return Err(NotJson);
        }
        let word = self.objects.get_mut(self.depth / 64).ok_or(NotJson)?;
        let bit = 1 << (self.depth % 64);
        *word = if is_object { *word | bit } else { *word & !bit };
        self.depth += 1;
        Ok(())
    }

    #[inline]
    pub(crate) fn pop(&mut self) {
        self.depth -= 1;
    }

    #[inline]
    pub(crate) fn innermost(&self) -> Option<bool> {
        let top = self.depth.checked_sub(1)?;
        self.objects.get(top / 64).map(|word| word >> (top % 64) & 1 == 1)
    }
}
