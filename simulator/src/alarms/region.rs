//! Where alarms live: account, region, and what CloudWatch calls the region.

/// Display names, as CloudWatch's notifications have them: European regions say "EU", not "Europe". Observed for
/// N. Virginia, Ohio, Oregon, Seoul, Sydney and the European ones of Ireland, London, Frankfurt, Stockholm and Milan;
/// the others are botocore's descriptions, with EU by analogy.
const DISPLAY_NAMES: [(&str, &str); 46] = [
    ("us-east-1", "US East (N. Virginia)"),
    ("us-east-2", "US East (Ohio)"),
    ("us-west-1", "US West (N. California)"),
    ("us-west-2", "US West (Oregon)"),
    ("ca-central-1", "Canada (Central)"),
    ("ca-west-1", "Canada West (Calgary)"),
    ("mx-central-1", "Mexico (Central)"),
    ("sa-east-1", "South America (Sao Paulo)"),
    ("eu-west-1", "EU (Ireland)"),
    ("eu-west-2", "EU (London)"),
    ("eu-west-3", "EU (Paris)"),
    ("eu-central-1", "EU (Frankfurt)"),
    ("eu-central-2", "EU (Zurich)"),
    ("eu-north-1", "EU (Stockholm)"),
    ("eu-south-1", "EU (Milan)"),
    ("eu-south-2", "EU (Spain)"),
    ("af-south-1", "Africa (Cape Town)"),
    ("ap-east-1", "Asia Pacific (Hong Kong)"),
    ("ap-east-2", "Asia Pacific (Taipei)"),
    ("ap-northeast-1", "Asia Pacific (Tokyo)"),
    ("ap-northeast-2", "Asia Pacific (Seoul)"),
    ("ap-northeast-3", "Asia Pacific (Osaka)"),
    ("ap-south-1", "Asia Pacific (Mumbai)"),
    ("ap-south-2", "Asia Pacific (Hyderabad)"),
    ("ap-southeast-1", "Asia Pacific (Singapore)"),
    ("ap-southeast-2", "Asia Pacific (Sydney)"),
    ("ap-southeast-3", "Asia Pacific (Jakarta)"),
    ("ap-southeast-4", "Asia Pacific (Melbourne)"),
    ("ap-southeast-5", "Asia Pacific (Malaysia)"),
    ("ap-southeast-6", "Asia Pacific (New Zealand)"),
    ("ap-southeast-7", "Asia Pacific (Thailand)"),
    ("me-south-1", "Middle East (Bahrain)"),
    ("me-central-1", "Middle East (UAE)"),
    ("il-central-1", "Israel (Tel Aviv)"),
    ("cn-north-1", "China (Beijing)"),
    ("cn-northwest-1", "China (Ningxia)"),
    ("us-gov-west-1", "AWS GovCloud (US-West)"),
    ("us-gov-east-1", "AWS GovCloud (US-East)"),
    ("us-iso-east-1", "US ISO East"),
    ("us-iso-west-1", "US ISO WEST"),
    ("us-isob-east-1", "US ISOB East (Ohio)"),
    ("us-isob-west-1", "US ISOB West"),
    ("us-isof-east-1", "US ISOF EAST"),
    ("us-isof-south-1", "US ISOF SOUTH"),
    ("eu-isoe-west-1", "EU ISOE West"),
    ("eusc-de-east-1", "AWS European Sovereign Cloud (Germany)"),
];

/// The partitions whose ARNs do not begin with `arn:aws:`, by how their region codes begin.
const PARTITIONS: [(&str, &str); 7] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
];

/// What CloudWatch calls a region; the code itself where it is not known.
#[must_use]
pub fn region_display_name(region: &str) -> &str {
    DISPLAY_NAMES.iter().find(|(code, _)| *code == region).map_or(region, |(_, name)| name)
}

/// The account and region that alarms belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// 12 digits.
    pub account: String,
    /// The region's code: `eu-west-1`.
    pub region: String,
}

impl Home {
    /// An account in a region.
    #[must_use]
    pub fn new(account: &str, region: &str) -> Self {
        Self { account: account.to_owned(), region: region.to_owned() }
    }

    /// The ARN of an alarm: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:root-login`.
    #[must_use]
    pub fn alarm_arn(&self, name: &str) -> String {
        let partition = PARTITIONS
            .iter()
            .find(|(prefix, _)| self.region.starts_with(prefix))
            .map_or("aws", |(_, name)| name);
        format!("arn:{partition}:cloudwatch:{}:{}:alarm:{name}", self.region, self.account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_cloudwatch_s_names_and_partitions() {
        assert_eq!(region_display_name("eu-west-1"), "EU (Ireland)");
        assert_eq!(region_display_name("us-east-1"), "US East (N. Virginia)");
        assert_eq!(region_display_name("xx-new-1"), "xx-new-1");
        let arn = Home::new("123456789012", "us-gov-west-1").alarm_arn("a b");
        assert_eq!(arn, "arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:a b");
    }
}
