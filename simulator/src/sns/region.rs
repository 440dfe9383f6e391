//! What a region code decides: partition, host and the name in the signing certificate.

/// An AWS partition: a set of regions with its own ARNs and DNS suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Partition {
    /// How the region codes of the partition begin.
    prefix: &'static str,
    /// The second part of its ARNs.
    name: &'static str,
    dns_suffix: &'static str,
}

/// The commercial partition, to which every region belongs that none of [`PARTITIONS`] claims.
const AWS: Partition = Partition { prefix: "", name: "aws", dns_suffix: "amazonaws.com" };

/// Partitions and suffixes as the AWS SDKs list them.
const PARTITIONS: [Partition; 7] = [
    Partition { prefix: "cn-", name: "aws-cn", dns_suffix: "amazonaws.com.cn" },
    Partition { prefix: "us-gov-", name: "aws-us-gov", dns_suffix: "amazonaws.com" },
    Partition { prefix: "us-iso-", name: "aws-iso", dns_suffix: "c2s.ic.gov" },
    Partition { prefix: "us-isob-", name: "aws-iso-b", dns_suffix: "sc2s.sgov.gov" },
    Partition { prefix: "us-isof-", name: "aws-iso-f", dns_suffix: "csp.hci.ic.gov" },
    Partition { prefix: "eu-isoe-", name: "aws-iso-e", dns_suffix: "cloud.adc-e.uk" },
    Partition { prefix: "eusc-", name: "aws-eusc", dns_suffix: "amazonaws.eu" },
];

/// Regions whose certificate is named `sns-signing.<region>.<suffix>` (AWS SDK for Java v2, `sns-message-manager`).
const OWN_NAME: [&str; 18] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "eusc-de-east-1",
];

fn partition(region: &str) -> Partition {
    PARTITIONS.into_iter().find(|partition| region.starts_with(partition.prefix)).unwrap_or(AWS)
}

/// The partition's name as it stands in ARNs: `aws`, `aws-cn`, `aws-us-gov`, …
#[must_use]
pub fn partition_name(region: &str) -> &'static str {
    partition(region).name
}

/// The host that serves certificates and confirmations: `sns.eu-west-1.amazonaws.com`.
#[must_use]
pub fn sns_host(region: &str) -> String {
    format!("sns.{region}.{}", partition(region).dns_suffix)
}

/// The name in the certificate that signs a region's messages, which is rarely the name of the region's host
/// (AWS SDK for Java v2, `sns-message-manager`). A region that it does not list has `sns.<DNS suffix>`.
#[must_use]
pub fn signing_name(region: &str) -> String {
    let suffix = partition(region).dns_suffix;
    match region {
        "cn-north-1" | "cn-northwest-1" | "us-iso-east-1" | "us-isob-east-1" => {
            format!("sns-{region}.{suffix}")
        }
        "us-gov-west-1" | "us-gov-east-1" => format!("sns-us-gov-west-1.{suffix}"),
        "us-isof-east-1" | "us-isof-south-1" | "eu-isoe-west-1" => format!("sns-signing.{region}.{suffix}"),
        _ if OWN_NAME.contains(&region) => format!("sns-signing.{region}.{suffix}"),
        _ => format!("sns.{suffix}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_the_hosts_and_names_of_the_sdk_s_table() {
        let table = [
            ("us-east-1", "aws", "sns.us-east-1.amazonaws.com", "sns.amazonaws.com"),
            ("eu-west-1", "aws", "sns.eu-west-1.amazonaws.com", "sns.amazonaws.com"),
            ("eu-south-2", "aws", "sns.eu-south-2.amazonaws.com", "sns-signing.eu-south-2.amazonaws.com"),
            ("cn-north-1", "aws-cn", "sns.cn-north-1.amazonaws.com.cn", "sns-cn-north-1.amazonaws.com.cn"),
            (
                "cn-northwest-1",
                "aws-cn",
                "sns.cn-northwest-1.amazonaws.com.cn",
                "sns-cn-northwest-1.amazonaws.com.cn",
            ),
            (
                "us-gov-west-1",
                "aws-us-gov",
                "sns.us-gov-west-1.amazonaws.com",
                "sns-us-gov-west-1.amazonaws.com",
            ),
            (
                "us-gov-east-1",
                "aws-us-gov",
                "sns.us-gov-east-1.amazonaws.com",
                "sns-us-gov-west-1.amazonaws.com",
            ),
            ("us-iso-east-1", "aws-iso", "sns.us-iso-east-1.c2s.ic.gov", "sns-us-iso-east-1.c2s.ic.gov"),
            ("us-iso-west-1", "aws-iso", "sns.us-iso-west-1.c2s.ic.gov", "sns.c2s.ic.gov"),
            (
                "us-isob-east-1",
                "aws-iso-b",
                "sns.us-isob-east-1.sc2s.sgov.gov",
                "sns-us-isob-east-1.sc2s.sgov.gov",
            ),
            (
                "us-isof-south-1",
                "aws-iso-f",
                "sns.us-isof-south-1.csp.hci.ic.gov",
                "sns-signing.us-isof-south-1.csp.hci.ic.gov",
            ),
            (
                "eu-isoe-west-1",
                "aws-iso-e",
                "sns.eu-isoe-west-1.cloud.adc-e.uk",
                "sns-signing.eu-isoe-west-1.cloud.adc-e.uk",
            ),
            (
                "eusc-de-east-1",
                "aws-eusc",
                "sns.eusc-de-east-1.amazonaws.eu",
                "sns-signing.eusc-de-east-1.amazonaws.eu",
            ),
        ];
        for (region, partition, host, name) in table {
            assert_eq!(partition_name(region), partition, "{region}");
            assert_eq!(sns_host(region), host, "{region}");
            assert_eq!(signing_name(region), name, "{region}");
        }
    }
}
