//! The topics that are listened to. A signature proves that a message is from SNS, not from whose topic:
//! anybody with an AWS account can have SNS sign a message and post it here.

use std::str::FromStr;

use super::topic_arn::TopicArn;

/// The topics whose messages are accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList {
    patterns: Vec<TopicPattern>,
}

/// A topic's ARN in which `*` stands for any text within the region, the account or the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicPattern {
    partition: String,
    region: String,
    account: String,
    name: String,
}

/// Why a text is no topic pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicPatternError {
    /// Not `arn:<partition>:sns:<region>:<account>:<name>`.
    #[error(
        "{0:?} is not arn:<partition>:sns:<region>:<account>:<name>; * may stand in the last three parts"
    )]
    Shape(String),
    /// An ARN without `*` that no topic can have.
    #[error("{pattern:?} can match no topic: {reason}")]
    NeverMatches {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl AllowList {
    /// A list of these patterns. An empty one accepts nothing.
    #[must_use]
    pub const fn new(patterns: Vec<TopicPattern>) -> Self {
        Self { patterns }
    }

    /// Whether a topic's messages are accepted.
    #[must_use]
    pub fn allows(&self, topic: &TopicArn) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(topic))
    }

    /// Whether nothing at all is accepted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The patterns that accept topics of every account, strangers' among them.
    pub fn open_to_every_account(&self) -> impl Iterator<Item = &TopicPattern> {
        self.patterns.iter().filter(|pattern| pattern.account.bytes().all(|b| b == b'*'))
    }
}

impl TopicPattern {
    fn matches(&self, topic: &TopicArn) -> bool {
        self.partition == topic.region().partition().id()
            && wildcard_matches(&self.region, topic.region().code())
            && wildcard_matches(&self.account, topic.account())
            && wildcard_matches(&self.name, topic.name())
    }
}

impl FromStr for TopicPattern {
    type Err = TopicPatternError;

    fn from_str(text: &str) -> Result<Self, TopicPatternError> {
        let parts: Vec<&str> = text.split(':').collect();
        let [arn, partition, service, region, account, name] = parts.as_slice() else {
            return Err(TopicPatternError::Shape(text.to_owned()));
        };
        let literal = |part: &str| !part.is_empty() && !part.contains('*');
        let filled = [region, account, name].iter().all(|part| !part.is_empty());
        if *arn != "arn" || *service != "sns" || !literal(partition) || !filled {
            return Err(TopicPatternError::Shape(text.to_owned()));
        }
        if !text.contains('*') {
            // A slip in an exact ARN would silence a topic for good.
            TopicArn::parse(text).map_err(|error| TopicPatternError::NeverMatches {
                pattern: text.to_owned(),
                reason: error.to_string(),
            })?;
        }
        Ok(Self {
            partition: (*partition).to_owned(),
            region: (*region).to_owned(),
            account: (*account).to_owned(),
            name: (*name).to_owned(),
        })
    }
}

impl std::fmt::Display for TopicPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "arn:{}:sns:{}:{}:{}", self.partition, self.region, self.account, self.name)
    }
}

/// Whether a text matches a pattern in which `*` stands for any number of characters. Linear in the text
/// for each `*`: a later star never has to give back what an earlier one took.
#[must_use]
pub fn wildcard_matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        let Some(found) = rest.find(piece) else { return false };
        rest = &rest[found + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, topic: &str) -> Option<bool> {
        let list = AllowList::new(vec![pattern.parse().ok()?]);
        Some(list.allows(&TopicArn::parse(topic).ok()?))
    }

    #[test]
    fn an_exact_arn_allows_itself_alone() {
        let ours = "arn:aws:sns:eu-west-1:123456789012:ops";
        assert_eq!(allows(ours, ours), Some(true));
        for other in [
            "arn:aws:sns:eu-west-1:123456789012:ops2",
            "arn:aws:sns:eu-west-1:123456789012:Ops",
            "arn:aws:sns:eu-west-2:123456789012:ops",
            "arn:aws:sns:eu-west-1:999999999999:ops",
        ] {
            assert_eq!(allows(ours, other), Some(false), "{other}");
        }
    }

    #[test]
    fn a_star_stays_within_its_part() {
        let topic = "arn:aws:sns:eu-west-1:123456789012:prod-alarms-eu";
        for (pattern, expected) in [
            ("arn:aws:sns:*:123456789012:prod-alarms-eu", true),
            ("arn:aws:sns:eu-*:123456789012:prod-*", true),
            ("arn:aws:sns:eu-west-1:*:*-alarms-*", true),
            ("arn:aws:sns:*:*:*", true),
            ("arn:aws:sns:eu-west-1:123456789012:*-alarms", false),
            ("arn:aws:sns:us-*:123456789012:*", false),
            ("arn:aws-cn:sns:*:*:*", false),
        ] {
            assert_eq!(allows(pattern, topic), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_cannot_match_are_refused() {
        for pattern in [
            "*",
            "arn:aws:sns:*",
            "arn:*:sns:eu-west-1:123456789012:ops",
            "arn:aws:sqs:eu-west-1:123456789012:ops",
            "arn:aws:sns::123456789012:ops",
            "arn:aws:sns:eu-west-1:123456789012:ops:extra",
            "arn:aws:sns:eu-west-11:123456789012:ops",
            "arn:aws:sns:cn-north-1:123456789012:ops",
            "arn:aws:sns:eu-west-1:1234:ops",
        ] {
            assert!(pattern.parse::<TopicPattern>().is_err(), "{pattern}");
        }
    }

    #[test]
    fn stars_match_any_text_even_none() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("**", "anything", true),
            ("*ab", "aab", true),
        ] {
            assert_eq!(wildcard_matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn patterns_open_to_strangers_are_told() {
        let patterns = ["arn:aws:sns:eu-west-1:*:ops", "arn:aws:sns:*:123456789012:*"];
        let list = AllowList::new(patterns.iter().filter_map(|p| p.parse().ok()).collect());
        let open: Vec<String> = list.open_to_every_account().map(ToString::to_string).collect();
        assert_eq!(open, [patterns[0]]);
    }
}
