//! `parse_sns_message`: what SNS posts, parsed strictly and typed.

use std::collections::BTreeMap;

use vrl::prelude::*;

use crate::sns::{Envelope, EnvelopeError, Spelling};

/// The members that SNS writes, in both spellings. A host may have added its own beside them.
const MEMBERS: [&str; 15] = [
    "Type",
    "MessageId",
    "Token",
    "TopicArn",
    "Subject",
    "Message",
    "Timestamp",
    "SignatureVersion",
    "Signature",
    "SubscribeURL",
    "SigningCertURL",
    "UnsubscribeURL",
    "SubscribeUrl",
    "SigningCertUrl",
    "UnsubscribeUrl",
];

pub(super) const SPELLING: Parameter = Parameter::optional(
    "spelling",
    kind::BYTES,
    "How the URL members are spelt: `http` (default), as in HTTP and SQS deliveries, or `lambda`. It has to be constant.",
)
.enum_variants(&[
    function::EnumVariant { value: "http", description: "`SigningCertURL`, `SubscribeURL`, `UnsubscribeURL`" },
    function::EnumVariant { value: "lambda", description: "`SigningCertUrl`, `SubscribeUrl`, `UnsubscribeUrl`" },
]);

/// Reads the argument `spelling`.
pub(super) fn spelling(
    arguments: &ArgumentList,
    state: &TypeState,
) -> Result<Spelling, Box<dyn DiagnosticMessage>> {
    let variants = [Value::from("http"), Value::from("lambda")];
    let lambda =
        arguments.optional_enum("spelling", &variants, state)?.is_some_and(|value| value == variants[1]);
    Ok(if lambda { Spelling::Lambda } else { Spelling::Http })
}

/// The envelope in a text, or in an object that a host has parsed already.
pub(super) fn envelope(value: &Value, spelling: Spelling) -> Result<Envelope, ExpressionError> {
    let envelope = match value {
        Value::Object(members) => {
            let theirs = MEMBERS.into_iter().filter_map(|name| Some((name, members.get(name)?)));
            let theirs: BTreeMap<&str, &Value> = theirs.collect();
            let json = serde_json::to_vec(&theirs)
                .map_err(|error| EnvelopeError::Json { reason: error.to_string() }.to_string())?;
            Envelope::parse_spelt(&json, spelling)
        }
        text => Envelope::parse_spelt(text.try_bytes_utf8_lossy()?.as_bytes(), spelling),
    };
    envelope.map_err(|error| error.to_string().into())
}

/// The result. `Token`, `SubscribeURL` and `UnsubscribeURL` stay behind: whoever has them can change the subscription.
pub(super) fn message(envelope: &Envelope) -> ObjectMap {
    let topic = envelope.topic_arn();
    let parts = ObjectMap::from([
        ("partition".into(), topic.region().partition().id().into()),
        ("region".into(), topic.region().code().into()),
        ("account".into(), topic.account().into()),
        ("name".into(), topic.name().into()),
    ]);
    ObjectMap::from([
        ("type".into(), envelope.message_type().as_str().into()),
        ("message_id".into(), envelope.message_id().into()),
        ("topic_arn".into(), topic.as_str().into()),
        ("topic".into(), Value::Object(parts)),
        ("subject".into(), envelope.subject().into()),
        ("message".into(), envelope.message().into()),
        ("timestamp".into(), envelope.published_at().into()),
    ])
}

/// The kinds of [`message`].
pub(super) fn fields() -> BTreeMap<Field, Kind> {
    let topic = ["partition", "region", "account", "name"].map(|name| (Field::from(name), Kind::bytes()));
    BTreeMap::from([
        ("type".into(), Kind::bytes()),
        ("message_id".into(), Kind::bytes()),
        ("topic_arn".into(), Kind::bytes()),
        ("topic".into(), Kind::object(BTreeMap::from(topic))),
        ("subject".into(), Kind::bytes().or_null()),
        ("message".into(), Kind::bytes()),
        ("timestamp".into(), Kind::timestamp()),
    ])
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ParseSnsMessage;

impl Function for ParseSnsMessage {
    fn identifier(&self) -> &'static str {
        "parse_sns_message"
    }

    fn summary(&self) -> &'static str {
        "parse what SNS posts"
    }

    fn usage(&self) -> &'static str {
        "Parses the envelope that SNS posts over HTTP, writes into SQS or hands to Lambda, more strictly than JSON asks \
         for: each member once, the topic's ARN sound and of a region that is known, the time readable. It proves \
         nothing: anybody can write an envelope. See `verify_sns_message`."
    }

    fn category(&self) -> &'static str {
        Category::Parse.as_ref()
    }

    fn internal_failure_reasons(&self) -> &'static [&'static str] {
        &[
            "`value` is not one JSON object with the members of an SNS message, each of them once.",
            "`TopicArn` is not the ARN of a topic in a region that is known.",
            "`Timestamp` is not RFC 3339 in UTC.",
            "`value` has more than 512 KiB.",
        ]
    }

    fn return_kind(&self) -> u16 {
        kind::OBJECT
    }

    fn return_rules(&self) -> &'static [&'static str] {
        &[
            "`subject` is null where the publisher set none.",
            "`Token`, `SubscribeURL` and `UnsubscribeURL` are left out: whoever has them can change the subscription.",
        ]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[
            Parameter::required(
                "value",
                kind::BYTES | kind::OBJECT,
                "The envelope: its text, or the object that was parsed from it.",
            ),
            SPELLING,
        ];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[
            example! {
                title: "Parse a notification",
                source: indoc! {r#"
                    parse_sns_message!(s'{
                        "Type": "Notification",
                        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
                        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:ops",
                        "Message": "the disk is full",
                        "Timestamp": "2026-09-22T19:26:59.980Z",
                        "SignatureVersion": "2",
                        "Signature": "bm90IGEgc2lnbmF0dXJl",
                        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem",
                        "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe"
                    }')
                "#},
                result: Ok(indoc! {r#"{
                    "type": "Notification",
                    "message_id": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
                    "topic_arn": "arn:aws:sns:eu-west-1:123456789012:ops",
                    "topic": {"partition": "aws", "region": "eu-west-1", "account": "123456789012", "name": "ops"},
                    "subject": null,
                    "message": "the disk is full",
                    "timestamp": "2026-09-22T19:26:59.980Z"
                }"#}),
            },
            example! {
                title: "A member that stands twice",
                source: r#"parse_sns_message!(s'{"Message": "all is well", "Message": "the disk is full"}')"#,
                result: Err(
                    r#"function call error for "parse_sns_message" at (0:80): the body is not an SNS envelope: member "Message" stands twice at line 1 column 36"#,
                ),
            },
        ]
    }

    fn compile(
        &self,
        state: &TypeState,
        _ctx: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        let spelling = spelling(&arguments, state)?;
        Ok(ParseSnsMessageFn { value: arguments.required("value"), spelling }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct ParseSnsMessageFn {
    value: Box<dyn Expression>,
    spelling: Spelling,
}

impl FunctionExpression for ParseSnsMessageFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let value = self.value.resolve(ctx)?;
        Ok(Value::Object(message(&envelope(&value, self.spelling)?)))
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::object(fields()).fallible()
    }
}
