//! The regions in which SNS exists, each with the hosts and names that belong to it.
//!
//! A list instead of a pattern: the pattern `sns.<label>.amazonaws.com` of several AWS SDKs once matched a
//! virtual-hosted S3 bucket called `sns` (DEF CON 30 Cloud Village, 2022), so that anybody could serve a
//! certificate from it. Sources: botocore's partition table for regions and DNS suffixes; the AWS SDK for
//! Java v2 (`sns-message-manager`) for the names in signing certificates.

/// A group of regions with one DNS suffix and one ARN prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Partition {
    /// `aws`: the commercial regions.
    Aws,
    /// `aws-cn`: China.
    China,
    /// `aws-us-gov`: GovCloud.
    GovCloud,
    /// `aws-iso`: C2S.
    Iso,
    /// `aws-iso-b`: SC2S.
    IsoB,
    /// `aws-iso-e`: the isolated cloud of the United Kingdom.
    IsoE,
    /// `aws-iso-f`.
    IsoF,
    /// `aws-eusc`: the European Sovereign Cloud.
    EuropeanSovereign,
}

impl Partition {
    /// The second part of an ARN.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::GovCloud => "aws-us-gov",
            Self::Iso => "aws-iso",
            Self::IsoB => "aws-iso-b",
            Self::IsoE => "aws-iso-e",
            Self::IsoF => "aws-iso-f",
            Self::EuropeanSovereign => "aws-eusc",
        }
    }

    /// What ends every host name of the partition.
    #[must_use]
    pub const fn dns_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::GovCloud => "amazonaws.com",
            Self::China => "amazonaws.com.cn",
            Self::Iso => "c2s.ic.gov",
            Self::IsoB => "sc2s.sgov.gov",
            Self::IsoE => "cloud.adc-e.uk",
            Self::IsoF => "csp.hci.ic.gov",
            Self::EuropeanSovereign => "amazonaws.eu",
        }
    }
}

/// How the name in the signing certificate of a region is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum SigningName {
    /// `sns.<suffix>`: the oldest regions, and those of which nothing else is known.
    Global,
    /// `sns-signing.<region>.<suffix>`: regions that came later.
    Regional,
    /// `sns-<region>.<suffix>`, with the region named here: China, `GovCloud` and the first isolated ones.
    Dashed(&'static str),
}

/// One AWS region.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Region {
    code: &'static str,
    partition: Partition,
    signing_name: SigningName,
}

impl Region {
    /// The region with this code, such as `eu-west-1`; `None` where SNS is not known to exist.
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Self> {
        REGIONS.iter().find(|region| region.code == code)
    }

    /// All regions in which SNS is known to exist.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        REGIONS.iter()
    }

    /// The region's code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The partition that the region belongs to.
    #[must_use]
    pub const fn partition(&self) -> Partition {
        self.partition
    }

    /// The host that serves the signing certificates and confirms subscriptions: `sns.eu-west-1.amazonaws.com`.
    #[must_use]
    pub fn sns_host(&self) -> String {
        ["sns.", self.code, ".", self.partition.dns_suffix()].concat()
    }

    /// The DNS name that the region's signing certificate is issued to. It is not the regional host.
    #[must_use]
    pub fn signing_certificate_name(&self) -> String {
        let suffix = self.partition.dns_suffix();
        match self.signing_name {
            SigningName::Global => ["sns.", suffix].concat(),
            SigningName::Regional => ["sns-signing.", self.code, ".", suffix].concat(),
            SigningName::Dashed(region) => ["sns-", region, ".", suffix].concat(),
        }
    }
}

const fn region(code: &'static str, partition: Partition, signing_name: SigningName) -> Region {
    Region { code, partition, signing_name }
}

