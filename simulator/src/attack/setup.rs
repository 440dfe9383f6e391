//! What has to be told to a receiver before it can be attacked.

use std::fmt;
use std::net::SocketAddr;

use crate::sns::signing_name;

/// Names that are not SNS's and look like it. The kit's host answers to all of them, so that a receiver whose names are
/// led there is seen to ask.
pub(super) struct Names {
    pub(super) elsewhere: String,
    pub(super) prefixed: String,
    pub(super) suffixed: String,
    pub(super) below: String,
    /// A bucket called `sns`, whose name SNS's own validators' pattern took for SNS.
    pub(super) bucket: &'static str,
    pub(super) buckets: &'static str,
}

/// The names that resemble SNS's host.
pub(super) fn names(host: &str) -> Names {
    Names {
        elsewhere: "attacker.test".to_owned(),
        prefixed: format!("{host}.attacker.test"),
        suffixed: format!("attacker-{host}"),
        below: format!("attacker.{host}"),
        bucket: "sns.s3-us-west-2.amazonaws.com",
        buckets: "s3.amazonaws.com",
    }
}

/// What the receiver has to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// SNS's host, as it stands in messages.
    pub host: String,
    /// Where it is played.
    pub address: SocketAddr,
    /// The topic that the receiver has to listen to.
    pub topic_arn: String,
    /// The region's code.
    pub region: String,
    /// The authority's certificate in PEM.
    pub authority: String,
}

impl Setup {
    /// The names that the host has a certificate for: SNS's, and those that resemble it.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let Names { elsewhere, prefixed, suffixed, below, bucket, buckets } = names(&self.host);
        vec![self.host.clone(), elsewhere, prefixed, suffixed, below, bucket.to_owned(), buckets.to_owned()]
    }

    /// The configuration of `trailbell serve`, with the authority in the file of this name.
    #[must_use]
    pub fn for_trailbell(&self, ca_file: &str) -> String {
        let Self { host, address, topic_arn, region, .. } = self;
        let name = match signing_name(region).as_str() {
            "sns.amazonaws.com" => String::new(),
            name => format!("certificate_name = \"{name}\"\n"),
        };
        format!(
            "[topics]\nallow = [\"{topic_arn}\"]\n[[dangerously_trust_signing_host]]\nhost = \"{host}\"\n\
             address = \"{address}\"\nca_file = \"{ca_file}\"\n{name}"
        )
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alike = self.names().split_off(1).join(", ");
        write!(
            f,
            "SNS    https://{} (as {})\nalike  {alike}\ntopic  {}",
            self.address, self.host, self.topic_arn
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(region: &str) -> Setup {
        Setup {
            host: crate::sns::sns_host(region),
            address: ([127, 0, 0, 1], 8443).into(),
            topic_arn: format!("arn:aws:sns:{region}:123456789012:attack-kit"),
            region: region.to_owned(),
            authority: String::new(),
        }
    }

    #[test]
    fn trailbell_is_told_what_it_needs() {
        assert_eq!(
            setup("us-east-1").for_trailbell("ca.pem"),
            "[topics]\nallow = [\"arn:aws:sns:us-east-1:123456789012:attack-kit\"]\n\
             [[dangerously_trust_signing_host]]\nhost = \"sns.us-east-1.amazonaws.com\"\n\
             address = \"127.0.0.1:8443\"\nca_file = \"ca.pem\"\n"
        );
        let own_name = setup("eu-south-1").for_trailbell("ca.pem");
        assert!(
            own_name.ends_with("certificate_name = \"sns-signing.eu-south-1.amazonaws.com\"\n"),
            "{own_name}"
        );
    }
}
