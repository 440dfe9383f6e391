//! `match_cloudwatch_filter_pattern`: would a metric filter or subscription filter with this pattern take the event?

use std::sync::Arc;

use cloudwatch_filter_pattern::FilterPattern;
use vrl::prelude::*;

use super::refusal;

#[derive(Clone, Copy, Debug)]
pub(super) struct MatchCloudWatchFilterPattern;

impl Function for MatchCloudWatchFilterPattern {
    fn identifier(&self) -> &'static str {
        "match_cloudwatch_filter_pattern"
    }

    fn summary(&self) -> &'static str {
        "match a log event against a CloudWatch Logs filter pattern"
    }

    fn usage(&self) -> &'static str {
        "Tells whether a log event matches a filter pattern of CloudWatch Logs, as metric filters and subscription \
         filters have them: terms, JSON, space-delimited, regular expressions. The pattern is compiled once; a pattern \
         that AWS would refuse is refused with the program."
    }

    fn category(&self) -> &'static str {
        Category::String.as_ref()
    }

    fn return_kind(&self) -> u16 {
        kind::BOOLEAN
    }

    fn notices(&self) -> &'static [&'static str] {
        &[
            "The event is its text, as CloudWatch Logs sees it. For an event that is parsed already, give \
             `encode_json(.)`: numbers are then written as VRL writes them (`1.0`, where the event may have had `1.00`).",
            "Every comparison of a JSON pattern is false on a missing key, `!=` too.",
        ]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[
            Parameter::required("value", kind::BYTES, "The log event's text."),
            Parameter::required("pattern", kind::BYTES, "The filter pattern. It has to be constant."),
        ];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[
            example! {
                title: "A CloudTrail event",
                source: indoc! {r#"
                    match_cloudwatch_filter_pattern(
                        s'{"eventName":"ConsoleLogin","userIdentity":{"type":"Root"}}',
                        s'{ $.eventName = ConsoleLogin && $.userIdentity.type = "Root" }'
                    )
                "#},
                result: Ok("true"),
            },
            example! {
                title: "A line of an access log",
                source: indoc! {r#"
                    match_cloudwatch_filter_pattern(
                        s'127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
                        "[ip, ..., status = 4*, bytes]"
                    )
                "#},
                result: Ok("true"),
            },
            example! {
                title: "A missing key is not unequal",
                source: r#"match_cloudwatch_filter_pattern(s'{"eventName":"ConsoleLogin"}', s'{ $.mfa != "Yes" }')"#,
                result: Ok("false"),
            },
        ]
    }

    fn compile(
        &self,
        state: &TypeState,
        ctx: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        let value = arguments.required("value");
        let pattern = arguments.required_literal("pattern", state)?;
        let text = pattern.to_str_lossy().unwrap_or_default();
        let pattern =
            FilterPattern::parse(&text).map_err(|error| refusal::at_call(ctx, &error.to_string()))?;
        Ok(MatchCloudWatchFilterPatternFn { value, pattern: Arc::new(pattern) }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct MatchCloudWatchFilterPatternFn {
    value: Box<dyn Expression>,
    pattern: Arc<FilterPattern>,
}

impl FunctionExpression for MatchCloudWatchFilterPatternFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let value = self.value.resolve(ctx)?;
        Ok(self.pattern.matches(&value.try_bytes_utf8_lossy()?).into())
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::boolean().infallible()
    }
}
