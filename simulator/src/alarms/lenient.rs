//! Scalars as CloudFormation hands them over: numbers and booleans may come as strings.

use serde::{Deserialize, Deserializer, de::Error};

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Boolean(bool),
    Integer(u64),
    Number(f64),
    Text(String),
}

/// `1` or `"1"`.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let Some(scalar) = Option::<Scalar>::deserialize(deserializer)? else { return Ok(None) };
    let number = match &scalar {
        Scalar::Integer(number) => u32::try_from(*number).ok(),
        // CloudFormation turns `1` into `1.0` in places.
        Scalar::Number(number) if number.fract() == 0.0 => format!("{number:.0}").parse().ok(),
        Scalar::Text(text) => text.trim().parse().ok(),
        Scalar::Number(_) | Scalar::Boolean(_) => None,
    };
    number.map(Some).ok_or_else(|| D::Error::custom("expected a whole number of 0 or more"))
}

/// `0.5` or `"0.5"`.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let Some(scalar) = Option::<Scalar>::deserialize(deserializer)? else { return Ok(None) };
    let number = match scalar {
        #[allow(clippy::cast_precision_loss, reason = "a threshold is a double, as in the API")]
        Scalar::Integer(number) => Some(number as f64),
        Scalar::Number(number) => Some(number),
        Scalar::Text(text) => text.trim().parse().ok(),
        Scalar::Boolean(_) => None,
    };
    let number = number.filter(|number| number.is_finite());
    number.map(Some).ok_or_else(|| D::Error::custom("expected a number"))
}

/// `true` or `"true"`.
pub(super) fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Option::<Scalar>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Scalar::Boolean(boolean)) => Ok(Some(boolean)),
        Some(Scalar::Text(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(Scalar::Text(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err(D::Error::custom("expected true or false")),
    }
}
