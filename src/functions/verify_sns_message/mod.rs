//! `verify_sns_message`: the message, if SNS signed it for a topic that is listened to.

mod trust;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use vrl::prelude::*;

pub use trust::SnsTrust;

use super::parse_sns_message::{SPELLING, envelope, fields, message, spelling};
use super::refusal;
use crate::sns::{AllowList, Policy, SigningCertificate, Spelling, TopicPattern};

#[derive(Clone, Copy, Debug)]
pub(super) struct VerifySnsMessage;

impl Function for VerifySnsMessage {
    fn identifier(&self) -> &'static str {
        "verify_sns_message"
    }

    fn summary(&self) -> &'static str {
        "verify the signature of what SNS posts"
    }

    fn usage(&self) -> &'static str {
        "Gives the message of an SNS envelope, as `parse_sns_message` does, if SNS signed it (version 1 or 2) for a \
         topic that is listened to, and not too long ago. Certificates are arguments, or stand in the trust set \
         (`trailbell::functions::SnsTrust`) that the host placed in the compile configuration; nothing is fetched."
    }

    fn category(&self) -> &'static str {
        Category::Cryptography.as_ref()
    }

    fn internal_failure_reasons(&self) -> &'static [&'static str] {
        &[
            "`value` is no SNS message: see `parse_sns_message`.",
            "The topic is none of `topics`.",
            "The message was published more than `max_age` before `at`, or more than five minutes after it.",
            "`SigningCertURL` is not on the SNS host of the topic's region.",
            "No certificate is of the name that SNS signs with in the topic's region, and valid at `at`.",
            "The signature does not fit the message.",
        ]
    }

    fn return_kind(&self) -> u16 {
        kind::OBJECT
    }

    fn return_rules(&self) -> &'static [&'static str] {
        &[
            "`signing_host` is the host that vouched for the message: the only one that may confirm a subscription.",
        ]
    }

    fn notices(&self) -> &'static [&'static str] {
        &[
            "A signature proves that a message is from SNS, not from whose topic: anybody with an AWS account can have \
             SNS sign one. So `topics` are needed, here or in the trust set.",
            "Whoever gives a certificate vouches for it: what counts is its key, its name and its time. Fetch it from \
             the SNS host of a region, never from where a message says without that check.",
            "Constant certificates and those of the trust set are parsed once; others at each call.",
            "A signature covers the text of the members: give `value` before anything changed them.",
        ]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[
            Parameter::required(
                "value",
                kind::BYTES | kind::OBJECT,
                "The envelope: its text, or the object that was parsed from it.",
            ),
            Parameter::required("at", kind::TIMESTAMP, "The time to judge at: `now()`."),
            Parameter::optional(
                "certificates",
                kind::ARRAY,
                "PEM texts of the signing certificates that are believed, in place of those of the trust set.",
            )
            .with_element_kind(kind::BYTES),
            Parameter::optional(
                "topics",
                kind::ARRAY,
                "ARNs of the topics that are listened to, in place of those of the trust set; `*` stands for any text \
                 within region, account or name. They have to be constant.",
            )
            .with_element_kind(kind::BYTES),
            Parameter::optional(
                "max_age",
                kind::INTEGER,
                "How old a message may be, in seconds; 4500 unless the trust set has another. SNS tries for an hour. \
                 Behind a queue, what the queue keeps. It has to be constant.",
            ),
            SPELLING,
        ];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[
            example! {
                title: "Verify a message",
                source: include_str!("example.vrl"),
                result: Ok(indoc! {r#"{
                    "type": "Notification",
                    "message_id": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
                    "topic_arn": "arn:aws:sns:eu-west-1:123456789012:ops",
                    "topic": {"partition": "aws", "region": "eu-west-1", "account": "123456789012", "name": "ops"},
                    "subject": null,
                    "message": "the disk is full",
                    "timestamp": "2026-12-31T23:59:30Z",
                    "signing_host": "sns.eu-west-1.amazonaws.com"
                }"#}),
            },
            example! {
                title: "A message of a stranger's topic",
                source: indoc! {r#"
                    message, error = verify_sns_message(
                        s'{
                            "Type": "Notification",
                            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
                            "TopicArn": "arn:aws:sns:eu-west-1:999999999999:ops",
                            "Message": "the disk is full",
                            "Timestamp": "2026-12-31T23:59:30.000Z",
                            "SignatureVersion": "2",
                            "Signature": "bm90IGEgc2lnbmF0dXJl",
                            "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem"
                        }',
                        at: t'2027-01-01T00:00:00Z',
                        certificates: [],
                        topics: ["arn:aws:sns:*:123456789012:*"]
                    )
                    error
                "#},
                result: Ok(
                    r#"function call error for "verify_sns_message" at (17:572): topic arn:aws:sns:eu-west-1:999999999999:ops is not on the allow-list"#,
                ),
            },
        ]
    }

    fn compile(
        &self,
        state: &TypeState,
        ctx: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        let trust = ctx.get_external_context::<SnsTrust>().cloned();
        let policy = policy(trust.as_ref(), state, ctx, &arguments)?;
        let certificates = match (arguments.optional("certificates"), trust) {
            (Some(argument), _) => match argument.resolve_constant(state) {
                Some(constant) => {
                    let parsed = certificates(&constant).map_err(|error| refusal::at_call(ctx, &error))?;
                    Certificates::Constant(parsed.into())
                }
                None => Certificates::Argument(argument),
            },
            (None, Some(trust)) => Certificates::Trust(trust),
            (None, None) => {
                return Err(refusal::at_call(
                    ctx,
                    "certificates are missing: the host placed no trust set, so the call has to give them",
                ));
            }
        };
        let spelling = spelling(&arguments, state)?;
        let (value, at) = (arguments.required("value"), arguments.required("at"));
        Ok(VerifySnsMessageFn { value, at, certificates, policy: Arc::new(policy), spelling }.as_expr())
    }
}

