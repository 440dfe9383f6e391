//! Numbers as patterns and log fields write them.

/// The value of a text that is wholly a number: an optional sign, digits, an optional fraction, an optional exponent.
/// Anything else, such as `inf`, `0x10`, `1.` or ` 1`, is none.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let rest = digits(unsigned)?;
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => digits(fraction)?,
        None => rest,
    };
    let rest = match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))?,
        None => rest,
    };
    if rest.is_empty() { text.parse().ok() } else { None }
}

/// What follows after one digit or more.
fn digits(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_number_has_sign_digits_fraction_and_exponent() {
        for (text, value) in
            [("1", 1.0), ("+1000", 1000.0), ("-1.5", -1.5), ("1e+0", 1.0), ("10E-3", 0.01), ("007", 7.0)]
        {
            assert_eq!(parse(text), Some(value), "{text}");
        }
        for text in
            ["", "+", "1.", ".5", "1e", "1e+", "inf", "NaN", "0x10", " 1", "1 ", "1_0", "1.2.3", "--1"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
