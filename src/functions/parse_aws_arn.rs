//! `parse_aws_arn`: an Amazon Resource Name, taken apart.
//!
//! "Amazon Resource Names (ARNs)" in the IAM user guide: `arn:partition:service:region:account-id:` and then
//! `resource-id`, `resource-type/resource-id` or `resource-type:resource-id`.

use std::collections::BTreeMap;

use vrl::prelude::*;

/// Services whose resources have a name and no type before it: what follows a `/` or `:` there belongs to the name.
const WITHOUT_TYPE: [&str; 3] = ["s3", "sns", "sqs"];

/// Why a text is no ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NotAnArn {
    #[error("not an ARN (arn:<partition>:<service>:<region>:<account>:<resource>)")]
    Shape,
    #[error("not an ARN: its {part} is {found:?}")]
    Part { part: &'static str, found: String },
}

fn parse(text: &str) -> Result<ObjectMap, NotAnArn> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, resource] = parts.as_slice() else {
        return Err(NotAnArn::Shape);
    };
    for (part, found, may_be_empty) in [
        ("partition", partition, false),
        ("service", service, false),
        ("region", region, true),
        ("account", account, true),
    ] {
        let sound = found.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !sound || (found.is_empty() && !may_be_empty) {
            return Err(NotAnArn::Part { part, found: found.chars().take(40).collect() });
        }
    }
    if resource.is_empty() {
        return Err(NotAnArn::Part { part: "resource", found: String::new() });
    }
    let separator = resource.find(['/', ':']).filter(|at| *at > 0 && !WITHOUT_TYPE.contains(service));
    let (resource_type, resource_id) = match separator {
        Some(at) => (Some(&resource[..at]), &resource[at + 1..]),
        None => (None, *resource),
    };
    let filled = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    Ok(ObjectMap::from([
        ("partition".into(), (*partition).into()),
        ("service".into(), (*service).into()),
        ("region".into(), filled(region)),
        ("account".into(), filled(account)),
        ("resource".into(), (*resource).into()),
        ("resource_type".into(), resource_type.into()),
        ("resource_id".into(), resource_id.into()),
    ]))
}

fn fields() -> BTreeMap<Field, Kind> {
    BTreeMap::from([
        ("partition".into(), Kind::bytes()),
        ("service".into(), Kind::bytes()),
        ("region".into(), Kind::bytes().or_null()),
        ("account".into(), Kind::bytes().or_null()),
        ("resource".into(), Kind::bytes()),
        ("resource_type".into(), Kind::bytes().or_null()),
        ("resource_id".into(), Kind::bytes()),
    ])
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ParseAwsArn;

impl Function for ParseAwsArn {
    fn identifier(&self) -> &'static str {
        "parse_aws_arn"
    }

    fn summary(&self) -> &'static str {
        "take an ARN apart"
    }

    fn usage(&self) -> &'static str {
        "Takes an Amazon Resource Name apart. `region` and `account` are null where the ARN has none."
    }

    fn category(&self) -> &'static str {
        Category::Parse.as_ref()
    }

    fn internal_failure_reasons(&self) -> &'static [&'static str] {
        &["`value` is not of the form `arn:<partition>:<service>:<region>:<account>:<resource>`."]
    }

    fn return_kind(&self) -> u16 {
        kind::OBJECT
    }

    fn return_rules(&self) -> &'static [&'static str] {
        &[
            "`resource_type` is what stands before the first `/` or `:` of the resource, `resource_id` what follows; \
             where there is neither, `resource_type` is null and `resource_id` is the whole resource.",
            "The resources of `s3`, `sns` and `sqs` have no type: `resource_id` is the whole resource.",
        ]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[Parameter::required("value", kind::BYTES, "The ARN.")];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[
            example! {
                title: "The ARN of an alarm",
                source: r#"parse_aws_arn!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:RootLogin")"#,
                result: Ok(indoc! {r#"{
                    "partition": "aws",
                    "service": "cloudwatch",
                    "region": "eu-west-1",
                    "account": "123456789012",
                    "resource": "alarm:RootLogin",
                    "resource_type": "alarm",
                    "resource_id": "RootLogin"
                }"#}),
            },
            example! {
                title: "The ARN of an object in a bucket",
                source: r#"parse_aws_arn!("arn:aws:s3:::trail-bucket/AWSLogs/2026").resource_id"#,
                result: Ok("trail-bucket/AWSLogs/2026"),
            },
            example! {
                title: "What is no ARN",
                source: r#"parse_aws_arn!("RootLogin")"#,
                result: Err(
                    r#"function call error for "parse_aws_arn" at (0:27): not an ARN (arn:<partition>:<service>:<region>:<account>:<resource>)"#,
                ),
            },
        ]
    }

    fn compile(
        &self,
        _state: &TypeState,
        _ctx: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        Ok(ParseAwsArnFn { value: arguments.required("value") }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct ParseAwsArnFn {
    value: Box<dyn Expression>,
}

impl FunctionExpression for ParseAwsArnFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let value = self.value.resolve(ctx)?;
        let text = value.try_bytes_utf8_lossy()?;
        parse(&text).map(Value::Object).map_err(|error| error.to_string().into())
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::object(fields()).fallible()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn type_and_id_of_a_resource_are_told_apart() {
        for (arn, resource_type, resource_id) in [
            (
                "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f:*",
                Some("log-group"),
                "/aws/lambda/f:*",
            ),
            ("arn:aws:iam::123456789012:role/service/deploy", Some("role"), "service/deploy"),
            ("arn:aws:iam::aws:policy/AdministratorAccess", Some("policy"), "AdministratorAccess"),
            ("arn:aws:iam::123456789012:root", None, "root"),
            ("arn:aws:sns:eu-west-1:123456789012:ops:5f1c2a00", None, "ops:5f1c2a00"),
            ("arn:aws:sqs:eu-west-1:123456789012:ops", None, "ops"),
            ("arn:aws:apigateway:eu-west-1::/restapis/a", None, "/restapis/a"),
            ("arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:a/b: c", Some("alarm"), "a/b: c"),
        ] {
            let parsed = parse(arn).unwrap();
            assert_eq!(parsed["resource_type"], Value::from(resource_type), "{arn}");
            assert_eq!(parsed["resource_id"], Value::from(resource_id), "{arn}");
            assert_eq!(Kind::object(fields()).is_superset(&Value::Object(parsed).kind()), Ok(()), "{arn}");
        }
    }

    #[test]
    fn what_is_no_arn_is_refused_with_the_part() {
        for (text, expected) in [
            ("", "not an ARN (arn:<partition>:<service>:<region>:<account>:<resource>)"),
            ("arn:aws:s3:::", "not an ARN: its resource is \"\""),
            ("arn::s3:::b", "not an ARN: its partition is \"\""),
            ("arn:aws::eu-west-1:1:b", "not an ARN: its service is \"\""),
            ("arn:aws:sqs:eu west:1:b", "not an ARN: its region is \"eu west\""),
            (
                "ARN:aws:sqs:eu-west-1:1:b",
                "not an ARN (arn:<partition>:<service>:<region>:<account>:<resource>)",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), expected, "{text}");
        }
    }
}