/// The trust set's policy, or a receiver's default one, changed by the arguments `topics` and `max_age`.
fn policy(
    trust: Option<&SnsTrust>,
    state: &TypeState,
    ctx: &FunctionCompileContext,
    arguments: &ArgumentList,
) -> Result<Policy, Box<dyn DiagnosticMessage>> {
    let topics = arguments.optional_literal("topics", state)?;
    let topics = topics.map(|topics| allow_list(topics).map_err(|error| refusal::at_call(ctx, &error)));
    let mut policy = match (topics.transpose()?, trust) {
        (Some(topics), Some(trust)) => Policy { allow_list: Some(topics), ..trust.policy().clone() },
        (Some(topics), None) => Policy::new(topics),
        (None, Some(trust)) => trust.policy().clone(),
        (None, None) => {
            return Err(refusal::at_call(
                ctx,
                "topics are missing: the host placed no trust set, so the call has to say whose topics it listens to",
            ));
        }
    };
    if let Some(max_age) = arguments.optional_literal("max_age", state)? {
        let seconds = max_age.as_integer().and_then(|seconds| u64::try_from(seconds).ok());
        let seconds = seconds.filter(|seconds| *seconds > 0);
        let seconds = seconds.ok_or_else(|| refusal::at_call(ctx, "max_age is not above 0 seconds"))?;
        policy.replay_window = Some(Duration::from_secs(seconds));
    }
    Ok(policy)
}

fn allow_list(topics: Value) -> Result<AllowList, String> {
    let topics = topics.try_array().map_err(|error| error.to_string())?;
    let mut patterns = Vec::with_capacity(topics.len());
    for topic in &topics {
        let text = topic.try_bytes_utf8_lossy().map_err(|error| error.to_string())?;
        patterns.push(text.parse::<TopicPattern>().map_err(|error| error.to_string())?);
    }
    Ok(AllowList::new(patterns))
}

/// Each certificate once, however often it stands in the list.
fn certificates(list: &Value) -> Result<Vec<Arc<SigningCertificate>>, String> {
    let mut seen = BTreeSet::new();
    let mut parsed = Vec::new();
    for (at, pem) in list.as_array().unwrap_or_default().iter().enumerate() {
        let pem = pem.try_bytes_utf8_lossy().map_err(|error| error.to_string())?.trim().to_owned();
        let certificate = SigningCertificate::from_pem(pem.as_bytes())
            .map_err(|error| format!("certificate {}: {error}", at + 1))?;
        if seen.insert(pem) {
            parsed.push(Arc::new(certificate));
        }
    }
    Ok(parsed)
}

/// Where the certificates come from.
#[derive(Clone, Debug)]
enum Certificates {
    Constant(Arc<[Arc<SigningCertificate>]>),
    Argument(Box<dyn Expression>),
    Trust(SnsTrust),
}

#[derive(Clone, Debug)]
struct VerifySnsMessageFn {
    value: Box<dyn Expression>,
    at: Box<dyn Expression>,
    certificates: Certificates,
    policy: Arc<Policy>,
    spelling: Spelling,
}

impl FunctionExpression for VerifySnsMessageFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let value = self.value.resolve(ctx)?;
        let at = self.at.resolve(ctx)?.try_timestamp()?;
        let envelope = envelope(&value, self.spelling)?;
        let verdict = match &self.certificates {
            Certificates::Constant(parsed) => trust::verify(&self.policy, parsed, &envelope, at),
            Certificates::Trust(trust) => trust::verify(&self.policy, &trust.certificates(), &envelope, at),
            Certificates::Argument(list) => {
                let parsed = certificates(&list.resolve(ctx)?)?;
                trust::verify(&self.policy, &parsed, &envelope, at)
            }
        };
        let verified = verdict.map_err(|error| error.to_string())?;
        let mut message = message(&verified);
        message.insert("signing_host".into(), verified.signing_host().into());
        Ok(Value::Object(message))
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        let mut fields = fields();
        fields.insert("signing_host".into(), Kind::bytes());
        TypeDef::object(fields).fallible()
    }
}
