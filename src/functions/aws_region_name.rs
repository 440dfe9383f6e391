//! `aws_region_name`: a region's code to the name that people know.

use vrl::prelude::*;

/// Display names as CloudWatch's notifications have them: European regions say "EU", not "Europe". Observed for
/// N. Virginia, Ohio, Oregon, Seoul, Sydney and the European ones of Ireland, London, Frankfurt, Stockholm and Milan;
/// the others are botocore's descriptions, with EU by analogy.
const NAMES: [(&str, &str); 46] = [
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
    ("ca-central-1", "Canada (Central)"),
    ("ca-west-1", "Canada West (Calgary)"),
    ("cn-north-1", "China (Beijing)"),
    ("cn-northwest-1", "China (Ningxia)"),
    ("eu-central-1", "EU (Frankfurt)"),
    ("eu-central-2", "EU (Zurich)"),
    ("eu-isoe-west-1", "EU ISOE West"),
    ("eu-north-1", "EU (Stockholm)"),
    ("eu-south-1", "EU (Milan)"),
    ("eu-south-2", "EU (Spain)"),
    ("eu-west-1", "EU (Ireland)"),
    ("eu-west-2", "EU (London)"),
    ("eu-west-3", "EU (Paris)"),
    ("eusc-de-east-1", "AWS European Sovereign Cloud (Germany)"),
    ("il-central-1", "Israel (Tel Aviv)"),
    ("me-central-1", "Middle East (UAE)"),
    ("me-south-1", "Middle East (Bahrain)"),
    ("mx-central-1", "Mexico (Central)"),
    ("sa-east-1", "South America (Sao Paulo)"),
    ("us-east-1", "US East (N. Virginia)"),
    ("us-east-2", "US East (Ohio)"),
    ("us-gov-east-1", "AWS GovCloud (US-East)"),
    ("us-gov-west-1", "AWS GovCloud (US-West)"),
    ("us-iso-east-1", "US ISO East"),
    ("us-iso-west-1", "US ISO WEST"),
    ("us-isob-east-1", "US ISOB East (Ohio)"),
    ("us-isob-west-1", "US ISOB West"),
    ("us-isof-east-1", "US ISOF EAST"),
    ("us-isof-south-1", "US ISOF SOUTH"),
    ("us-west-1", "US West (N. California)"),
    ("us-west-2", "US West (Oregon)"),
];

/// The name of the region with this code.
fn region_name(code: &str) -> Option<&'static str> {
    let at = NAMES.binary_search_by_key(&code, |(code, _)| *code).ok()?;
    NAMES.get(at).map(|(_, name)| *name)
}

#[derive(Clone, Copy, Debug)]
pub(super) struct AwsRegionName;

impl Function for AwsRegionName {
    fn identifier(&self) -> &'static str {
        "aws_region_name"
    }

    fn summary(&self) -> &'static str {
        "name an AWS region"
    }

    fn usage(&self) -> &'static str {
        "Gives the name of an AWS region as CloudWatch's notifications have it: `EU (Ireland)` for `eu-west-1`."
    }

    fn category(&self) -> &'static str {
        Category::Convert.as_ref()
    }

    fn internal_failure_reasons(&self) -> &'static [&'static str] {
        &["`value` is not the code of a region in this version's table."]
    }

    fn return_kind(&self) -> u16 {
        kind::BYTES
    }

    fn notices(&self) -> &'static [&'static str] {
        &["AWS adds regions: write `aws_region_name(code) ?? code`."]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] =
            &[Parameter::required("value", kind::BYTES, "The region's code, such as `eu-west-1`.")];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[
            example! {
                title: "Name a region",
                source: r#"aws_region_name!("eu-west-1")"#,
                result: Ok("EU (Ireland)"),
            },
            example! {
                title: "Keep the code of a region that is not known",
                source: r#"aws_region_name("xx-north-9") ?? "xx-north-9""#,
                result: Ok("xx-north-9"),
            },
        ]
    }

    fn compile(
        &self,
        _state: &TypeState,
        _ctx: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        Ok(AwsRegionNameFn { value: arguments.required("value") }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct AwsRegionNameFn {
    value: Box<dyn Expression>,
}

impl FunctionExpression for AwsRegionNameFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let value = self.value.resolve(ctx)?;
        let code = value.try_bytes_utf8_lossy()?;
        match region_name(&code) {
            Some(name) => Ok(Value::from_static_str(name)),
            None => Err(format!("{code:?} is no AWS region that this version knows").into()),
        }
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::bytes().fallible()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sns::Region;

    #[test]
    fn the_table_is_sorted_and_has_no_code_and_no_name_twice() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let names: std::collections::BTreeSet<_> = NAMES.iter().map(|(_, name)| name).collect();
        assert_eq!(names.len(), NAMES.len());
    }

    #[test]
    fn it_names_the_regions_in_which_sns_exists_and_no_others() {
        for region in Region::all() {
            assert!(region_name(region.code()).is_some(), "{} has no name", region.code());
        }
        for (code, _) in NAMES {
            assert!(Region::find(code).is_some(), "{code} is unknown to SNS");
        }
    }
}
