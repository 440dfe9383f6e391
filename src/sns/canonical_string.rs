//! The text that SNS signs.
//!
//! "Verifying the signatures of Amazon SNS messages" in the SNS developer guide: the signed members in byte
//! order of their names, each name and each value followed by a line feed, values as they are after JSON's
//! escapes are undone.

use super::envelope::{Content, Envelope};

impl Envelope {
    /// The canonical string of this message. It is as long as the message and a few hundred bytes.
    #[must_use]
    pub fn canonical_string(&self) -> String {
        let mut text = String::with_capacity(self.message.len() + 1024);
        let mut sign = |name: &str, value: &str| {
            for part in [name, "\n", value, "\n"] {
                text.push_str(part);
            }
        };
        sign("Message", &self.message);
        sign("MessageId", &self.message_id);
        match &self.content {
            Content::Notification { subject } => {
                if let Some(subject) = subject {
                    sign("Subject", subject);
                }
                sign("Timestamp", &self.timestamp);
            }
            Content::SubscriptionConfirmation(confirmation)
            | Content::UnsubscribeConfirmation(confirmation) => {
                sign("SubscribeURL", &confirmation.subscribe_url);
                sign("Timestamp", &self.timestamp);
                sign("Token", &confirmation.token);
            }
        }
        sign("TopicArn", self.topic_arn.as_str());
        sign("Type", self.message_type().as_str());
        text
    }
}
