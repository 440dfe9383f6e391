//! Whole files and broken ones, as they are read.

#![allow(clippy::unwrap_used)]

use std::io::BufReader;

use proptest::prelude::*;

use super::*;

/// What reading says: the texts of events, and `!` with the error.
fn read(text: impl AsRef<[u8]>) -> Vec<String> {
    let said = |event: Result<RawRecord, ReadError>| match event {
        Ok(record) => format!("{}:{} {}", record.place.line, record.place.record, record.text),
        Err(error) => format!("! {error}"),
    };
    let whole: Vec<String> = Events::new(text.as_ref(), Path::new("f")).map(said).collect();
    let in_pieces: Vec<String> =
        Events::new(BufReader::with_capacity(3, text.as_ref()), Path::new("f")).map(said).collect();
    assert_eq!(whole, in_pieces);
    whole
}

#[test]
fn lines() {
    assert_eq!(
        read("{\"a\":1}\n\n  \r\n{\"b\":2}\r\n{\"c\":3}"),
        ["1:1 {\"a\":1}", "4:2 {\"b\":2}", "5:3 {\"c\":3}"]
    );
    assert_eq!(read("{}"), ["1:1 {}"]);
}

#[test]
fn log_files_and_arrays_compact_and_not() {
    assert_eq!(
        read("{\"Records\":[{\"a\":[{}]},{\"b\":\"]}\"}]}"),
        ["1:1 {\"a\":[{}]}", "1:2 {\"b\":\"]}\"}"]
    );
    assert_eq!(read("\u{feff}{ \"Records\" :\n[ {\"a\":\n1}\n, {} ]\n}\n"), ["2:1 {\"a\":\n1}", "4:2 {}"]);
    assert_eq!(read("[{\"a\":1} ,{}]"), ["1:1 {\"a\":1}", "1:2 {}"]);
    assert_eq!(read("{\"Records\":[]}"), [""; 0]);
    assert_eq!(
        read("{\"Records\":[{}]}{\"Records\":[]}\n{\"Records\":[{\"a\":1}]}"),
        ["1:1 {}", "2:2 {\"a\":1}"]
    );
}

#[test]
fn events_over_several_lines() {
    assert_eq!(read("{\n \"a\": 1\n}\n{\n}"), ["1:1 {\n \"a\": 1\n}", "4:2 {\n}"]);
}

#[test]
fn nothing_is_nothing() {
    for text in ["", " \n \n"] {
        assert_eq!(read(text), [""; 0]);
    }
}

