//! The ARN of a topic, taken apart once.

use std::fmt;

use super::region::Region;

/// `arn:<partition>:sns:<region>:<account>:<name>` of a region that is known, in its right partition.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TopicArn {
    text: String,
    region: &'static Region,
    account: std::ops::Range<usize>,
}

/// Why a text is no topic's ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicArnError {
    /// Not `arn:<partition>:sns:<region>:<account>:<name>`.
    #[error("not an SNS topic ARN (arn:<partition>:sns:<region>:<account>:<name>)")]
    Shape,
    /// A region that this version does not know.
    #[error("region {0:?} is not one in which SNS is known to exist")]
    Region(String),
    /// A region of another partition, such as `arn:aws:sns:cn-north-1:…`.
    #[error("region {region} belongs to partition {expected}, not to {found:?}")]
    Partition {
        /// The region's code.
        region: &'static str,
        /// The partition that the region is in.
        expected: &'static str,
        /// The partition that the ARN names.
        found: String,
    },
}

impl TopicArn {
    /// Takes an ARN apart. Accounts have 12 digits; names have 1 to 256 letters, digits, `-` and `_`, and
    /// those of FIFO topics end in `.fifo` (`CreateTopic` in the SNS API reference).
    pub fn parse(text: &str) -> Result<Self, TopicArnError> {
        Self::take(text.to_owned())
    }

    /// The same without a copy.
    pub(super) fn take(text: String) -> Result<Self, TopicArnError> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().ok_or(TopicArnError::Shape);
        let (arn, partition, service) = (next()?, next()?, next()?);
        let (region, account, name) = (next()?, next()?, next()?);
        let account_is_sound = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        if arn != "arn" || service != "sns" || !account_is_sound || !is_topic_name(name) {
            return Err(TopicArnError::Shape);
        }
        let region = Region::find(region).ok_or_else(|| TopicArnError::Region(excerpt(region)))?;
        if region.partition().id() != partition {
            return Err(TopicArnError::Partition {
                region: region.code(),
                expected: region.partition().id(),
                found: excerpt(partition),
            });
        }
        let account_start = text.len() - name.len() - 1 - account.len();
        let account = account_start..account_start + account.len();
        Ok(Self { text, region, account })
    }

    /// The ARN as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The region that the topic lives in.
    #[must_use]
    pub const fn region(&self) -> &'static Region {
        self.region
    }

    /// The account that owns the topic, 12 digits.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.text[self.account.clone()]
    }

    /// The topic's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[self.account.end + 1..]
    }

    /// Whether a subscription's ARN lies under this topic: the topic's ARN, a colon and an id.
    #[must_use]
    pub fn owns_subscription(&self, subscription_arn: &str) -> bool {
        let id = subscription_arn.strip_prefix(&self.text).and_then(|rest| rest.strip_prefix(':'));
        id.is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
    }
}

fn is_topic_name(name: &str) -> bool {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    !stem.is_empty()
        && name.len() <= 256
        && stem.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Enough of a stranger's text to recognise it by.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

impl fmt::Debug for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_taken_apart() {
        let arn = TopicArn::parse("arn:aws-cn:sns:cn-north-1:123456789012:ops-alarms").ok();
        assert_eq!(arn.as_ref().map(|a| a.region().code()), Some("cn-north-1"));
        assert_eq!(arn.as_ref().map(TopicArn::account), Some("123456789012"));
        assert_eq!(arn.as_ref().map(TopicArn::name), Some("ops-alarms"));
    }

    #[test]
    fn names_of_fifo_topics_end_in_fifo() {
        assert!(TopicArn::parse("arn:aws:sns:us-east-1:123456789012:orders.fifo").is_ok());
        assert!(TopicArn::parse("arn:aws:sns:us-east-1:123456789012:orders.dev").is_err());
    }

    #[test]
    fn what_is_no_topic_is_refused() {
        let longest = "n".repeat(256);
        assert!(TopicArn::parse(&format!("arn:aws:sns:us-east-1:123456789012:{longest}")).is_ok());
        for text in [
            "",
            "not-an-arn",
            "arn:aws:sns:us-east-1:123456789012",
            "arn:aws:sns:us-east-1:123456789012:",
            "arn:aws:sqs:us-east-1:123456789012:queue",
            "arn:aws:sns:us-east-1:12345678901:short-account",
            "arn:aws:sns:us-east-1:12345678901x:letters",
            "arn:aws:sns:us-east-1:123456789012:topic:subscription",
            "arn:aws:sns:us-east-1:123456789012:a b",
            "ARN:aws:sns:us-east-1:123456789012:topic",
            &format!("arn:aws:sns:us-east-1:123456789012:{longest}n"),
        ] {
            assert_eq!(TopicArn::parse(text), Err(TopicArnError::Shape), "{text}");
        }
    }

    #[test]
    fn a_region_must_be_known_and_in_its_partition() {
        let unknown = TopicArn::parse("arn:aws:sns:s3-us-west-2:123456789012:t");
        assert_eq!(unknown, Err(TopicArnError::Region("s3-us-west-2".into())));
        let foreign = TopicArn::parse("arn:aws:sns:cn-north-1:123456789012:t");
        assert_eq!(
            foreign.map_err(|e| e.to_string()),
            Err("region cn-north-1 belongs to partition aws-cn, not to \"aws\"".to_owned())
        );
    }

    #[test]
    fn a_subscription_lies_under_its_topic_alone() {
        let arn = TopicArn::parse("arn:aws:sns:us-east-1:123456789012:ops").ok();
        let owns = |text: &str| arn.as_ref().is_some_and(|arn| arn.owns_subscription(text));
        assert!(owns("arn:aws:sns:us-east-1:123456789012:ops:7d1a0f52-0000-4000-8000-000000000000"));
        assert!(!owns("arn:aws:sns:us-east-1:123456789012:ops"));
        assert!(!owns("arn:aws:sns:us-east-1:123456789012:ops:"));
        assert!(!owns("arn:aws:sns:us-east-1:123456789012:ops2:7d1a"));
        assert!(!owns("arn:aws:sns:us-east-1:999999999999:ops:7d1a"));
        assert!(!owns("pending confirmation"));
    }
}
