//! What the compiler knows: programs that rely on it compile as they stand, and those that contradict it do not.

use super::compile;

/// Compiled for events of which nothing is known.
const COMPILE: &[&str] = &[
    // An alarm's fields need no `!`, no `string()` and no `??`.
    "alarm = parse_cloudwatch_alarm!(.Message); upcase(alarm.name)",
    "alarm = parse_cloudwatch_alarm!(.Message); downcase(alarm.state + alarm.kind)",
    "alarm = parse_cloudwatch_alarm!(.Message); to_unix_timestamp(alarm.changed_at)",
    "alarm = parse_cloudwatch_alarm!(.Message); length(alarm.actions.alarm) + length(alarm.children)",
    "alarm = parse_cloudwatch_alarm!(.Message); keys(alarm.extra)",
    "alarm = parse_cloudwatch_alarm!(.Message); join(alarm.actions.ok, \" \")",
    // What can be null can be asked for.
    "alarm = parse_cloudwatch_alarm!(.Message); upcase(alarm.region || \"nowhere\")",
    "alarm = parse_cloudwatch_alarm!(.Message); if alarm.description == null { \"\" } else { alarm.arn }",
    "alarm, error = parse_cloudwatch_alarm(.Message); if error == null { .name = alarm.name }",
    "alarm = parse_cloudwatch_alarm!(.Message)\nfor_each(alarm.actions.alarm) -> |_index, arn| { upcase(arn) }",
    "message = parse_sns_message!(.); upcase(message.topic.region + message.message)",
    "message = parse_sns_message!(.); to_unix_timestamp(message.timestamp)",
    "message = verify_sns_message!(., now(), certificates: [\"\" + string!(.pem)], topics: [\"arn:aws:sns:*:*:*\"])\n\
     upcase(message.signing_host)",
    "arn = parse_aws_arn!(.arn); upcase(arn.resource_id)",
    "arn = parse_aws_arn!(.arn); upcase(arn.region || \"global\")",
    "upcase(aws_region_name!(.region))",
    "if match_cloudwatch_filter_pattern(string!(.message), \"ERROR\") { .level = \"error\" }",
    "alarm = parse_cloudwatch_alarm!(.Message)\n\
     alert = opsgenie_alert!(alarm.name, alarm.arn || alarm.name, description: alarm.reason, tags: alarm.actions.alarm)\n\
     upcase(alert.body.message) + join(alert.body.tags, \" \") + join(alert.cut, \" \")",
];

/// With what the diagnostic says.
const REFUSED: &[(&str, &str)] = &[
    ("alarm = parse_cloudwatch_alarm(.Message)", "unhandled fallible assignment"),
    ("parse_cloudwatch_alarm!(7)", "this expression resolves to the exact type integer"),
    ("alarm = parse_cloudwatch_alarm!(.Message); upcase(alarm.nam)", "resolves to the exact type undefined"),
    (
        "alarm = parse_cloudwatch_alarm!(.Message); upcase(alarm.changed_at)",
        "resolves to the exact type timestamp",
    ),
    ("alarm = parse_cloudwatch_alarm!(.Message); upcase(alarm.region)", "resolves to one of string or null"),
    (
        "alarm = parse_cloudwatch_alarm!(.Message); upcase(alarm.trigger.period)",
        "resolves to one of integer, null or undefined",
    ),
    (
        "alarm = parse_cloudwatch_alarm!(.Message); upcase(alarm.children[0].arn)",
        "resolves to one of string, null or undefined",
    ),
    (
        "alarm = parse_cloudwatch_alarm!(.Message); alarm.name ?? \"\"",
        "unnecessary error coalescing operation",
    ),
    ("message = parse_sns_message!(.); upcase(message.subject)", "resolves to one of string or null"),
    ("message = parse_sns_message!(.); upcase(message.Token)", "resolves to the exact type undefined"),
    ("parse_sns_message!(., spelling: \"sqs\")", "invalid enum variant"),
    ("message = parse_sns_message!(.); upcase(message.signing_host)", "resolves to the exact type undefined"),
    ("arn = parse_aws_arn!(.arn); upcase(arn.account)", "resolves to one of string or null"),
    ("upcase(aws_region_name(\"eu-west-1\"))", "this expression can fail"),
    ("match_cloudwatch_filter_pattern(string!(.message), string!(.pattern))", "unexpected expression"),
    ("match_cloudwatch_filter_pattern(., \"ERROR\")", "this expression resolves to"),
    ("alert = opsgenie_alert(\"a\", string!(.alias))", "unhandled fallible assignment"),
    ("opsgenie_alert(\"a\", \"\")", "the alias is empty: nothing could close this alert"),
    ("opsgenie_alert(\"a\")", "missing function argument"),
    ("opsgenie_alert(\"a\", \"b\", priorty: \"P1\")", "unknown function argument keyword"),
    ("opsgenie_alert(\"a\", \"b\", priority: \"P6\")", "\"P6\" is no priority: P1, P2, P3, P4 or P5"),
    ("opsgenie_alert(\"a\", \"b\", tags: [1])", "this expression resolves to"),
    ("opsgenie_alert(\"a\", \"b\", description: .text)", "this expression resolves to"),
    (
        "alert = opsgenie_alert(\"a\", \"b\"); upcase(alert.body.description)",
        "resolves to the exact type undefined",
    ),
    (
        "alarm = parse_cloudwatch_alarm!(.Message)\n\
         alert = opsgenie_alert(\"a\", \"b\", note: alarm.reason); upcase(alert.body.note)",
        "resolves to one of string or undefined",
    ),
];

#[test]
fn programs_that_rely_on_the_known_fields_compile() {
    for source in COMPILE {
        if let Err(error) = compile(source) {
            panic!("{source}\n{error}");
        }
    }
}

#[test]
fn programs_that_contradict_them_do_not() {
    let mut wrong = Vec::new();
    for (source, expected) in REFUSED {
        match compile(source) {
            Ok(_) => wrong.push(format!("{source}\ncompiles")),
            Err(error) if !error.contains(expected) => wrong.push(format!("{source}\n{error}")),
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
