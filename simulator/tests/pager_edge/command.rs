//! `trailbell-sim pager` as a process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::Client;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailbell-sim"));
    command.arg("pager").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_and_prints_each_request() {
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--start",
        "2026-09-22T18:00:00Z",
        "--speed",
        "0",
        "--fault",
        "error=500,nth=2",
    ];
    let mut running = Running(command(&arguments).spawn().unwrap());
    let mut errors = BufReader::new(running.0.stderr.take().unwrap());
    let lines: Vec<String> = errors.by_ref().lines().map(Result::unwrap).take(5).collect();
    let base = lines[3].split_whitespace().last().unwrap().strip_suffix("/_twin").unwrap().to_owned();
    assert!(lines[0].ends_with(&format!("{base}/v2/alerts")), "{lines:?}");
    assert!(lines[4].ends_with(&format!("{base}/")), "{lines:?}");

    let client = Client::new(&base);
    assert_eq!([client.create("a").await.status, client.create("b").await.status], [202, 500]);
    let mut printed = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&printed.next().unwrap().unwrap()).unwrap() };
    let (first, second) = (next(), next());
    assert_eq!((&first["path"], &first["at"]), (&"/v2/alerts".into(), &"2026-09-22T18:00:00.000Z".into()));
    assert_eq!((&second["answered"], &second["faults"][0]), (&"500".into(), &"error".into()));
}

#[test]
fn wrong_calls_end_with_2_and_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let unknown = file("unknown.toml", "colour = 1");
    let fault = file("fault.toml", "[edge]\nfaults = [\"boom\"]");
    for (arguments, reason) in [
        (vec!["--settings", "missing.toml"], "missing.toml: No such file"),
        (vec!["--settings", &unknown], "unknown field `colour`"),
        (vec!["--settings", &fault], "\"boom\" is no fault: there are latency=200ms"),
        (vec!["--key", "secret"], "key number 1 is no UUID"),
        (vec!["--fault", "boom"], "\"boom\" is no fault"),
        (vec!["--resolve", "x"], "has to be HOST=ADDRESS"),
        (vec!["--sns-ca", "missing.pem"], "subscriptions cannot be confirmed: missing.pem"),
        (vec!["--speed", "1e9"], "a clock cannot run at"),
        (vec!["--listen", "192.0.2.1:1"], "the pager cannot listen on 192.0.2.1:1"),
    ] {
        let output = command(&arguments).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(reason), "{arguments:?}: {errors}");
        assert!(!errors.contains("secret"), "{errors}");
    }
}
