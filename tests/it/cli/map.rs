//! `trailbell map`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Desk;
use crate::world::alarm;

const ARN: &str = "arn:aws:sns:us-east-1:123456789012:ops-alarms";

/// Nothing here is signed: `map` does not ask.
fn body(id: &str, message: &str) -> Value {
    json!({
        "Type": "Notification", "MessageId": id, "TopicArn": ARN, "Subject": "hello", "Message": message,
        "Timestamp": "2026-09-22T19:27:00.926Z"
    })
}

fn aliases_and_verbs(lines: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    lines.iter().map(|line| (text(&line["action"]), text(&line["alias"]))).collect()
}

const ALIAS: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:root-login";

#[test]
fn messages_come_in_every_wrapper_and_from_standard_input() {
    let desk = Desk::new();
    let (raise, close) = (body("1", &alarm("root-login", "ALARM")), body("2", &alarm("root-login", "OK")));
    let one = desk.write("one.json", serde_json::to_string_pretty(&raise).unwrap());
    let sqs = json!({"Messages": [{"MessageId": "m", "Body": close.to_string()}]});
    let sqs = desk.write("sqs.json", serde_json::to_string_pretty(&sqs).unwrap());
    let lambda = json!({"Records": [{"EventSource": "aws:sns", "Sns": raise}]});
    let lambda = desk.write("lambda.json", lambda.to_string());
    let ndjson = format!("{raise}\n\n{close}\n");
    let files = [one, sqs, lambda].map(|path| path.to_str().unwrap().to_owned());
    let ended = desk.run_with(&["map", &files[0], &files[1], &files[2], "-"], &ndjson);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let expected =
        ["create", "close", "create", "create", "close"].map(|verb| (verb.to_owned(), ALIAS.to_owned()));
    assert_eq!(aliases_and_verbs(&ended.lines()), expected);
}

#[test]
fn the_output_is_one_action_a_line_and_the_same_each_time() {
    let desk = Desk::new();
    let input = body("1", "the disk is full").to_string();
    let first = desk.run_with(&["map", "-"], &input);
    insta::assert_snapshot!(first.whole());
    assert_eq!(desk.run_with(&["map", "-"], &input).out, first.out);
}

#[test]
fn a_dropped_message_is_told_and_no_failure() {
    let desk = Desk::new();
    let input = body("1", &alarm("root-login", "INSUFFICIENT_DATA")).to_string();
    let ended = desk.run_with(&["map", "-"], &input);
    assert_eq!((ended.code, ended.out.as_str()), (0, ""));
    assert!(ended.err.starts_with("-#1: dropped: "), "{}", ended.err);
    let ended = desk.run_with(&["map", "--insufficient-data", "close", "-"], &input);
    assert_eq!(aliases_and_verbs(&ended.lines()), [("close".to_owned(), ALIAS.to_owned())]);
    let ended = desk.run_with(&["map", "--insufficient-data", "explode", "-"], &input);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("is one of ignore, note, close"), "{}", ended.err);
}

#[test]
fn table_and_program_of_one_s_own_have_their_say() {
    let desk = Desk::new();
    desk.write("teams.csv", "alarm,team,priority\nroot-*,secops,P1\n");
    desk.write("own.vrl", ".request.body.note = \"by hand\"\n");
    let input = body("1", &alarm("root-login", "ALARM")).to_string();
    let ended = desk.run_with(&["map", "--table", "teams.csv", "--program", "own.vrl", "-"], &input);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let request = &ended.lines()[0]["request"]["body"];
    assert_eq!(request["priority"], "P1", "{request}");
    assert_eq!(request["note"], "by hand", "{request}");
    assert!(request["responders"].to_string().contains("secops"), "{request}");
}

#[test]
fn a_program_that_fails_on_a_message_is_code_1_and_somebody_is_paged() {
    let desk = Desk::new();
    desk.write("own.vrl", ".request.body.count = to_int!(.request.body.message)\n");
    let ended = desk.run_with(&["map", "--program", "own.vrl", "-"], &body("1", "not a number").to_string());
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.err.contains("-#1: a program failed, this becomes a plain alert: "), "{}", ended.err);
    assert_eq!(ended.lines()[0]["action"], "create");
}

/// What a dead-letter file is like after a full disk.
#[test]
fn a_torn_line_is_code_2_with_its_place_and_the_others_are_mapped() {
    let desk = Desk::new();
    let letter = |verb| {
        let envelope = body("1", &alarm("root-login", verb));
        json!({"time": "2026-09-22T19:27:00Z", "reason": "refused", "status": 400, "answer": "no", "envelope": envelope})
    };
    let (first, last) = (letter("ALARM").to_string(), letter("OK").to_string());
    desk.write("dead.ndjson", format!("{first}\n{}\n{last}\n", &first[..first.len() / 2]));
    let ended = desk.run(&["map", "dead.ndjson"]);
    let expected = ["create", "close"].map(|verb| (verb.to_owned(), ALIAS.to_owned()));
    assert_eq!((ended.code, aliases_and_verbs(&ended.lines())), (2, expected.to_vec()));
    assert!(ended.err.starts_with("trailbell: dead.ndjson:2: neither"), "{}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
}

#[test]
fn what_cannot_be_read_is_code_2_with_its_place() {
    let desk = Desk::new();
    desk.write("broken.ndjson", "nonsense\nand more\n");
    desk.write("broken.vrl", ".request.body.x = nonsense(\n");
    desk.write("infallible.vrl", ".request.body.x = to_int(.request.body.message)\n");
    desk.write("broken.csv", "alarm,team,priority\nroot-*,secops,P1\nx,y,P9\n");
    desk.write("columns.csv", "alarm,squad\nroot-*,secops\n");
    let mut told = String::new();
    for arguments in [
        &["map", "missing.json"][..],
        &["map", "broken.ndjson"],
        &["map", "--program", "missing.vrl", "-"],
        &["map", "--program", "broken.vrl", "-"],
        &["map", "--program", "infallible.vrl", "-"],
        &["map", "--table", "missing.csv", "-"],
        &["map", "--table", "broken.csv", "-"],
        &["map", "--table", "columns.csv", "-"],
    ] {
        let ended = desk.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}");
        writeln!(told, "$ trailbell {}\n{}", arguments.join(" "), ended.err).unwrap();
    }
    insta::assert_snapshot!(told);
}
