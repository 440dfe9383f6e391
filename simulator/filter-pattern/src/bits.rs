//! Sets of small numbers.

/// Numbers, a bit each. They are counted by patterns, so there are hundreds at most.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    #[inline]
    pub(crate) fn insert(&mut self, number: usize) {
        let word = number / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (number % 64);
    }

    pub(crate) fn clear(&mut self) {
        self.words.clear();
    }

    /// Ascending.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(place, &word)| ones(word).map(move |bit| 64 * place + bit))
    }

    /// Asks for each number, ascending, whether it stays.
    #[inline]
    pub(crate) fn retain(&mut self, mut stays: impl FnMut(usize) -> bool) {
        for (place, word) in self.words.iter_mut().enumerate() {
            for bit in ones(*word) {
                if !stays(64 * place + bit) {
                    *word &= !(1 << bit);
                }
            }
        }
    }
}

/// The places of the bits that are set.
#[inline]
fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros();
        word &= word.wrapping_sub(1);
        (bit < 64).then_some(bit as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn numbers_come_back_ascending_and_once() {
        let mut bits = Bits::default();
        for number in [200, 0, 63, 64, 64, 65, 127, 200] {
            bits.insert(number);
        }
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 65, 127, 200]);
        bits.retain(|number| number % 2 == 0);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 64, 200]);
        bits.clear();
        assert_eq!(bits.iter().count(), 0);
    }
}
