//! Primes from a random stream. The search of `rsa` itself takes several times as long, which tests would feel.

use num_bigint_dig::BigUint;
use num_bigint_dig::prime::{probably_prime, probably_prime_miller_rabin};
use rand_core::RngCore;

/// Candidates with a factor below this are not tested further.
const SIEVE_LIMIT: usize = 10_000;
/// Odd numbers that are looked at from one random start: a prime of 2048 bits is among them nearly always.
const WINDOW: usize = 1 << 14;

/// A prime of exactly `bits` bits, `bits` a multiple of 8 and at least 64, its two highest bits set, so that the product
/// of two has all its bits. These are keys for tests: eight rounds of Miller-Rabin and a Lucas test are enough.
pub(crate) fn prime(rng: &mut impl RngCore, bits: usize) -> BigUint {
    let small = small_primes();
    loop {
        let mut bytes = vec![0_u8; bits / 8];
        rng.fill_bytes(&mut bytes);
        if let Some(first) = bytes.first_mut() {
            *first |= 0xc0;
        }
        if let Some(last) = bytes.last_mut() {
            *last |= 1;
        }
        let start = BigUint::from_bytes_be(&bytes);
        for offset in survivors(&start, &small) {
            let candidate = &start + BigUint::from(offset);
            if candidate.bits() == bits
                && probably_prime_miller_rabin(&candidate, 1, true)
                && probably_prime(&candidate, 8)
            {
                return candidate;
            }
        }
    }
}

/// The offsets from the odd `start` to odd numbers without a small factor.
fn survivors(start: &BigUint, small: &[usize]) -> impl Iterator<Item = usize> {
    let mut composite = vec![false; WINDOW];
    for &prime in small {
        let remainder = (start % BigUint::from(prime)).to_bytes_le();
        let remainder = remainder.iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
        // The first odd number from `start` on that the prime divides, then each second multiple.
        let distance = (prime - remainder) % prime;
        let first = if distance % 2 == 0 { distance } else { distance + prime };
        composite.iter_mut().skip(first / 2).step_by(prime).for_each(|mark| *mark = true);
    }
    composite.into_iter().enumerate().filter(|(_, composite)| !composite).map(|(index, _)| index * 2)
}

/// The odd primes below [`SIEVE_LIMIT`].
fn small_primes() -> Vec<usize> {
    let is_prime =
        |number: &usize| (3..).step_by(2).take_while(|d| d * d <= *number).all(|d| !number.is_multiple_of(d));
    (3..SIEVE_LIMIT).step_by(2).filter(is_prime).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sns::seed::{Purpose, stream};

    #[test]
    fn the_sieve_leaves_just_what_has_no_small_factor() {
        let start = BigUint::from(1_000_000_007_u64);
        let small = small_primes();
        assert_eq!((small.len(), small.first(), small.last()), (1228, Some(&3), Some(&9973)));
        let left: Vec<usize> = survivors(&start, &small).take(20).collect();
        let want: Vec<usize> = (0..)
            .step_by(2)
            .filter(|offset| small.iter().all(|prime| (1_000_000_007 + offset) % prime != 0))
            .take(20)
            .collect();
        assert_eq!(left, want);
    }

    #[test]
    fn a_prime_has_all_its_bits() {
        for counter in 0..20 {
            let prime = prime(&mut stream(1, Purpose::RsaKey, counter), 128);
            assert_eq!(prime.bits(), 128);
            assert!(probably_prime(&prime, 20));
        }
    }
}