const REGIONS: &[Region] = &[
    region("af-south-1", Partition::Aws, SigningName::Regional),
    region("ap-east-1", Partition::Aws, SigningName::Regional),
    region("ap-east-2", Partition::Aws, SigningName::Regional),
    region("ap-northeast-1", Partition::Aws, SigningName::Global),
    region("ap-northeast-2", Partition::Aws, SigningName::Global),
    region("ap-northeast-3", Partition::Aws, SigningName::Global),
    region("ap-south-1", Partition::Aws, SigningName::Global),
    region("ap-south-2", Partition::Aws, SigningName::Regional),
    region("ap-southeast-1", Partition::Aws, SigningName::Global),
    region("ap-southeast-2", Partition::Aws, SigningName::Global),
    region("ap-southeast-3", Partition::Aws, SigningName::Regional),
    region("ap-southeast-4", Partition::Aws, SigningName::Regional),
    region("ap-southeast-5", Partition::Aws, SigningName::Regional),
    region("ap-southeast-6", Partition::Aws, SigningName::Regional),
    region("ap-southeast-7", Partition::Aws, SigningName::Regional),
    region("ca-central-1", Partition::Aws, SigningName::Global),
    region("ca-west-1", Partition::Aws, SigningName::Regional),
    region("eu-central-1", Partition::Aws, SigningName::Global),
    region("eu-central-2", Partition::Aws, SigningName::Regional),
    region("eu-north-1", Partition::Aws, SigningName::Global),
    region("eu-south-1", Partition::Aws, SigningName::Regional),
    region("eu-south-2", Partition::Aws, SigningName::Regional),
    region("eu-west-1", Partition::Aws, SigningName::Global),
    region("eu-west-2", Partition::Aws, SigningName::Global),
    region("eu-west-3", Partition::Aws, SigningName::Global),
    region("il-central-1", Partition::Aws, SigningName::Regional),
    region("me-central-1", Partition::Aws, SigningName::Regional),
    region("me-south-1", Partition::Aws, SigningName::Regional),
    region("mx-central-1", Partition::Aws, SigningName::Regional),
    region("sa-east-1", Partition::Aws, SigningName::Global),
    region("us-east-1", Partition::Aws, SigningName::Global),
    region("us-east-2", Partition::Aws, SigningName::Global),
    region("us-west-1", Partition::Aws, SigningName::Global),
    region("us-west-2", Partition::Aws, SigningName::Global),
    region("cn-north-1", Partition::China, SigningName::Dashed("cn-north-1")),
    region("cn-northwest-1", Partition::China, SigningName::Dashed("cn-northwest-1")),
    // Both GovCloud regions sign with the name of the western one.
    region("us-gov-east-1", Partition::GovCloud, SigningName::Dashed("us-gov-west-1")),
    region("us-gov-west-1", Partition::GovCloud, SigningName::Dashed("us-gov-west-1")),
    region("us-iso-east-1", Partition::Iso, SigningName::Dashed("us-iso-east-1")),
    region("us-iso-west-1", Partition::Iso, SigningName::Global),
    region("us-isob-east-1", Partition::IsoB, SigningName::Dashed("us-isob-east-1")),
    region("us-isob-west-1", Partition::IsoB, SigningName::Global),
    region("eu-isoe-west-1", Partition::IsoE, SigningName::Regional),
    region("us-isof-east-1", Partition::IsoF, SigningName::Regional),
    region("us-isof-south-1", Partition::IsoF, SigningName::Regional),
    region("eusc-de-east-1", Partition::EuropeanSovereign, SigningName::Regional),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the AWS SDK for Java v2, a row for each of its lines.
    #[test]
    fn hosts_and_certificate_names_are_those_of_the_java_sdk() {
        for (code, host, name) in [
            ("us-east-1", "sns.us-east-1.amazonaws.com", "sns.amazonaws.com"),
            ("eu-north-1", "sns.eu-north-1.amazonaws.com", "sns.amazonaws.com"),
            ("ap-east-1", "sns.ap-east-1.amazonaws.com", "sns-signing.ap-east-1.amazonaws.com"),
            ("mx-central-1", "sns.mx-central-1.amazonaws.com", "sns-signing.mx-central-1.amazonaws.com"),
            ("cn-north-1", "sns.cn-north-1.amazonaws.com.cn", "sns-cn-north-1.amazonaws.com.cn"),
            ("cn-northwest-1", "sns.cn-northwest-1.amazonaws.com.cn", "sns-cn-northwest-1.amazonaws.com.cn"),
            ("us-gov-east-1", "sns.us-gov-east-1.amazonaws.com", "sns-us-gov-west-1.amazonaws.com"),
            ("us-gov-west-1", "sns.us-gov-west-1.amazonaws.com", "sns-us-gov-west-1.amazonaws.com"),
            ("us-iso-east-1", "sns.us-iso-east-1.c2s.ic.gov", "sns-us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", "sns.us-isob-east-1.sc2s.sgov.gov", "sns-us-isob-east-1.sc2s.sgov.gov"),
            (
                "us-isof-east-1",
                "sns.us-isof-east-1.csp.hci.ic.gov",
                "sns-signing.us-isof-east-1.csp.hci.ic.gov",
            ),
            (
                "us-isof-south-1",
                "sns.us-isof-south-1.csp.hci.ic.gov",
                "sns-signing.us-isof-south-1.csp.hci.ic.gov",
            ),
            (
                "eu-isoe-west-1",
                "sns.eu-isoe-west-1.cloud.adc-e.uk",
                "sns-signing.eu-isoe-west-1.cloud.adc-e.uk",
            ),
            ("eusc-de-east-1", "sns.eusc-de-east-1.amazonaws.eu", "sns-signing.eusc-de-east-1.amazonaws.eu"),
            ("us-iso-west-1", "sns.us-iso-west-1.c2s.ic.gov", "sns.c2s.ic.gov"),
        ] {
            let region = Region::find(code);
            assert_eq!(region.map(Region::sns_host).as_deref(), Some(host));
            assert_eq!(region.map(Region::signing_certificate_name).as_deref(), Some(name));
        }
    }

    #[test]
    fn what_is_not_a_region_is_not_found() {
        for code in ["", "us-east-11", "US-EAST-1", "s3-us-west-2", "us-east-1.evil.test", "eu-west-9"] {
            assert_eq!(Region::find(code), None, "{code}");
        }
    }
}
