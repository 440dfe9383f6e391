//! What SNS posts, as far as the integration looks at it, and JSON objects in the order of their members.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

/// An SNS message.
#[derive(Deserialize)]
pub(super) struct Envelope {
    #[serde(rename = "Type", default)]
    pub(super) kind: Option<String>,
    #[serde(rename = "TopicArn", default)]
    pub(super) topic_arn: Option<String>,
    #[serde(rename = "Subject", default)]
    pub(super) subject: Option<String>,
    #[serde(rename = "Message", default)]
    pub(super) message: Option<String>,
    #[serde(rename = "SubscribeURL", default)]
    pub(super) subscribe_url: Option<String>,
}

impl Envelope {
    pub(super) fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        // An array would be taken for the members in their order.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(de::Error::custom("it does not begin with {"));
        }
        serde_json::from_slice(body)
    }
}

/// The members of a JSON object in the order of the document, their values as written.
pub(super) struct Members(pub(super) Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry().map_err(de::Error::custom)? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
