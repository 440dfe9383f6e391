//! What a template does not hold: where it is deployed, and with which values.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};

use super::resolved::Resolved;
use crate::sns::partition_name;

/// Where a stack lives, and what its author gives from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The region's code.
    pub region: String,
    /// The account, 12 digits.
    pub account_id: String,
    /// The stack's name.
    pub stack_name: String,
    /// `AWS::NotificationARNs`.
    pub notification_arns: Vec<String>,
    /// Values of parameters, by name. Lists are comma-separated, as on AWS's command line.
    pub parameters: BTreeMap<String, String>,
    /// What other stacks export, by export name.
    pub imports: BTreeMap<String, String>,
    /// Dynamic references, by what stands in `{{resolve:…}}`: `ssm:/alarms/endpoint`.
    pub dynamic_references: BTreeMap<String, String>,
}

impl Default for Environment {
    /// The stack `trailbell` of account 123456789012 in us-east-1.
    fn default() -> Self {
        Self {
            region: "us-east-1".into(),
            account_id: "123456789012".into(),
            stack_name: "trailbell".into(),
            notification_arns: Vec::new(),
            parameters: BTreeMap::new(),
            imports: BTreeMap::new(),
            dynamic_references: BTreeMap::new(),
        }
    }
}

impl Environment {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub(super) fn partition(&self) -> &'static str {
        partition_name(&self.region)
    }

    /// `arn:<partition>:<service>:<region>:<account>:<rest>`
    pub(super) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{rest}", self.partition(), self.region, self.account_id)
    }

    fn stack_id(&self) -> String {
        self.arn("cloudformation", &format!("stack/{}/{}", self.stack_name, self.uuid("stack")))
    }

    /// A pseudo parameter's value; nothing for a name that is none.
    pub(super) fn pseudo_parameter(&self, name: &str) -> Option<Resolved> {
        let text = match name.strip_prefix("AWS::")? {
            "AccountId" => self.account_id.clone(),
            "NoValue" => return Some(Resolved::NoValue),
            "NotificationARNs" => {
                return Some(Resolved::List(
                    self.notification_arns.iter().cloned().map(Resolved::Text).collect(),
                ));
            }
            "Partition" => self.partition().to_owned(),
            "Region" => self.region.clone(),
            "StackId" => self.stack_id(),
            "StackName" => self.stack_name.clone(),
            "URLSuffix" => {
                if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }.to_owned()
            }
            _ => return None,
        };
        Some(Resolved::Text(text))
    }

    /// Bytes that the stack and `what` decide: the same for every run.
    fn bytes(&self, what: &str) -> Vec<u8> {
        let input = format!("{}\n{}\n{}\n{what}", self.account_id, self.region, self.stack_name);
        digest(&SHA256, input.as_bytes()).as_ref().to_vec()
    }

    /// The twelve letters and digits that CloudFormation ends generated names with, here from the stack and `what`.
    pub(super) fn suffix(&self, what: &str) -> String {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let letter = |byte: u8| ALPHABET.get(usize::from(byte) % ALPHABET.len()).copied().unwrap_or(b'0');
        self.bytes(what).into_iter().take(12).map(|byte| char::from(letter(byte))).collect()
    }

    /// Twenty-six decimal digits, as Terraform's AWS provider ends generated names with.
    pub(super) fn digits(&self, what: &str) -> String {
        self.bytes(what).into_iter().take(26).map(|byte| char::from(b'0' + byte % 10)).collect()
    }

    /// A version 4 UUID from the stack and `what`.
    pub(super) fn uuid(&self, what: &str) -> String {
        let hex: String =
            self.bytes(what).iter().take(16).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pseudo_parameters_follow_the_region() {
        let china = Environment { region: "cn-north-1".into(), ..Environment::default() };
        for (environment, name, expected) in [
            (&Environment::default(), "AWS::AccountId", "123456789012"),
            (&Environment::default(), "AWS::Partition", "aws"),
            (&Environment::default(), "AWS::URLSuffix", "amazonaws.com"),
            (&Environment::default(), "AWS::StackName", "trailbell"),
            (&china, "AWS::Region", "cn-north-1"),
            (&china, "AWS::Partition", "aws-cn"),
            (&china, "AWS::URLSuffix", "amazonaws.com.cn"),
        ] {
            assert_eq!(environment.pseudo_parameter(name), Some(Resolved::Text(expected.into())), "{name}");
        }
        assert_eq!(china.pseudo_parameter("AWS::NoValue"), Some(Resolved::NoValue));
        assert_eq!(china.pseudo_parameter("AWS::NotificationARNs"), Some(Resolved::List(vec![])));
        assert_eq!(china.pseudo_parameter("AWS::Nothing"), None);
    }

    #[test]
    fn generated_parts_depend_on_stack_and_name_alone() {
        let one = Environment::default();
        let other = Environment { stack_name: "other".into(), ..Environment::default() };
        assert_eq!(one.suffix("Topic"), one.clone().suffix("Topic"));
        assert_ne!(one.suffix("Topic"), one.suffix("Alarm"));
        assert_ne!(one.suffix("Topic"), other.suffix("Topic"));
        assert_eq!(one.suffix("Topic").len(), 12);
        assert_eq!(one.digits("x").len(), 26);
        let uuid = one.uuid("Topic");
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}
