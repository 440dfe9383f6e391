//! From bytes to values: JSON and YAML.
//!
//! CloudFormation is not told a file's name. What begins with `{` is JSON for it, all else YAML.

mod json;
mod plain_scalar;
mod yaml;

use super::error::{Reason, TemplateError};
use super::node::Node;

/// What CloudFormation takes from S3, in bytes (CloudFormation quotas).
pub(super) const MAX_BYTES: usize = 1_000_000;
/// How deep values may be nested. Real templates stay below 20.
const MAX_DEPTH: usize = 100;

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Node, TemplateError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MAX_BYTES {
        return Err(TemplateError::whole(Reason::TooLarge { bytes: text.len(), limit: MAX_BYTES }));
    }
    if text.trim_start().starts_with('{') { json::read(text) } else { yaml::read(text) }
}
