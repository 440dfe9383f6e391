//! Constants of a modulus for Montgomery's multiplication, which `vrl/verify_sns.vrl` does with 76 limbs of 27 bits.
//!
//! P. L. Montgomery, "Modular Multiplication Without Trial Division", 1985: with `R = 2^2052` and an odd modulus `n`,
//! `x * y / R mod n` needs no division but by powers of two.

/// Bytes of a modulus of RSA-2048.
pub(super) const MODULUS_BYTES: usize = 256;

/// Bits of a limb: the largest with which the sums of the VRL program stay below 2^63.
const LIMB_BITS: u32 = 27;
/// Limbs of a number: the first multiple of four that holds 2,048 bits and a few more.
const LIMBS: u32 = 76;

/// `R * R mod n`, which brings numbers into Montgomery's form. Both numbers are big-endian.
pub(super) fn r_squared(modulus: &[u8; MODULUS_BYTES]) -> [u8; MODULUS_BYTES] {
    let mut value = [0; MODULUS_BYTES];
    value[MODULUS_BYTES - 1] = 1;
    for _ in 0..2 * LIMB_BITS * LIMBS {
        double(&mut value, modulus);
    }
    value
}

/// `value * 2 mod n`.
fn double(value: &mut [u8; MODULUS_BYTES], modulus: &[u8; MODULUS_BYTES]) {
    let mut carry = 0;
    for byte in value.iter_mut().rev() {
        let doubled = (*byte << 1) | carry;
        carry = *byte >> 7;
        *byte = doubled;
    }
    if carry == 1 || *value >= *modulus {
        let mut borrow = false;
        for (byte, subtrahend) in value.iter_mut().zip(modulus).rev() {
            let (difference, first) = byte.overflowing_sub(*subtrahend);
            let (difference, second) = difference.overflowing_sub(u8::from(borrow));
            (*byte, borrow) = (difference, first || second);
        }
    }
}

/// `-1 / n mod 2^27`, by which the lowest limb of a sum says which multiple of an odd modulus makes it vanish.
pub(super) fn n_prime(modulus: &[u8; MODULUS_BYTES]) -> u32 {
    let n = modulus[MODULUS_BYTES - 4..].iter().fold(0, |n, byte| (n << 8) | u32::from(*byte));
    // Newton's iteration: each round doubles the number of right bits, and an odd number is its own inverse modulo 8.
    let inverse =
        (0..4).fold(n, |inverse, _| inverse.wrapping_mul(2_u32.wrapping_sub(n.wrapping_mul(inverse))));
    inverse.wrapping_neg() % (1 << LIMB_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(low: u16) -> [u8; MODULUS_BYTES] {
        let mut number = [0; MODULUS_BYTES];
        number[MODULUS_BYTES - 2..].copy_from_slice(&low.to_be_bytes());
        number
    }

    /// R² is 2^4104.
    #[test]
    fn r_squared_is_right_where_it_can_be_seen() {
        // n = 2^2048 - 1: 2^4096 is 1, so 2^4104 is 2^8.
        assert_eq!(r_squared(&[0xff; MODULUS_BYTES]), number(1 << 8));
        // n = 2^2047 + 1: 2^4094 is (-1)^2 = 1, so 2^4104 is 2^10.
        let mut modulus = number(1);
        modulus[0] = 0x80;
        assert_eq!(r_squared(&modulus), number(1 << 10));
    }

    #[test]
    fn n_times_n_prime_is_minus_one() {
        for low in [1_u16, 3, 5, 7, 9, 0x1235, 0x8001, 0xffff] {
            let mut modulus = number(low);
            modulus[MODULUS_BYTES - 4] = 0xa5;
            let n = u32::from_be_bytes([0xa5, 0, low.to_be_bytes()[0], low.to_be_bytes()[1]]);
            let product = n.wrapping_mul(n_prime(&modulus)) % (1 << LIMB_BITS);
            assert_eq!(product, (1 << LIMB_BITS) - 1, "{low}");
        }
    }
}
