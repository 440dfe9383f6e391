//! Confirming a subscription: the URL is built anew from what was verified, never visited as it came.
//!
//! `ConfirmSubscription` in the SNS API reference; the answers as recorded in aws SNS captures.

use std::fmt;

use url::Url;

use super::envelope::{Content, Envelope};
use super::topic_arn::TopicArn;
use super::verify::Verified;

/// The most bytes that are read of the answer to a confirmation; SNS's have about 400.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// A subscription that SNS asks to have confirmed, from a verified message.
#[derive(Clone, PartialEq, Eq)]
pub struct SubscriptionRequest {
    topic: TopicArn,
    host: String,
    url: Url,
}

/// Why a confirmation is not sent, or not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// A message of another type.
    #[error("the message does not confirm a subscription")]
    NotAConfirmation,
    /// A token that is not a token.
    #[error("Token is not 32 to 1024 letters and digits")]
    Token,
    /// The message's own URL leads elsewhere.
    #[error("SubscribeURL is not the ConfirmSubscription call of the message's topic and token")]
    Url,
    /// SNS said no.
    #[error("SNS answered the confirmation with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// A yes without the ARN of a subscription to this topic.
    #[error("the answer to the confirmation has no SubscriptionArn under {topic}")]
    Answer {
        /// The topic.
        topic: String,
    },
}

impl SubscriptionRequest {
    /// Builds the confirming URL from the host that vouched for the message, its topic and its token, and
    /// demands that the message's `SubscribeURL` says the same.
    pub fn new(message: &Verified<Envelope>) -> Result<Self, SubscriptionError> {
        let Content::SubscriptionConfirmation(confirmation) = &message.content else {
            return Err(SubscriptionError::NotAConfirmation);
        };
        let token = &confirmation.token;
        if !(32..=1024).contains(&token.len()) || !token.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(SubscriptionError::Token);
        }
        let (host, topic) = (message.signing_host(), &message.topic_arn);
        let url = format!("https://{host}/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}");
        let url = Url::parse(&url).map_err(|_| SubscriptionError::Url)?;
        let claimed = Url::parse(&confirmation.subscribe_url).map_err(|_| SubscriptionError::Url)?;
        if !says_the_same(&url, &claimed) {
            return Err(SubscriptionError::Url);
        }
        Ok(Self { topic: topic.clone(), host: host.to_owned(), url })
    }

    /// The topic that is subscribed to.
    #[must_use]
    pub const fn topic(&self) -> &TopicArn {
        &self.topic
    }

    /// The host to ask.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The URL to GET, without following redirects. It holds the token: a secret until it is used.
    #[must_use]
    pub const fn secret_url(&self) -> &Url {
        &self.url
    }

    /// Reads SNS's answer: the ARN of the subscription, which has to lie under the topic.
    pub fn confirmed_arn(&self, status: u16, body: &[u8]) -> Result<String, SubscriptionError> {
        if status != 200 {
            return Err(SubscriptionError::Status { status });
        }
        let answer = || SubscriptionError::Answer { topic: self.topic.to_string() };
        let text = std::str::from_utf8(body).map_err(|_| answer())?;
        let (_, rest) = text.split_once("<SubscriptionArn>").ok_or_else(answer)?;
        let (arn, _) = rest.split_once("</SubscriptionArn>").ok_or_else(answer)?;
        if self.topic.owns_subscription(arn) { Ok(arn.to_owned()) } else { Err(answer()) }
    }
}

fn says_the_same(ours: &Url, claimed: &Url) -> bool {
    let pairs = |url: &Url| {
        let mut pairs: Vec<_> = url.query_pairs().into_owned().collect();
        pairs.sort();
        pairs
    };
    ours.origin() == claimed.origin()
        && claimed.path() == "/"
        && claimed.username().is_empty()
        && claimed.password().is_none()
        && claimed.fragment().is_none()
        && pairs(ours) == pairs(claimed)
}

impl fmt::Debug for SubscriptionRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubscriptionRequest").field("topic", &self.topic).finish_non_exhaustive()
    }
}
