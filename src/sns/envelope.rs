//! The JSON object that SNS posts, parsed strictly: what is verified has to be what is used.
//!
//! Layout: "Amazon SNS message and JSON formats" in the SNS developer guide.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::topic_arn::{TopicArn, TopicArnError, excerpt};

/// The most bytes that an envelope may have. SNS takes messages of up to 256 KiB, and quoting a message
/// inside of JSON can double it.
pub const MAX_ENVELOPE_BYTES: usize = 512 * 1024;

/// How the URL members are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spelling {
    /// As SNS posts over HTTP and writes into SQS: `SigningCertURL`, `SubscribeURL`, `UnsubscribeURL`.
    #[default]
    Http,
    /// As Lambda hands it over: `SigningCertUrl`, `SubscribeUrl`, `UnsubscribeUrl`.
    Lambda,
}

/// The three types of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// Somebody published to the topic.
    Notification,
    /// Somebody asks to subscribe this endpoint.
    SubscriptionConfirmation,
    /// The subscription of this endpoint was removed.
    UnsubscribeConfirmation,
}

impl MessageType {
    /// As it stands in `Type` and in the header `x-amz-sns-message-type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "Notification",
            Self::SubscriptionConfirmation => "SubscriptionConfirmation",
            Self::UnsubscribeConfirmation => "UnsubscribeConfirmation",
        }
    }

    fn parse(text: &str) -> Result<Self, EnvelopeError> {
        match text {
            "Notification" => Ok(Self::Notification),
            "SubscriptionConfirmation" => Ok(Self::SubscriptionConfirmation),
            "UnsubscribeConfirmation" => Ok(Self::UnsubscribeConfirmation),
            _ => Err(EnvelopeError::UnknownType),
        }
    }
}

/// What belongs to one type of message only.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// A published message.
    Notification {
        /// Set by the publisher; part of the signature where it is present.
        subject: Option<String>,
    },
    /// A request to subscribe.
    SubscriptionConfirmation(Confirmation),
    /// The farewell of a subscription, with the means to take it back.
    UnsubscribeConfirmation(Confirmation),
}

/// What confirms, or restores, a subscription. Both are secrets: whoever has them can subscribe.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Confirmation {
    /// 256 hexadecimal digits.
    pub(super) token: String,
    /// The URL as SNS sent it; part of the signature, and never visited as it stands.
    pub(super) subscribe_url: String,
}

/// One message from SNS, parsed and nothing more: anybody can write one.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    pub(super) message_id: String,
    pub(super) topic_arn: TopicArn,
    pub(super) message: String,
    pub(super) timestamp: String,
    pub(super) published_at: DateTime<Utc>,
    pub(super) signature_version: String,
    pub(super) signature: String,
    pub(super) signing_cert_url: String,
    pub(super) content: Content,
    spelling: Spelling,
}

/// Why bytes are no envelope.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// More than [`MAX_ENVELOPE_BYTES`].
    #[error("the body has {found} bytes, more than the {MAX_ENVELOPE_BYTES} that an SNS message can have")]
    TooLarge {
        /// The body's length.
        found: usize,
    },
    /// Bytes that are not UTF-8.
    #[error("the body is not UTF-8 (byte {valid_up_to})")]
    NotUtf8 {
        /// How many bytes were sound.
        valid_up_to: usize,
    },
    /// Not one JSON object with text in the members that SNS writes, each of them once.
    #[error("the body is not an SNS envelope: {reason}")]
    Json {
        /// What the parser said, with line and column.
        reason: String,
    },
    /// A `Type` that SNS does not have.
    #[error("Type is none of Notification, SubscriptionConfirmation, UnsubscribeConfirmation")]
    UnknownType,
    /// A member is missing that this type always has.
    #[error("{member} is missing: a {kind} always has it (raw message delivery must be off)")]
    Missing {
        /// The missing member.
        member: &'static str,
        /// The `Type`.
        kind: &'static str,
    },
    /// `TopicArn` is no topic's ARN.
    #[error("TopicArn: {0}")]
    TopicArn(#[from] TopicArnError),
    /// `Timestamp` is not RFC 3339 in UTC.
    #[error("Timestamp is not of the form 2026-01-31T23:59:59.000Z")]
    Timestamp,
    /// `Subject` has a line break, which SNS does not let a publisher set (`Publish` in the SNS API reference).
    #[error("Subject holds a line break, which SNS allows in none")]
    Subject,
    /// `MessageId` is not an identifier.
    #[error("MessageId is not 1 to 100 letters, digits and dashes")]
    MessageId,
}

