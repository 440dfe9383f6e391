//! What is posted of a signed envelope, as it is or bent.

use serde_json::Value;

use super::Forge;
use crate::sns::{Delivery, Envelope, SignedEnvelope};

impl Forge {
    /// What SNS posts.
    pub(in crate::attack) fn delivery(&self, signed: &SignedEnvelope) -> Delivery {
        Delivery::envelope(signed, self.subscription.arn())
    }

    /// What SNS posts in raw delivery.
    pub(in crate::attack) fn raw_delivery(&self, envelope: &Envelope) -> Delivery {
        Delivery::raw(envelope, self.subscription.arn())
    }

    /// What SNS posts, with one member set to any JSON, or taken out.
    pub(in crate::attack) fn with_member(
        &self,
        signed: &SignedEnvelope,
        name: &str,
        value: Option<Value>,
    ) -> Delivery {
        let body = match serde_json::from_str(&signed.to_json()) {
            Ok(Value::Object(mut members)) => {
                match value {
                    Some(value) => drop(members.insert(name.to_owned(), value)),
                    None => drop(members.remove(name)),
                }
                Value::Object(members).to_string()
            }
            // An envelope's JSON is an object.
            _ => String::new(),
        };
        self.delivery(signed).body(body)
    }

    /// What SNS posts, with a member before all others, which may then stand twice.
    pub(in crate::attack) fn with_member_before(
        &self,
        signed: &SignedEnvelope,
        name: &str,
        value: &str,
    ) -> Delivery {
        let member = format!("{{{}:{},", Value::from(name), Value::from(value));
        self.delivery(signed).body(signed.to_json().replacen('{', &member, 1))
    }

    /// What SNS posts, with a member after all others, which may then stand twice.
    pub(in crate::attack) fn with_member_after(
        &self,
        signed: &SignedEnvelope,
        name: &str,
        value: &str,
    ) -> Delivery {
        let json = signed.to_json();
        let open = json.strip_suffix("\n}").unwrap_or(&json);
        self.delivery(signed).body(format!("{open},{}:{}}}", Value::from(name), Value::from(value)))
    }
}
