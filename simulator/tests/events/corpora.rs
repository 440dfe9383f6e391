use std::process::Command;

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::value::RawValue;
use trailbell_sim::cloudtrail::{
    Archive, DuplicateCounter, Field, Folder, InTimeOrder, LeftAside, LogFileName, RawRecord, Record, compact,
};

use crate::support::{data, events};

const RANSOMWARE: &str = "cloudtrail/sans504-s3-ransomware/events_delivery_order.jsonl.gz";
/// Each how many-th event is compared member by member: reading it three times is slow without optimisation.
const COMPARED: u64 = if cfg!(debug_assertions) { 10 } else { 1 };
const RANSOMWARE_TREE: &str = "cloudtrail/sans504-s3-ransomware/s3_tree_original_json_gz.tar";

/// Reads `record` and writes it again: nothing may be lost or changed but the order of the known members.
fn assert_whole(text: &str) -> Record {
    let record = Record::parse(text).unwrap();
    let again = record.to_string();
    assert_eq!(
        serde_json::from_str::<Value>(&again).unwrap(),
        serde_json::from_str::<Value>(text).unwrap(),
        "{text}"
    );
    record
}

#[test]
fn every_event_of_a_real_account_is_read_whole() {
    let Some(events) = events(RANSOMWARE) else { return };
    let mut copies = DuplicateCounter::new();
    let mut count = 0;
    for RawRecord { text, head, place } in events {
        count += 1;
        assert_eq!(place.line, count);
        assert_eq!(compact(&text), text);
        let record = if count % COMPARED == 0 { assert_whole(&text) } else { Record::parse(&text).unwrap() };
        assert_eq!(record.event_time.get().unwrap().0, head.event_time.unwrap());
        assert_eq!(record.event_id.text(), head.event_id.as_deref());
        assert_eq!(record.aws_region.text(), head.region.as_deref());
        assert_eq!(record.recipient_account_id.text(), head.account.as_deref());
        assert!(record.others.is_empty(), "{:?}", record.others);
        copies.is_copy(&head.event_id.unwrap());
    }
    assert_eq!((count, copies.duplicates()), (30_477, 6_496));
}

#[test]
fn published_events_are_read_whole() {
    for (file, wrapped, expected) in [
        ("cloudtrail/traildiscover/events.jsonl.gz", false, 563),
        ("cloudtrail/aws-docs/events_with_source.jsonl.gz", true, 187),
        ("cloudtrail/panther-analysis/rule_test_events.jsonl", true, 464),
    ] {
        let Some(events) = events(file) else { return };
        let mut count = 0;
        for RawRecord { text, .. } in events {
            count += 1;
            let outer = assert_whole(&text);
            if wrapped {
                let event: &RawValue = &outer.others.iter().find(|(name, _)| name == "event").unwrap().1;
                assert_whole(event.get());
            }
        }
        assert_eq!(count, expected, "{file}");
    }
}

/// The files of a tar in a folder of their own.
fn untar(archive: &str) -> Option<tempfile::TempDir> {
    let archive = data(archive)?;
    let folder = tempfile::tempdir().unwrap();
    let tar = Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(folder.path()).status().unwrap();
    assert!(tar.success(), "tar: {tar}");
    Some(folder)
}

#[test]
fn the_original_files_of_an_account_hold_the_same_events() {
    let Some(folder) = untar(RANSOMWARE_TREE) else { return };
    let files = Folder::list(folder.path()).unwrap().log_files;
    assert_eq!(files.len(), 3_872);
    for file in &files {
        let name = LogFileName::parse(file.to_str().unwrap()).unwrap();
        assert_eq!(name.to_string(), file.file_name().unwrap().to_str().unwrap());
    }
    let archive = Archive::open(&[folder.path().to_owned()]).unwrap();
    assert_eq!(archive.left_aside(), LeftAside::default());
    let mut order = InTimeOrder::new(TimeDelta::minutes(15));
    let mut read: Vec<_> = archive
        .map(|event| {
            let event = event.unwrap();
            order.push(event.head.event_time.unwrap(), ());
            while order.pop().is_some() {}
            event.head
        })
        .collect();
    assert_eq!(
        order.late(),
        0,
        "files in the order of delivery are out of order by less than a quarter of an hour"
    );
    let Some(lines) = events(RANSOMWARE) else { return };
    let mut lines: Vec<_> = lines.map(|event| event.head).collect();
    read.sort_unstable();
    lines.sort_unstable();
    assert_eq!(read.len(), 30_477);
    assert!(read == lines, "the events differ");
}

#[test]
fn formatted_arrays_are_read_and_compacted() {
    let Some(folder) = untar("cloudtrail/traildiscover/logExamples_original_files.tar.gz") else { return };
    let mut count = 0;
    for file in std::fs::read_dir(folder.path().join("logExamples")).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "cloudtrail") {
            continue;
        }
        for event in Archive::open(&[file]).unwrap() {
            let RawRecord { text, .. } = event.unwrap();
            let short = compact(&text);
            assert_eq!(
                serde_json::from_str::<Value>(&short).unwrap(),
                serde_json::from_str::<Value>(&text).unwrap()
            );
            assert_whole(&short);
            count += 1;
        }
    }
    assert_eq!(count, 563);
}

#[test]
fn digests_are_no_events() {
    for name in ["digest_file_example_1.json", "digest_file_example_2.json"] {
        let Some(file) = data(&format!("cloudtrail/aws-docs/{name}")) else { return };
        let said: Vec<_> = Archive::open(&[file]).unwrap().collect();
        assert!(said[0].as_ref().is_err_and(|error| error.to_string().contains("digest")), "{said:?}");
    }
}

/// What the data's own description says of odd events, so that a reader that smooths them over is found out.
#[test]
fn odd_values_are_seen_as_odd() {
    let Some(events) = events("cloudtrail/panther-analysis/rule_test_events.jsonl") else { return };
    let (mut strange_read_only, mut no_time) = (0, 0);
    for event in events {
        let wrapper: Value = serde_json::from_str(&event.text).unwrap();
        let record = Record::parse(&wrapper["event"].to_string()).unwrap();
        strange_read_only += u32::from(matches!(record.read_only, Field::Odd(_)));
        no_time += u32::from(record.event_time.is_absent());
    }
    assert_eq!((strange_read_only, no_time), (1, 17));
}
