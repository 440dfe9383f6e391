//! The SNS envelope: its fields, and its JSON to the byte.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

use super::json::push_string;

/// What an envelope is for, with the fields that only this kind has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A published message.
    Notification(Notification),
    /// Asks the endpoint to confirm its subscription.
    SubscriptionConfirmation(Confirmation),
    /// Tells the endpoint that its subscription has ended, and how to restore it.
    UnsubscribeConfirmation(Confirmation),
}

impl Kind {
    /// The value of `Type` and of the header `x-amz-sns-message-type`.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Notification(_) => "Notification",
            Self::SubscriptionConfirmation(_) => "SubscriptionConfirmation",
            Self::UnsubscribeConfirmation(_) => "UnsubscribeConfirmation",
        }
    }
}

/// The fields that only notifications have.
#[derive(Clone, PartialEq, Eq)]
pub struct Notification {
    /// `Subject`, at most 100 characters. Over HTTP the key is absent if the publisher gave none.
    pub subject: Option<String>,
    /// `UnsubscribeURL`: whoever has it can end the subscription. Empty where there is no subscription: no key then.
    pub unsubscribe_url: String,
    /// `MessageAttributes` in the order of writing. The key is absent if there are none.
    pub attributes: Vec<(String, MessageAttribute)>,
}

impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("subject", &self.subject)
            .field("attributes", &self.attributes)
            .finish_non_exhaustive()
    }
}

/// A message attribute. It is not signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageAttribute {
    /// `String`, `Number`, `Binary` or `String.Array`.
    pub data_type: String,
    /// The value as text; base64 if it is binary.
    pub value: String,
}

/// The fields that only the two confirmations have. Both are secrets: whoever has them can confirm.
#[derive(Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// `Token`: 256 lower-case hex digits.
    pub token: String,
    /// `SubscribeURL`.
    pub subscribe_url: String,
}

impl fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Confirmation { .. }")
    }
}

/// An envelope before it is signed. Each field is free, so that tests can lie in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `Type` and what comes with it.
    pub kind: Kind,
    /// `MessageId`: a lower-case UUID.
    pub message_id: String,
    /// `TopicArn`.
    pub topic_arn: String,
    /// `Message`: an alarm's JSON is a string in here.
    pub message: String,
    /// `Timestamp` of publishing, as [`timestamp`] writes it.
    pub timestamp: String,
}

impl Envelope {
    /// The same notification with a subject. Confirmations have none and stay as they are.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        if let Kind::Notification(notification) = &mut self.kind {
            notification.subject = Some(subject.into());
        }
        self
    }

    /// The same notification with one more message attribute. Confirmations have none and stay as they are.
    #[must_use]
    pub fn attribute(mut self, name: &str, data_type: &str, value: &str) -> Self {
        if let Kind::Notification(notification) = &mut self.kind {
            let attribute = MessageAttribute { data_type: data_type.to_owned(), value: value.to_owned() };
            notification.attributes.push((name.to_owned(), attribute));
        }
        self
    }

    /// The same notification with another `UnsubscribeURL`. Confirmations have none and stay as they are.
    #[must_use]
    pub fn unsubscribe_url(mut self, url: impl Into<String>) -> Self {
        if let Kind::Notification(notification) = &mut self.kind {
            notification.unsubscribe_url = url.into();
        }
        self
    }

    /// The same envelope with another `MessageId`.
    #[must_use]
    pub fn message_id(mut self, message_id: impl Into<String>) -> Self {
        self.message_id = message_id.into();
        self
    }
}

/// An envelope with its signature. The fields stay free: to forge a message, change one of them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedEnvelope {
    /// What was signed.
    pub envelope: Envelope,
    /// `SignatureVersion`: `1` or `2`. Not signed itself.
    pub signature_version: String,
    /// `Signature` in base64.
    pub signature: String,
    /// `SigningCertURL`. Not signed itself.
    pub signing_cert_url: String,
}

impl SignedEnvelope {
    /// The body that SNS posts: two-space indent, ` : ` after keys, its order of keys, no line feed at the end
    /// (recorded byte for byte).
    #[must_use]
    pub fn to_json(&self) -> String {
        let Envelope { kind, message_id, topic_arn, message, timestamp } = &self.envelope;
        let mut body = Body::default();
        body.member("Type", kind.type_name());
        body.member("MessageId", message_id);
        match kind {
            Kind::Notification(notification) => {
                body.member("TopicArn", topic_arn);
                if let Some(subject) = &notification.subject {
                    body.member("Subject", subject);
                }
                body.member("Message", message);
            }
            Kind::SubscriptionConfirmation(confirmation) | Kind::UnsubscribeConfirmation(confirmation) => {
                body.member("Token", &confirmation.token);
                body.member("TopicArn", topic_arn);
                body.member("Message", message);
                body.member("SubscribeURL", &confirmation.subscribe_url);
            }
        }
        body.member("Timestamp", timestamp);
        body.member("SignatureVersion", &self.signature_version);
        body.member("Signature", &self.signature);
        body.member("SigningCertURL", &self.signing_cert_url);
        if let Kind::Notification(notification) = kind {
            if !notification.unsubscribe_url.is_empty() {
                body.member("UnsubscribeURL", &notification.unsubscribe_url);
            }
            body.attributes(&notification.attributes);
        }
        body.finish()
    }
}