impl Envelope {
    /// Parses a body as SNS posts it, whatever its Content-Type says.
    pub fn parse(body: &[u8]) -> Result<Self, EnvelopeError> {
        Self::parse_spelt(body, Spelling::Http)
    }

    /// Parses a body with the given spelling of the URL members.
    pub fn parse_spelt(body: &[u8], spelling: Spelling) -> Result<Self, EnvelopeError> {
        if body.len() > MAX_ENVELOPE_BYTES {
            return Err(EnvelopeError::TooLarge { found: body.len() });
        }
        let text = std::str::from_utf8(body)
            .map_err(|error| EnvelopeError::NotUtf8 { valid_up_to: error.valid_up_to() })?;
        // The parser's error would mirror a string whole, with whatever secrets are in it.
        if !text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{') {
            return Err(EnvelopeError::Json { reason: "it is not one JSON object".to_owned() });
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let members = json
            .deserialize_map(MembersVisitor { spelling })
            .and_then(|members| json.end().map(|()| members))
            .map_err(|error| EnvelopeError::Json { reason: error.to_string() })?;
        members.into_envelope(spelling)
    }

    /// Which of the three types it is.
    #[must_use]
    pub const fn message_type(&self) -> MessageType {
        match self.content {
            Content::Notification { .. } => MessageType::Notification,
            Content::SubscriptionConfirmation(_) => MessageType::SubscriptionConfirmation,
            Content::UnsubscribeConfirmation(_) => MessageType::UnsubscribeConfirmation,
        }
    }

    /// The same on every attempt to deliver one message.
    #[must_use]
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// The topic that the message claims to be from.
    #[must_use]
    pub const fn topic_arn(&self) -> &TopicArn {
        &self.topic_arn
    }

    /// What the publisher set as the subject, at most 100 characters.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        match &self.content {
            Content::Notification { subject } => subject.as_deref(),
            Content::SubscriptionConfirmation(_) | Content::UnsubscribeConfirmation(_) => None,
        }
    }

    /// The published text. CloudWatch puts JSON into it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// When the message was published, as SNS spelt it.
    #[must_use]
    pub fn timestamp(&self) -> &str {
        &self.timestamp
    }

    /// When the message was published.
    #[must_use]
    pub const fn published_at(&self) -> DateTime<Utc> {
        self.published_at
    }

    /// Where the message says its certificate is. Not part of the signature: trust nothing in it.
    #[must_use]
    pub fn signing_cert_url(&self) -> &str {
        &self.signing_cert_url
    }

    /// `1` or `2`, as the message says. Not part of the signature, but what it was verified by.
    #[must_use]
    pub fn signature_version(&self) -> &str {
        &self.signature_version
    }

    /// How the members were spelt.
    #[must_use]
    pub const fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// The members that the mapping reads, under SNS's names. Tokens, signatures and URLs stay behind.
    pub fn mapping_members(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("Type", Some(self.message_type().as_str())),
            ("MessageId", Some(self.message_id.as_str())),
            ("TopicArn", Some(self.topic_arn.as_str())),
            ("Subject", self.subject()),
            ("Message", Some(self.message.as_str())),
            ("Timestamp", Some(self.timestamp.as_str())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("type", &self.message_type())
            .field("message_id", &self.message_id)
            .field("topic_arn", &self.topic_arn)
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

/// The members as they stood in the body, borrowed where JSON's escapes allow it.
#[derive(Default)]
struct Members<'a> {
    kind: Option<Cow<'a, str>>,
    message_id: Option<Cow<'a, str>>,
    token: Option<Cow<'a, str>>,
    topic_arn: Option<Cow<'a, str>>,
    subject: Option<Cow<'a, str>>,
    message: Option<Cow<'a, str>>,
    subscribe_url: Option<Cow<'a, str>>,
    timestamp: Option<Cow<'a, str>>,
    signature_version: Option<Cow<'a, str>>,
    signature: Option<Cow<'a, str>>,
    signing_cert_url: Option<Cow<'a, str>>,
    unsubscribe_url: Option<Cow<'a, str>>,
}

impl<'a> Members<'a> {
    fn slot(&mut self, name: &str, spelling: Spelling) -> Option<&mut Option<Cow<'a, str>>> {
        Some(match (name, spelling) {
            ("Type", _) => &mut self.kind,
            ("MessageId", _) => &mut self.message_id,
            ("Token", _) => &mut self.token,
            ("TopicArn", _) => &mut self.topic_arn,
            ("Subject", _) => &mut self.subject,
            ("Message", _) => &mut self.message,
            ("Timestamp", _) => &mut self.timestamp,
            ("SignatureVersion", _) => &mut self.signature_version,
            ("Signature", _) => &mut self.signature,
            ("SubscribeURL", Spelling::Http) | ("SubscribeUrl", Spelling::Lambda) => &mut self.subscribe_url,
            ("SigningCertURL", Spelling::Http) | ("SigningCertUrl", Spelling::Lambda) => {
                &mut self.signing_cert_url
            }
            ("UnsubscribeURL", Spelling::Http) | ("UnsubscribeUrl", Spelling::Lambda) => {
                &mut self.unsubscribe_url
            }
            _ => return None,
        })
    }

    fn into_envelope(self, spelling: Spelling) -> Result<Envelope, EnvelopeError> {
        let text = self.kind.ok_or(EnvelopeError::Missing { member: "Type", kind: "message from SNS" })?;
        let kind = MessageType::parse(&text)?;
        let required = |member: &'static str, value: Option<Cow<'a, str>>| {
            value.map(Cow::into_owned).ok_or(EnvelopeError::Missing { member, kind: kind.as_str() })
        };
        let confirmation = |token, subscribe_url| {
            Ok::<_, EnvelopeError>(Confirmation {
                token: required("Token", token)?,
                subscribe_url: required("SubscribeURL", subscribe_url)?,
            })
        };
        let content = match kind {
            MessageType::Notification => {
                let subject = self.subject.map(Cow::into_owned);
                // Line breaks separate what is signed. In a second place besides Message they would let one signed
                // text be read as two messages.
                if subject.as_ref().is_some_and(|subject| subject.contains('\n')) {
                    return Err(EnvelopeError::Subject);
                }
                Content::Notification { subject }
            }
            MessageType::SubscriptionConfirmation => {
                Content::SubscriptionConfirmation(confirmation(self.token, self.subscribe_url)?)
            }
            MessageType::UnsubscribeConfirmation => {
                Content::UnsubscribeConfirmation(confirmation(self.token, self.subscribe_url)?)
            }
        };
        let message_id = required("MessageId", self.message_id)?;
        if !is_message_id(&message_id) {
            return Err(EnvelopeError::MessageId);
        }
        let timestamp = required("Timestamp", self.timestamp)?;
        Ok(Envelope {
            message_id,
            topic_arn: TopicArn::take(required("TopicArn", self.topic_arn)?)?,
            message: required("Message", self.message)?,
            published_at: parse_timestamp(&timestamp).ok_or(EnvelopeError::Timestamp)?,
            timestamp,
            signature_version: required("SignatureVersion", self.signature_version)?,
            signature: required("Signature", self.signature)?,
            signing_cert_url: required("SigningCertURL", self.signing_cert_url)?,
            content,
            spelling,
        })
    }
}

