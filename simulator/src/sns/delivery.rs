//! One HTTP delivery: the headers and the body that SNS posts, before any I/O.

use bytes::Bytes;

use super::envelope::{Envelope, Kind, SignedEnvelope};

/// The content type of every delivery, unless the delivery policy says another (recorded).
pub const DEFAULT_CONTENT_TYPE: &str = "text/plain; charset=UTF-8";

/// What is posted. Fields are free, so that tests can post what SNS never would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Header names in lower case, and values, in order. `Host` and `Content-Length` are added on the wire.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Delivery {
    /// The envelope of a message. `subscription_arn` is sent in a header, except in a `SubscriptionConfirmation`.
    #[must_use]
    pub fn envelope(signed: &SignedEnvelope, subscription_arn: &str) -> Self {
        let headers = headers(&signed.envelope, subscription_arn);
        Self { headers, body: signed.to_json().into() }
    }

    /// Raw delivery of a notification: the message alone is the body, so nothing is signed.
    #[must_use]
    pub fn raw(envelope: &Envelope, subscription_arn: &str) -> Self {
        let headers = headers(envelope, subscription_arn);
        Self { headers, body: envelope.message.clone().into() }.header("x-amz-sns-rawdelivery", "true")
    }

    /// The same delivery with the header `name` set to `value`.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match self.headers.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.headers.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// The same delivery without the header `name`.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// The same delivery with another body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}

fn headers(envelope: &Envelope, subscription_arn: &str) -> Vec<(String, String)> {
    let mut headers = vec![
        ("x-amz-sns-message-type", envelope.kind.type_name()),
        ("x-amz-sns-message-id", &envelope.message_id),
        ("x-amz-sns-topic-arn", &envelope.topic_arn),
    ];
    if !matches!(envelope.kind, Kind::SubscriptionConfirmation(_)) {
        headers.push(("x-amz-sns-subscription-arn", subscription_arn));
    }
    headers.extend([
        ("content-type", DEFAULT_CONTENT_TYPE),
        ("connection", "Keep-Alive"),
        ("user-agent", "Amazon Simple Notification Service Agent"),
        ("accept-encoding", "gzip,deflate"),
    ]);
    headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::DateTime;

    use super::*;
    use crate::sns::topic::Topic;

    fn names(delivery: &Delivery) -> Vec<&str> {
        delivery.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn value<'a>(delivery: &'a Delivery, name: &str) -> Option<&'a str> {
        delivery.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn each_kind_has_the_headers_of_aws() {
        let mut topic = Topic::new("eu-west-1", "123456789012", "ops", 1).unwrap();
        let mut subscription = topic.subscribe();
        let sign = |envelope| SignedEnvelope {
            envelope,
            signature_version: "1".to_owned(),
            signature: String::new(),
            signing_cert_url: String::new(),
        };
        let confirmation = sign(topic.subscription_confirmation(&mut subscription, DateTime::UNIX_EPOCH));
        let farewell = sign(topic.unsubscribe_confirmation(&mut subscription, DateTime::UNIX_EPOCH));
        let notification = sign(topic.notification(&subscription, "hello", DateTime::UNIX_EPOCH));

        let delivery = Delivery::envelope(&confirmation, subscription.arn());
        assert_eq!(value(&delivery, "x-amz-sns-message-type"), Some("SubscriptionConfirmation"));
        assert!(!names(&delivery).contains(&"x-amz-sns-subscription-arn"));
        for signed in [&farewell, &notification] {
            let delivery = Delivery::envelope(signed, subscription.arn());
            assert_eq!(value(&delivery, "x-amz-sns-message-id"), Some(signed.envelope.message_id.as_str()));
            assert_eq!(value(&delivery, "x-amz-sns-topic-arn"), Some(topic.arn()));
            assert_eq!(value(&delivery, "x-amz-sns-subscription-arn"), Some(subscription.arn()));
            assert_eq!(value(&delivery, "content-type"), Some("text/plain; charset=UTF-8"));
            assert_eq!(value(&delivery, "x-amz-sns-rawdelivery"), None);
            assert_eq!(delivery.body, signed.to_json());
        }

        let raw = Delivery::raw(&notification.envelope, subscription.arn());
        assert_eq!(value(&raw, "x-amz-sns-rawdelivery"), Some("true"));
        assert_eq!(value(&raw, "x-amz-sns-message-type"), Some("Notification"));
        assert_eq!(raw.body, "hello");
    }

    #[test]
    fn a_delivery_can_be_bent() {
        let delivery = Delivery { headers: Vec::new(), body: Bytes::new() }
            .header("a", "1")
            .header("a", "2")
            .header("b", "3")
            .without("b")
            .body("x");
        assert_eq!(delivery.headers, [("a".to_owned(), "2".to_owned())]);
        assert_eq!(delivery.body, "x");
    }
}
