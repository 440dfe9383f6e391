//! `trailbell receive` and `serve --forward` as processes: pipes, signals and kill -9.

use serde_json::Value;

use super::peer::{Behaviour, Peer};
use super::process::{Running, Sns, post};
use crate::world::alarm;

const RECEIVE: [&str; 3] = ["receive", "--config", "trailbell.toml"];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_is_one_line_and_the_log_is_elsewhere() {
    let mut sns = Sns::start("").await;
    let mut running = Running::start(sns.folder.path(), &RECEIVE);
    for text in [alarm("root-login", "ALARM"), "two\nlines \"quoted\" \\ \u{e9}".to_owned()] {
        let (signed, delivery) = sns.message(&text);
        assert_eq!(post(&running.address, &delivery).await, Some(200));
        let line = running.line();
        assert_eq!(json(&line), json(&signed.to_json()));
        assert_eq!(json(&line)["Message"], text.as_str());
        // It was written before it was answered; a copy is not written again.
        assert_eq!(post(&running.address, &delivery).await, Some(200));
    }
    let (_, delivery) = sns.message("forged");
    let forged =
        delivery.clone().body(String::from_utf8_lossy(&delivery.body).replacen("forged", "gilded", 1));
    assert_eq!(post(&running.address, &forged).await, Some(403));
    let (signed, delivery) = sns.message("last");
    assert_eq!(post(&running.address, &delivery).await, Some(200));
    assert_eq!(json(&running.line()), json(&signed.to_json()), "nothing stands in between");
    let (code, log) = running.terminate();
    assert_eq!(code, Some(0));
    assert!(log.contains("message refused") && log.contains("stopped"), "{log}");
    assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_ends_it_though_nothing_is_written() {
    let sns = Sns::start("").await;
    let mut running = Running::start(sns.folder.path(), &RECEIVE);
    running.stop_reading();
    let (code, log) = running.wait();
    assert_eq!(code, Some(2));
    let last = log.lines().last().unwrap();
    assert!(last.starts_with("trailbell: the reader of standard output has gone away"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_output_may_be_a_file() {
    let mut sns = Sns::start("").await;
    let out = std::fs::File::create(sns.folder.path().join("out.ndjson")).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_trailbell"))
        .args(RECEIVE)
        .current_dir(sns.folder.path())
        .stdout(out)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"listening\"") {
        line.clear();
        assert_ne!(std::io::BufRead::read_line(&mut log, &mut line).unwrap(), 0);
    }
    let address = json(&line)["address"].as_str().unwrap().to_owned();
    let (signed, delivery) = sns.message("into a file");
    let status = post(&address, &delivery).await;
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(status, Some(200));
    let written = std::fs::read_to_string(sns.folder.path().join("out.ndjson")).unwrap();
    assert_eq!(
        (written.lines().count(), json(&written)),
        (1, json(&signed.to_json())),
        "it outlives kill -9"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_gateway_loses_nothing_that_it_answered_200_to() {
    let hop = Peer::start(Behaviour::Answer(400, "the sink refused".to_owned())).await;
    let mut sns = Sns::start("").await;
    let url = format!("{}/from-sns", hop.base_url());
    let arguments =
        ["serve", "--config", "trailbell.toml", "--forward", &url, "--dead-letters", "dead.ndjson"];
    let mut ids = Vec::new();
    for _ in 0..2 {
        let running = Running::start(sns.folder.path(), &arguments);
        let (signed, delivery) = sns.message("kept");
        assert_eq!(post(&running.address, &delivery).await, Some(200));
        running.kill();
        ids.push(json(&signed.to_json())["MessageId"].clone());
    }
    let kept = std::fs::read_to_string(sns.folder.path().join("dead.ndjson")).unwrap();
    let kept: Vec<Value> = kept.lines().map(|line| json(line)["envelope"]["MessageId"].clone()).collect();
    assert_eq!(kept, ids);

    // A message that is under way when the gateway dies was not answered: SNS comes again.
    hop.behave(Behaviour::Ask);
    let running = Running::start(sns.folder.path(), &arguments);
    let (_, delivery) = sns.message("under way");
    let address = running.address.clone();
    let (status, ()) = tokio::join!(post(&address, &delivery), async {
        let held = hop.next().await;
        running.kill();
        drop(held);
    });
    assert_eq!(status, None);
}
