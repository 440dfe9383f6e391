//! `trailbell-sim test-pattern`, as a user calls it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Exit code, standard output, standard error.
fn run(arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailbell-sim"))
        .arg("test-pattern")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have refused its arguments and be gone.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn gzip(path: &Path, text: &str) {
    let mut encoder = GzEncoder::new(std::fs::File::create(path).unwrap(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap();
}

#[test]
fn prints_the_lines_that_match() {
    let lines = "ERROR a\nINFO b\n\nERROR c\n";
    assert_eq!(run(&["ERROR", "--format", "text"], lines), (0, "ERROR a\nERROR c\n".into(), String::new()));
    let (code, out, _) = run(&["ERROR", "-"], lines);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out, @r#"
    {"file":"-","number":1,"matched":true,"message":"ERROR a"}
    {"file":"-","number":4,"matched":true,"message":"ERROR c"}
    "#);
    assert_eq!(run(&["FATAL"], lines), (1, String::new(), String::new()));
}

#[test]
fn prints_extracted_and_selected_values() {
    let (code, out, _) =
        run(&["[ip, ..., bytes > 10]", "--select", "$bytes", "--format", "text"], "a \"b c\" 17\na 9\n");
    assert_eq!(code, 0);
    insta::assert_snapshot!(out, @r#"
    a "b c" 17
      $2 = "b c"
      $bytes = "17"
      $ip = "a"
      $bytes = "17"
    "#);
    let (_, out, _) = run(&["{ $.a = * }", "--select", "$.b", "--select", "$.c"], r#"{"a":1,"b":2.50}"#);
    insta::assert_snapshot!(out, @r#"{"file":"-","number":1,"matched":true,"selected":{"$.b":"2.50","$.c":null},"message":"{\"a\":1,\"b\":2.50}"}"#);
}

#[test]
fn reads_log_files_and_compressed_ones_record_by_record() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("a.json");
    let packed = folder.path().join("b.json.gz");
    let lines = folder.path().join("c.jsonl.gz");
    std::fs::write(&plain, r#"{"Records": [ {"eventName":"A", "n":1.0}, {"eventName":"B"} ]}"#).unwrap();
    gzip(&packed, r#"{"Records":[{"eventName":"A"}]}"#);
    gzip(&lines, "{\"eventName\":\"B\"}\n{\"eventName\":\"A\"}\n");
    let paths = [&plain, &packed, &lines].map(|path| path.to_str().unwrap());
    let arguments = |more: &[&'static str]| [&["{ $.eventName = A }"], &paths[..], more].concat();
    assert_eq!(run(&arguments(&["--count"]), "").1, "{\"events\":5,\"matched\":3}\n");
    assert_eq!(run(&arguments(&["--count", "--format", "text"]), "").1, "3\n");
    let (code, out, _) = run(&arguments(&["--format", "text"]), "");
    assert_eq!(code, 0);
    // Records keep their text: a number is compared as it is written.
    assert_eq!(out, "{\"eventName\":\"A\", \"n\":1.0}\n{\"eventName\":\"A\"}\n{\"eventName\":\"A\"}\n");
}

#[test]
fn a_message_is_taken_as_it_stands_and_explained() {
    let message = "{\"eventName\":\"ConsoleLogin\"}";
    let pattern = "{ $.eventName = ConsoleLogin && $.mfa != Yes }";
    let (code, out, _) = run(&[pattern, "--message", message, "--explain", "--format", "text"], "");
    assert_eq!(code, 1);
    insta::assert_snapshot!(out, @r#"
    {"eventName":"ConsoleLogin"}
      no match
         true   $.eventName = ConsoleLogin  ("ConsoleLogin")
      -> false  $.mfa != Yes  (missing)
    "#);
    let (_, out, _) = run(&[pattern, "--message", message, "--explain"], "");
    insta::assert_snapshot!(out, @r#"{"number":1,"matched":false,"explanation":{"decided_by":"$.mfa != Yes","conditions":[{"condition":"$.eventName = ConsoleLogin","holds":true,"found":["\"ConsoleLogin\""]},{"condition":"$.mfa != Yes","holds":false,"found":[]}]},"message":"{\"eventName\":\"ConsoleLogin\"}"}"#);
    assert_eq!(run(&["-x", "--message", "-y"], "").0, 0, "signs belong to the pattern and the message");
    assert_eq!(run(&["\" \"", "--message", "\n "], "").0, 0, "not split into lines");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let (code, out, error) = run(&["{ !($.a = 1) }", "--message", "x"], "");
    assert_eq!((code, out.as_str()), (2, ""));
    insta::assert_snapshot!(error, @r"
    trailbell-sim: the pattern is invalid: Invalid character(s) in term '!('
      | { !($.a = 1) }
      |   ^^
      = there is no negation; turn each operator round instead
    ");
    let (code, _, error) = run(&["x", "/nowhere/at-all.json"], "");
    assert_eq!(code, 2);
    assert!(error.starts_with("trailbell-sim: /nowhere/at-all.json: "), "{error}");
    let (code, _, error) = run(&["x", "--select", "$..a"], "x");
    assert_eq!(code, 2);
    assert!(error.contains("the selector is invalid: Invalid character(s) in term '$..'"), "{error}");
}
