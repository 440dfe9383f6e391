//! How the program stands beside the others: in one `remap`, in hosts that know types, in stock Vector.

use serde_json::{Value, json};
use trailbell_sim::sns::{Kind, SignatureVersion, Topic};
use vrl::compiler::state::ExternalEnv;
use vrl::compiler::{CompileConfig, compile_with_external};
use vrl::diagnostic::Formatter;
use vrl::value::Kind as Type;
use vrl::value::kind::Collection;

use super::functions::KeyTable;
use super::{Judge, VERIFY_SNS_VRL, functions, world_key};
use crate::world::{ACCOUNT, REGION, beginning, signer};

const README: &str = include_str!("../../../vrl/README.md");
const OPSGENIE_VRL: &str = include_str!("../../../vrl/opsgenie.vrl");
const SETTINGS_VRL: &str = include_str!("../../../vrl/settings.vrl");
const ENVELOPE_VRL: &str = include_str!("../../../vrl/envelope.vrl");
const LIMITS_VRL: &str = include_str!("../../../vrl/limits.vrl");

/// `sns_keys.vrl` as the README writes it for a topic of eu-west-1.
fn keys_of_readme() -> String {
    let block =
        README.split("```coffee\n").find(|block| block.contains("get_enrichment_table_record")).unwrap();
    let program = block.split("```").next().unwrap();
    program.replace("eu-west-1", REGION)
}

/// The programs of a transform in the README, in its order, with a clock before the check of the age.
fn programs_of_readme<'a>(transform: &str, keys: &'a str, clock: &'a str) -> Vec<&'a str> {
    let transform = README.split(&format!("\n  {transform}:\n")).nth(1).unwrap();
    let files = transform.split("files: [").nth(1).unwrap().split(']').next().unwrap();
    let programs = files.split(", ").flat_map(|file| match file {
        "settings.vrl" => vec![SETTINGS_VRL],
        "envelope.vrl" => vec![ENVELOPE_VRL],
        "sns_keys.vrl" => vec![keys],
        "verify_sns.vrl" => vec![clock, VERIFY_SNS_VRL],
        "opsgenie.vrl" => vec![OPSGENIE_VRL],
        "limits.vrl" => vec![LIMITS_VRL],
        // It needs the table of routes: `vector_configs` compiles and runs it.
        "routes.vrl" => vec![],
        other => panic!("{other}"),
    });
    programs.collect()
}

#[test]
fn the_programs_of_the_readme_run_behind_each_other() {
    let mut topic = Topic::new(REGION, ACCOUNT, "ops-alarms", 1).unwrap();
    let subscription = topic.subscribe();
    let mut envelope = topic.notification(&subscription, "hello", beginning());
    if let Kind::Notification(notification) = &mut envelope.kind {
        notification.subject = Some("Root login".to_owned());
    }
    let message = signer(SignatureVersion::V2).sign(envelope).unwrap();
    let message: Value = serde_json::from_str(&message.to_json()).unwrap();
    let clock = format!("%trailbell.received_at = \"{}\"", beginning().to_rfc3339());
    let keys = keys_of_readme();
    let verify = Judge::of(&programs_of_readme("verify", &keys, &clock), &[world_key()]);
    let map = Judge::of(&programs_of_readme("map", &keys, &clock), &[]);

    let body = |message: &Value| json!({"message": message.to_string()});
    let verified = verify.run(&body(&message), json!({})).unwrap();
    assert_eq!(verified.event["MessageId"], message["MessageId"], "what dedupe matches");
    let passed = map.run(&verified.event, verified.metadata).unwrap();
    assert_eq!(passed.event["action"], "create");
    assert_eq!(passed.event["request"]["body"]["message"], "Root login");
    assert_eq!(passed.event["request"]["body"]["user"], "vector", "the settings came along");
    assert_eq!(passed.metadata["trailbell"]["verified"]["signature_version"], "2");

    let mut forged = message;
    forged["Message"] = "page them all".into();
    let refused = verify.run(&body(&forged), json!({})).unwrap_err();
    assert_eq!(refused, "signature: the signature does not fit the message");
}

fn object(kinds: &[(&'static str, Type)]) -> Type {
    let mut object = Type::object(Collection::any());
    for (name, kind) in kinds {
        object.as_object_mut().unwrap().known_mut().insert((*name).into(), kind.clone());
    }
    object
}

/// Hosts differ in what they know of an event's types, and VRL's errors depend on it.
#[test]
fn the_program_compiles_whatever_the_host_knows_of_the_types() {
    let members =
        ["Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature"];
    let texts: Vec<_> = members.iter().map(|name| (*name, Type::bytes())).collect();
    let wrong: Vec<_> = members.iter().map(|name| (*name, Type::integer())).collect();
    let key: Vec<_> = trailbell::sns::PinnedKey::COLUMNS.iter().map(|name| (*name, Type::bytes())).collect();
    let topics = Type::array(Collection::from_unknown(Type::bytes()));
    let sns = [
        ("topics", topics.clone()),
        ("key", object(&key)),
        ("signature_versions", topics),
        ("max_age_secs", Type::integer()),
    ];
    let metadata = object(&[("trailbell", object(&[("sns", object(&sns)), ("received_at", Type::bytes())]))]);
    let nothing = Type::object(Collection::empty());
    for (event, metadata) in [
        (Type::any(), Type::any()),
        (object(&texts), metadata.clone()),
        (object(&wrong), nothing.clone()),
        (nothing.clone(), metadata),
        (Type::bytes(), nothing),
    ] {
        let external = ExternalEnv::new_with_kind(event.clone(), metadata);
        let mut config = CompileConfig::default();
        config.set_custom(KeyTable::default());
        match compile_with_external(VERIFY_SNS_VRL, &functions::all(), &external, config) {
            Ok(compiled) => assert!(compiled.warnings.is_empty(), "{event}: {:?}", compiled.warnings),
            Err(error) => panic!("{event}: {}", Formatter::new(VERIFY_SNS_VRL, error)),
        }
    }
}

/// All of them are in VRL 0.31: `zip`, the youngest, came with 0.21 (its CHANGELOG).
#[test]
fn the_program_uses_old_functions_of_the_standard_library() {
    let mut used: Vec<&str> = Vec::new();
    let all = functions::all();
    for line in VERIFY_SNS_VRL.lines().filter(|line| !line.trim_start().starts_with('#')) {
        for (at, _) in line.match_indices('(') {
            let name = line[..at].rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
            assert!(!line[..at].ends_with('!'), "an error of VRL lets the event pass in Vector: {line}");
            if let Some(function) = all.iter().find(|function| function.identifier() == name) {
                used.push(function.identifier());
            }
        }
    }
    used.sort_unstable();
    used.dedup();
    let known = [
        "append",
        "array",
        "chunks",
        "contains",
        "decode_base64",
        "del",
        "encode_base16",
        "encode_base64",
        "exists",
        "for_each",
        "format_int",
        "format_timestamp",
        "get",
        "includes",
        "int",
        "is_null",
        "is_string",
        "length",
        "map_values",
        "match",
        "mod",
        "now",
        "object",
        "parse_int",
        "parse_timestamp",
        "push",
        "sha1",
        "sha2",
        "slice",
        "split",
        "string",
        "to_int",
        "to_unix_timestamp",
        "zip",
    ];
    assert_eq!(used, known);
}
