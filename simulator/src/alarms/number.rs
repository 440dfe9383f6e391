//! Numbers as Java prints them, because CloudWatch's texts and JSON hold `Double.toString`.

use std::fmt::Write;

/// `1.0`, `45628.0`, `0.0666851903306472`, `1.0E7`: the shortest digits that name the number, plain from 10⁻³ up to
/// below 10⁷ and in scientific form elsewhere.
///
/// The layout is Java's contract (`Double.toString`); the digits are those of Java 19 and later, which are the shortest.
#[must_use]
pub fn java_double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let size = number.abs();
    if size.is_infinite() {
        return format!("{sign}Infinity");
    }
    if size == 0.0 {
        return format!("{sign}0.0");
    }
    if (1e-3..1e7).contains(&size) {
        let plain = format!("{size}");
        let point = if plain.contains('.') { "" } else { ".0" };
        return format!("{sign}{plain}{point}");
    }
    let scientific = format!("{size:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    format!("{sign}{digits}{point}E{exponent}")
}

/// Appends a number to JSON, as Jackson writes a double: not a number and the infinities are quoted.
pub(super) fn push_double(out: &mut String, number: f64) {
    let text = java_double(number);
    if number.is_finite() {
        out.push_str(&text);
    } else {
        // Writing to a String cannot fail.
        let _ = write!(out, "\"{text}\"");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_laid_out_as_java_does() {
        for (number, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (45_628.0, "45628.0"),
            (0.066_685_190_330_647_2, "0.0666851903306472"),
            (12.499_999_999_999_993, "12.499999999999993"),
            (0.001, "0.001"),
            (0.000_999, "9.99E-4"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (-1e21, "-1.0E21"),
            (f64::MAX, "1.7976931348623157E308"),
            (5e-324, "5.0E-324"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(java_double(number), text);
        }
    }

    proptest! {
        #[test]
        fn any_number_reads_back_as_itself_and_has_a_point(number in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO) {
            let text = java_double(number);
            let back: f64 = text.parse().unwrap_or(f64::NAN);
            prop_assert_eq!(back.to_bits(), number.to_bits());
            prop_assert!(text.contains('.'));
            let scientific = text.contains('E');
            prop_assert_eq!(scientific, number != 0.0 && !(1e-3..1e7).contains(&number.abs()));
        }
    }
}