/// An envelope's JSON in the making.
#[derive(Default)]
struct Body(String);

impl Body {
    fn key(&mut self, key: &str) {
        self.0.push_str(if self.0.is_empty() { "{\n  " } else { ",\n  " });
        push_string(&mut self.0, key);
        self.0.push_str(" : ");
    }

    fn member(&mut self, key: &str, value: &str) {
        self.key(key);
        push_string(&mut self.0, value);
    }

    fn attributes(&mut self, attributes: &[(String, MessageAttribute)]) {
        if attributes.is_empty() {
            return;
        }
        self.key("MessageAttributes");
        for (index, (name, attribute)) in attributes.iter().enumerate() {
            self.0.push_str(if index == 0 { "{\n    " } else { ",\n    " });
            push_string(&mut self.0, name);
            self.0.push_str(" : {\"Type\":");
            push_string(&mut self.0, &attribute.data_type);
            self.0.push_str(",\"Value\":");
            push_string(&mut self.0, &attribute.value);
            self.0.push('}');
        }
        self.0.push_str("\n  }");
    }

    fn finish(mut self) -> String {
        self.0.push_str("\n}");
        self.0
    }
}

/// A time as SNS writes it: UTC with three digits of fraction and a `Z`. What is finer is cut off.
#[must_use]
pub fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn notification() -> SignedEnvelope {
        let kind = Kind::Notification(Notification {
            subject: None,
            unsubscribe_url: "https://sns.test/?Action=Unsubscribe".to_owned(),
            attributes: Vec::new(),
        });
        SignedEnvelope {
            envelope: Envelope {
                kind,
                message_id: "id".to_owned(),
                topic_arn: "arn".to_owned(),
                message: "a \"b\"\n".to_owned(),
                timestamp: "2026-09-22T19:27:00.926Z".to_owned(),
            },
            signature_version: "2".to_owned(),
            signature: "c2ln".to_owned(),
            signing_cert_url: "https://sns.test/x.pem".to_owned(),
        }
    }

    #[test]
    fn a_notification_is_laid_out_as_sns_does() {
        let mut signed = notification();
        signed.envelope =
            signed.envelope.subject("s").attribute("kind", "String", "v").attribute("n", "Number", "1");
        let want = r#"{
  "Type" : "Notification",
  "MessageId" : "id",
  "TopicArn" : "arn",
  "Subject" : "s",
  "Message" : "a \"b\"\n",
  "Timestamp" : "2026-09-22T19:27:00.926Z",
  "SignatureVersion" : "2",
  "Signature" : "c2ln",
  "SigningCertURL" : "https://sns.test/x.pem",
  "UnsubscribeURL" : "https://sns.test/?Action=Unsubscribe",
  "MessageAttributes" : {
    "kind" : {"Type":"String","Value":"v"},
    "n" : {"Type":"Number","Value":"1"}
  }
}"#;
        assert_eq!(signed.to_json(), want);
    }

    #[test]
    fn a_confirmation_has_its_own_order_of_keys() {
        let mut signed = notification();
        signed.envelope.kind = Kind::UnsubscribeConfirmation(Confirmation {
            token: "t".to_owned(),
            subscribe_url: "https://sns.test/?Action=ConfirmSubscription".to_owned(),
        });
        let json = signed.to_json();
        let keys: Vec<&str> = json.lines().filter_map(|line| line.split('"').nth(1)).collect();
        let want = [
            "Type",
            "MessageId",
            "Token",
            "TopicArn",
            "Message",
            "SubscribeURL",
            "Timestamp",
            "SignatureVersion",
            "Signature",
            "SigningCertURL",
        ];
        assert_eq!(keys, want);
    }

    #[test]
    fn timestamps_always_have_three_digits_of_fraction() {
        for (millis, text) in [
            (1_530_627_808_000, "2018-07-03T14:23:28.000Z"),
            (1_530_627_808_949, "2018-07-03T14:23:28.949Z"),
            (1_530_627_808_050, "2018-07-03T14:23:28.050Z"),
        ] {
            assert_eq!(timestamp(DateTime::from_timestamp_millis(millis).unwrap()), text);
        }
    }

    #[test]
    fn debug_shows_neither_token_nor_signed_urls() {
        let mut signed = notification();
        assert!(!format!("{signed:?}").contains("Unsubscribe"));
        signed.envelope.kind = Kind::SubscriptionConfirmation(Confirmation {
            token: "secret".to_owned(),
            subscribe_url: "https://secret".to_owned(),
        });
        assert!(!format!("{signed:?}").contains("secret"));
    }
}
