//! What the command prints, and its exit codes.

use std::io::Write;
use std::process::{Command, Stdio};

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/cloudtrail-alarms.yaml");
const SMALL: &str = "
Parameters: {Key: {Type: String, NoEcho: true}}
Resources:
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: trail
      FilterPattern: '{ $.eventName = StopLogging }'
      MetricTransformations: [{MetricNamespace: Trail, MetricName: Stopped, MetricValue: 1}]
  Stopped:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: Stopped
      Namespace: Trail
      MetricName: Stopped
      Statistic: Sum
      Period: 300
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 0
      AlarmActions: [!Ref Topic]
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: alarms
      Subscription: [{Protocol: https, Endpoint: !Sub 'https://pager.example/hook?apiKey=${Key}'}]
  Queue: {Type: AWS::SQS::Queue}
";

/// Exit code, standard output and standard error.
fn run(arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailbell-sim"))
        .arg("check-template")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn people_get_a_table() {
    let (code, out, err) = run(&["-", "--format", "text", "--parameter", "Key=s3cret"], SMALL);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(out);
}

#[test]
fn programs_get_lines_of_json() {
    let (code, out, err) = run(&["-", "--parameter", "Key=s3cret"], SMALL);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(!out.contains("s3cret"), "{out}");
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["resource", "resource", "resource", "resource", "left_aside", "finding", "finding"]);
    assert_eq!(lines[5]["rule"], "missing-data");
    assert_eq!(lines[5]["resource"], "Stopped");
}

#[test]
fn exit_codes_tell_who_has_to_act() {
    let broken = SMALL.replace("Period: 300", "Period: 45");
    let unresolved = SMALL.replace("!Ref Topic", "!Ref Nothing");
    for (arguments, input, code, expected) in [
        (&[OWN, "--parameter", "Endpoint=https://pager.example/"][..], "", 0, "0 errors, 0 warnings"),
        (
            &["-", "--parameter", "Key=k"],
            broken.as_str(),
            1,
            "Period 45 is neither 10, 20, 30 nor a multiple of 60 seconds",
        ),
        (
            &["-", "--parameter", "Key=k"],
            unresolved.as_str(),
            1,
            "error: Resources.Stopped.Properties.AlarmActions.0.Ref, line",
        ),
        (&["-", "--parameter", "Key=k"], "resource \"aws_sns_topic\" \"it\" {\n}\n", 1, "make a plan"),
        (
            &["-"],
            SMALL,
            2,
            "trailbell-sim: -: line 2: Parameters: [Key] must have values (give --parameter Key=VALUE)",
        ),
        (
            &["-", "--parameter", "Key=k", "--parameter", "Other=1"],
            SMALL,
            2,
            "Parameters: [Other] do not exist in the template",
        ),
        (
            &[OWN, "--parameter", "Endpoint=ftp://s3cret"],
            "",
            2,
            "it has to be a URL that begins with https:// or http://",
        ),
        (&["/no/such/file"], "", 2, "/no/such/file: No such file"),
        (&[OWN, "--parameter", "Endpoint"], "", 2, "has to have the form NAME=VALUE"),
        (&[OWN, "--account", "1"], "", 2, "an account has twelve digits"),
    ] {
        let arguments = [arguments, &["--format", "text"]].concat();
        let (actual, out, err) = run(&arguments, input);
        assert_eq!(actual, Some(code), "{arguments:?}: {out}{err}");
        let told = if code == 2 { &err } else { &out };
        assert!(told.contains(expected), "{arguments:?}: {out}{err}");
        assert!(!format!("{out}{err}").contains("s3cret"));
    }
}

#[test]
fn what_cannot_be_played_is_refused() {
    let composite = |rule: &str| {
        format!(
            "{SMALL}  Any: {{Type: AWS::CloudWatch::CompositeAlarm, Properties: {{AlarmName: Any, AlarmRule: '{rule}'}}}}\n"
        )
    };
    for (template, resource) in [
        (composite("ALARM("), "Any"),
        (composite("ALARM(Stopped) AND NOT BOGUS(Stopped)"), "Any"),
        (composite("ALARM(nobody)"), "Any"),
        (SMALL.replace("Threshold: 0", "Treshold: 0"), "Stopped"),
        (SMALL.replace("AlarmActions:", "OkActions:"), "Stopped"),
        (
            SMALL.replace(
                "EvaluationPeriods: 1",
                "EvaluationPeriods: 1\n      TreatMissingdata: notBreaching",
            ),
            "Stopped",
        ),
    ] {
        let (code, out, _) = run(&["-", "--parameter", "Key=k"], &template);
        let lines = out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let errors: Vec<_> = lines.filter(|line| line["severity"] == "error").collect();
        assert_eq!((code, errors.len()), (Some(1), 1), "{template}: {errors:?}");
        assert_eq!(errors[0]["resource"], resource);
    }
    let (code, out, _) = run(&["-", "--parameter", "Key=k"], &composite("ALARM(Stopped)"));
    assert_eq!(code, Some(0), "{out}");
}