fn is_message_id(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// SNS writes three digits of a second and `Z`; every sample of ten years does.
fn parse_timestamp(text: &str) -> Option<DateTime<Utc>> {
    if !text.ends_with('Z') || !text.is_ascii() || text.len() > 30 {
        return None;
    }
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

struct MembersVisitor {
    spelling: Spelling,
}

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Members::default();
        let mut unknown: Vec<Cow<'de, str>> = Vec::new();
        while let Some(Text(name)) = map.next_key()? {
            let Some(slot) = members.slot(&name, self.spelling) else {
                // A parser elsewhere may take the first or the last of two: no doubt is left to it.
                if unknown.contains(&name) {
                    return Err(de::Error::custom(format_args!("member {:?} stands twice", excerpt(&name))));
                }
                if unknown.len() == MAX_UNKNOWN_MEMBERS {
                    return Err(de::Error::custom("too many members that SNS does not have"));
                }
                unknown.push(name);
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if slot.is_some() || (name == "Subject" && unknown.contains(&name)) {
                return Err(de::Error::custom(format_args!("member {name:?} stands twice")));
            }
            if name == "Subject" {
                // Lambda writes null where the publisher set none; the signature then leaves it out.
                *slot = map.next_value::<Option<Text<'de>>>()?.map(|text| text.0);
                if slot.is_none() {
                    unknown.push(name);
                }
            } else {
                *slot = Some(map.next_value::<Text<'de>>()?.0);
            }
        }
        Ok(members)
    }
}

/// More than SNS is likely ever to add; few enough that a search through them costs nothing.
const MAX_UNKNOWN_MEMBERS: usize = 64;

/// A JSON string, borrowed from the body if it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> de::Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}
