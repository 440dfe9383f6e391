//! What text without quotes is in YAML.

use super::super::node::Kind;

/// What a plain scalar is by YAML 1.1 (without `y` and `n`, as its common implementations have it).
pub(super) fn plain_scalar(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Kind::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Kind::Bool(false),
        _ if is_decimal(text) => Kind::Number(text.strip_prefix('+').unwrap_or(text).to_owned()),
        _ => Kind::Text(text.to_owned()),
    }
}

/// `0`, `-12`, `1.50`, `.5`, `1e3`, but not `012`.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let exponent_is_number = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && all_digits(exponent)
    });
    has_digits
        && !leading_zero
        && all_digits(whole)
        && all_digits(fraction)
        && exponent_is_number
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}
