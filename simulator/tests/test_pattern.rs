//! `trailbell-sim test-pattern`, as a user calls it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};

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

/// Input that never ends: a beginning, and then the same piece again and again until nobody reads any more. Exit code,
/// the first line of output, which is the only one that is read, and standard error.
fn run_on_endless_input(
    pattern: &str,
    wrap: impl FnOnce(ChildStdin) -> Box<dyn Write + Send>,
    beginning: &str,
    piece: &str,
) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailbell-sim"))
        .args(["test-pattern", pattern, "--format", "text"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = wrap(child.stdin.take().unwrap());
    let mut first = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut written = input.write_all(beginning.as_bytes());
            while written.is_ok() {
                written = input.write_all(piece.as_bytes());
            }
        });
        output.read_line(&mut first).unwrap();
        drop(output);
    });
    let ended = child.wait_with_output().unwrap();
    (ended.status.code().unwrap(), first, String::from_utf8(ended.stderr).unwrap())
}

#[test]
fn events_are_answered_as_they_come_and_a_closed_pipe_ends_it() {
    let plain = |input: ChildStdin| -> Box<dyn Write + Send> { Box::new(input) };
    let packed =
        |input: ChildStdin| -> Box<dyn Write + Send> { Box::new(GzEncoder::new(input, Compression::none())) };
    let event = "{\"eventName\":\"A\"}";
    let done = |line: &str| (0, format!("{line}\n"), String::new());
    let matching = "{ $.eventName = A }";
    assert_eq!(run_on_endless_input("ERROR", plain, "INFO\n", "ERROR a\n"), done("ERROR a"));
    assert_eq!(run_on_endless_input("ERROR", packed, "INFO\n", "ERROR a\n"), done("ERROR a"));
    let lines = format!("{event}\n");
    assert_eq!(run_on_endless_input(matching, plain, "", &lines), done(event));
    let elements = format!(",{event}");
    let log_file = format!("{{\"Records\":[{event}");
    assert_eq!(run_on_endless_input(matching, plain, &log_file, &elements), done(event));
    assert_eq!(run_on_endless_input(matching, packed, &log_file, &elements), done(event));
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let told = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let (code, out, error) = run(&["ERROR", "--format", "text", path.to_str().unwrap()], "");
        assert_eq!(code, 2, "{name}: {error}");
        format!("{out}{}", error.replace(folder.path().to_str().unwrap(), ""))
    };
    let whole = folder.path().join("whole.gz");
    gzip(&whole, "ERROR a\nERROR b\n");
    let packed = std::fs::read(&whole).unwrap();
    let said = [
        told("latin.txt", b"ERROR a\nERROR \xff\nERROR b\n"),
        told("long.txt", format!("ERROR a\n{}\n", "x".repeat(2 * 1024 * 1024 + 1)).as_bytes()),
        told("cut.gz", &packed[..packed.len() - 9]),
        told("cut.json", b"{\"Records\":[{\"a\":\"ERROR\"},{\"a\":"),
    ];
    insta::assert_snapshot!(said.concat(), @r#"
    ERROR a
    trailbell-sim: /latin.txt: line 2 is not UTF-8 at byte 6
    ERROR a
    trailbell-sim: /long.txt: line 2 is longer than 2097152 bytes, which is more than any event may have
    trailbell-sim: /cut.gz: incomplete deflate stream
    {"a":"ERROR"}
    trailbell-sim: /cut.json:1: record 2: the file ends within a record; the rest of the file is left out
    "#);
    let longest = "x".repeat(2 * 1024 * 1024 - 5) + "ERROR\r\n";
    assert_eq!(run(&["ERROR", "--count", "--format", "text"], &longest).1, "1\n");
}

#[test]
fn log_files_may_stand_one_behind_the_other() {
    let files = "{\"Records\":[{\"a\":1}]}{\"Records\":[]}\n{\"Records\":[{\"a\":2},{\"a\":1}]}";
    assert_eq!(run(&["{ $.a = 1 }", "--count"], files).1, "{\"events\":3,\"matched\":2}\n");
    let (_, out, _) = run(&["{ $.a = 2 }"], files);
    insta::assert_snapshot!(out, @r#"{"file":"-","number":2,"matched":true,"message":"{\"a\":2}"}"#);
}