#[test]
fn a_damaged_record_costs_itself_only() {
    insta::assert_snapshot!(read(b"{\"a\":1}\nnot json\n{\"a\":\n[1]\n{\"b\":\"\xff\"}\n{\"c\":3}").join("\n"), @r#"
    1:1 {"a":1}
    ! f:2: record 2: no CloudTrail record: expected ident at line 1 column 2
    ! f:3: record 3: no CloudTrail record: EOF while parsing a value at line 1 column 5
    ! f:4: record 4: no CloudTrail record: not an object
    ! f:5: record 5: no UTF-8 text
    6:6 {"c":3}
    "#);
    insta::assert_snapshot!(read("{\"Records\":[{\"a\" 1},{\"b\":2}]}").join("\n"), @r#"
    ! f:1: record 1: no CloudTrail record: expected `:` at line 1 column 6
    1:2 {"b":2}
    "#);
}

#[test]
fn a_file_that_ends_early_or_goes_on_wrongly_is_told() {
    let texts = [
        "{\"Records\":[{\"a\":1},{\"b\":",
        "{\"Records\":[{\"a\":1}",
        "{\"Records\":[{\"a\":1},",
        "{\"Records\":[",
        "{\"Records\":[{\"a\":1}]",
        "{\"Records\":[{\"a\":1}]}x",
        "{\"Records\":[{\"a\":1} {}]}",
        "{\"Records\":[1]}",
        "{\"Records\":[,{}]}",
        "{\n\"a\":{",
        "{\n}x",
        "{\"x\":1,\"Records\":[{}]}",
        "{\"digestS3Object\":\"d\"}",
    ];
    let said: Vec<String> =
        texts.iter().map(|text| format!("{text:?}\n  {}", read(text).join("\n  "))).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    "{\"Records\":[{\"a\":1},{\"b\":"
      1:1 {"a":1}
      ! f:1: record 2: the file ends within a record; the rest of the file is left out
    "{\"Records\":[{\"a\":1}"
      1:1 {"a":1}
      ! f:1: record 1: the file ends within its array of records; the rest of the file is left out
    "{\"Records\":[{\"a\":1},"
      1:1 {"a":1}
      ! f:1: record 1: the file ends within its array of records; the rest of the file is left out
    "{\"Records\":["
      ! f:1: record 0: the file ends within its array of records; the rest of the file is left out
    "{\"Records\":[{\"a\":1}]"
      1:1 {"a":1}
      ! f:1: record 1: the file ends within its array of records; the rest of the file is left out
    "{\"Records\":[{\"a\":1}]}x"
      1:1 {"a":1}
      ! f:1: record 1: more text behind the records; the rest of the file is left out
    "{\"Records\":[{\"a\":1} {}]}"
      1:1 {"a":1}
      ! f:1: record 1: no comma between two records; the rest of the file is left out
    "{\"Records\":[1]}"
      ! f:1: record 0: what comes next is no object; the rest of the file is left out
    "{\"Records\":[,{}]}"
      ! f:1: record 0: what comes next is no object; the rest of the file is left out
    "{\n\"a\":{"
      ! f:1: record 1: the file ends within a record; the rest of the file is left out
    "{\n}x"
      1:1 {
    }
      ! f:2: record 1: what comes next is no object; the rest of the file is left out
    "{\"x\":1,\"Records\":[{}]}"
      ! f:1: record 1: a whole log file where a record was expected; put it at the start of a file of its own
    "{\"digestS3Object\":\"d\"}"
      ! f:1: record 1: a digest file, which holds no events
    "#);
}

#[test]
fn heads_take_odd_values_and_the_last_of_two_names() {
    let head = |text: &str| Events::new(text.as_bytes(), Path::new("f")).next().unwrap().unwrap().head;
    let whole = head(
        r#"{"eventTime":"2026-09-22T19:21:07Z","eventID":"e","awsRegion":"eu-west-1","recipientAccountId":"1"}"#,
    );
    assert_eq!(whole.event_time.unwrap().timestamp(), 1_790_104_867);
    assert_eq!((whole.region.as_deref(), whole.account.as_deref()), (Some("eu-west-1"), Some("1")));
    assert_eq!(head(r#"{"eventTime":"soon","eventID":1,"awsRegion":null}"#), Head::default());
    assert_eq!(head(r#"{"eventID":"a","eventID":"b"}"#).event_id.as_deref(), Some("b"));
}

#[test]
fn a_record_beyond_the_limit_is_left_out() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_RECORD_BYTES));
    let told = |text: String| {
        Events::new(text.as_bytes(), Path::new("f"))
            .map(|event| event.map_or_else(|error| error.to_string(), |record| record.text))
            .collect::<Vec<_>>()
    };
    let expected = ["f:1: record 1: longer than 2097152 bytes", "{}"];
    assert_eq!(told(format!("{long}\n{{}}")), expected);
    assert_eq!(told(format!("{{\"Records\":[{long},{{}}]}}")), expected);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_run_forever(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(bytes);
    }

    #[test]
    fn no_text_that_looks_like_events_does(text in "([{}\\[\\],:\"\\\\ \na1]|\"Records\"|\\{\"Records\":\\[){0,60}") {
        read(text);
    }

    #[test]
    fn every_layout_gives_back_the_same_events(
        values in proptest::collection::vec("[a-z \\\\\"{}\\[\\]é]{0,12}", 0..8),
    ) {
        let events: Vec<String> = values.iter().map(|text| serde_json::json!({ "a": text }).to_string()).collect();
        let texts = |text: String| {
            Events::new(text.as_bytes(), Path::new("f")).map(|event| event.unwrap().text).collect::<Vec<_>>()
        };
        prop_assert_eq!(&texts(events.join("\n")), &events);
        prop_assert_eq!(&texts(format!("{{\"Records\":[{}]}}", events.join(","))), &events);
        prop_assert_eq!(&texts(format!("[{}]", events.join(" ,\n"))), &events);
    }
}
