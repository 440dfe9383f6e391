//! `vrl/verify_sns.vrl`: what SNS signed comes through as it was signed, and nothing else does.
//!
//! The program runs behind the lines that a Vector user writes before it: one that reads the key from the table of
//! `trailbell keys`.

mod agreement;
mod functions;
mod genuine;
mod padding;
mod programs;
mod refused;

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use trailbell::sns::{PinnedKey, Region, SigningCertUrl, SigningCertificate, Trust};
use vrl::compiler::runtime::{Runtime, Terminate};
use vrl::compiler::state::ExternalEnv;
use vrl::compiler::{
    CompileConfig, ExpressionError, Program, TargetValueRef, TimeZone, compile_with_external,
};
use vrl::diagnostic::Formatter;
use vrl::value::Secrets;

use functions::KeyTable;

const VERIFY_SNS_VRL: &str = include_str!("../../../vrl/verify_sns.vrl");

/// The topic of the messages that are made here.
const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:ops-alarms";

/// Lambda spells the URL in its own way.
const READ_KEY: &str = r#"
%trailbell.sns.key =
  get_enrichment_table_record("sns_keys", {"signing_cert_url": .SigningCertURL || .SigningCertUrl}) ?? null
"#;

/// What became of an event.
#[derive(Debug, PartialEq)]
struct Passed {
    event: Value,
    metadata: Value,
}

/// A program with the keys that it has.
struct Judge(Program);

impl Judge {
    fn new(keys: &[PinnedKey]) -> Self {
        Self::of(&[READ_KEY, VERIFY_SNS_VRL], keys)
    }

    /// Programs that Vector joins to one.
    fn of(sources: &[&str], keys: &[PinnedKey]) -> Self {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(PinnedKey::COLUMNS).unwrap();
        for key in keys {
            table.write_record(key.row()).unwrap();
        }
        let mut config = CompileConfig::default();
        config.set_custom(KeyTable::from_csv(&table.into_inner().unwrap()));
        let source = sources.join("\n");
        match compile_with_external(&source, &functions::all(), &ExternalEnv::default(), config) {
            Ok(compiled) if compiled.warnings.is_empty() => Self(compiled.program),
            Ok(compiled) => panic!("{}", Formatter::new(&source, compiled.warnings)),
            Err(error) => panic!("{}", Formatter::new(&source, error)),
        }
    }

    /// Ends in an event or in the reason of an `abort`. An error of VRL would open a door: it fails the test.
    fn run(&self, event: &Value, metadata: Value) -> Result<Passed, String> {
        let mut value = vrl::value::Value::from(event.clone());
        let mut metadata = vrl::value::Value::from(metadata);
        let mut secrets = Secrets::default();
        let mut target = TargetValueRef { value: &mut value, metadata: &mut metadata, secrets: &mut secrets };
        let zone = TimeZone::parse("UTC").unwrap();
        match Runtime::default().resolve(&mut target, &self.0, &zone) {
            Ok(result) => {
                assert_eq!(&result, target.value, "a program ends with its event");
                let plain = |value: vrl::value::Value| value.try_into().unwrap();
                Ok(Passed { event: plain(value), metadata: plain(metadata) })
            }
            Err(Terminate::Abort(ExpressionError::Abort { message, .. })) => Err(message.unwrap()),
            Err(error) => {
                panic!("no abort, but an error that Vector lets pass by default: {error:?}\n{event}")
            }
        }
    }

    /// The word for the reason, and no word for a message that comes through.
    fn label(&self, event: &Value, at: DateTime<Utc>, topic: &str) -> Option<String> {
        let refusal = self.run(event, settings(at, topic)).err()?;
        Some(refusal.split(':').next().unwrap().to_owned())
    }
}

/// The settings of a pipeline that listens to one topic.
fn settings(at: DateTime<Utc>, topic: &str) -> Value {
    json!({"trailbell": {"received_at": at.to_rfc3339(), "sns": {"topics": [topic]}}})
}

/// The keys of a certificate for these URLs of a region.
fn pin(pem: &[u8], url: &str, region: &str) -> PinnedKey {
    let certificate = SigningCertificate::from_pem(pem).unwrap();
    let url = SigningCertUrl::parse_in(url, Region::find(region).unwrap(), &Trust::aws()).unwrap();
    PinnedKey::new(&certificate, url).unwrap()
}

/// A judge with the key of the world's SNS. Compiling one takes longer than judging a message.
fn world_judge() -> &'static Judge {
    static JUDGE: OnceLock<Judge> = OnceLock::new();
    JUDGE.get_or_init(|| Judge::new(&[world_key()]))
}

/// The key of the world's SNS.
fn world_key() -> PinnedKey {
    use crate::world::{HOST, REGION, certificate};
    pin(certificate().pem.as_bytes(), &certificate().url(HOST), REGION)
}
