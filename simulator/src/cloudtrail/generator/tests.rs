#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::Timelike;
use serde_json::Value;

use super::stories::STORIES;
use super::*;
use crate::cloudtrail::{Field, Record};

fn cast(names: &[&str]) -> Vec<Appearance> {
    names.iter().map(|name| Appearance { part: name.parse().unwrap(), after: None }).collect()
}

fn everything() -> Settings {
    let names: Vec<String> = event_names().chain(stories().map(|(name, _)| name.to_owned())).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Settings { cast: cast(&names), everyday_changes: true, ..Settings::default() }
}

fn texts(settings: &Settings) -> Vec<String> {
    Generator::new(settings).map(|event| event.text).collect()
}

#[test]
fn one_seed_gives_one_text_and_another_another() {
    let settings = everything();
    let first = texts(&settings);
    assert_eq!(first, texts(&settings));
    assert_ne!(first, texts(&Settings { seed: 2, ..settings }));
}

#[test]
fn an_appearance_does_not_change_the_background() {
    let alone = texts(&Settings::default());
    let mut with_story: Vec<_> =
        Generator::new(&Settings { cast: cast(&["trail-stopped"]), ..Settings::default() }).collect();
    with_story.retain(|event| event.part.is_none());
    assert_eq!(
        with_story.iter().map(|event| &event.text).collect::<Vec<_>>(),
        alone.iter().collect::<Vec<_>>()
    );
}

#[test]
fn events_come_in_the_order_of_time_and_within_it() {
    let settings = Settings {
        duration: TimeDelta::minutes(10),
        cast: cast(&["root-login", "StopLogging"]),
        ..Settings::default()
    };
    let events: Vec<_> = Generator::new(&settings).collect();
    assert!(events.is_sorted_by_key(|event| event.time));
    assert!(events.iter().all(|event| event.time >= settings.start));
    let background = events.iter().filter(|event| event.part.is_none());
    assert!(background.clone().all(|event| event.time < settings.start + settings.duration));
    assert!((120..350).contains(&background.count()), "some 20 a minute, and more in the morning");
    for event in &events {
        assert!(
            event.text.contains(&format!("\"eventTime\":\"{}\"", event.time.format("%Y-%m-%dT%H:%M:%SZ")))
        );
    }
}

#[test]
fn appearances_are_spread_evenly_or_stand_where_they_are_put() {
    let mut settings =
        Settings { rate: 0.0, cast: cast(&["StopLogging", "DeleteTrail"]), ..Settings::default() };
    let minutes = |settings: &Settings| -> Vec<i64> {
        Generator::new(settings).map(|event| (event.time - settings.start).num_minutes()).collect()
    };
    assert_eq!(minutes(&settings), [20, 40]);
    settings.cast[0].after = Some(TimeDelta::minutes(55));
    assert_eq!(minutes(&settings), [30, 55]);
}

#[test]
fn every_event_is_a_record_of_fields_that_are_known_with_an_id_of_its_own() {
    let mut ids = BTreeSet::new();
    for text in texts(&everything()) {
        let record = Record::parse(&text).unwrap();
        assert!(record.others.is_empty(), "{text}");
        assert!(ids.insert(record.event_id.text().unwrap().to_owned()), "{text}");
        let identity = record.user_identity.get().unwrap();
        assert!(identity.others.is_empty(), "{text}");
        assert!(
            matches!(record.event_time, Field::Is(_)) && matches!(record.read_only, Field::Is(_)),
            "{text}"
        );
        assert_eq!(record.to_string(), text, "members in CloudTrail's order");
        assert!(text.len() < 8 * 1024);
        if let Some(context) = identity.session_context.get() {
            assert!(context.others.is_empty(), "{text}");
            assert!(matches!(context.attributes.get().unwrap().creation_date, Field::Is(_)), "{text}");
        }
    }
}

#[test]
fn all_forms_of_identity_occur() {
    let mut kinds = BTreeMap::<String, u32>::new();
    for text in texts(&Settings { duration: TimeDelta::hours(24), ..everything() }) {
        let record: Value = serde_json::from_str(&text).unwrap();
        *kinds.entry(record["userIdentity"]["type"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let expected = [
        "AWSAccount",
        "AWSService",
        "AssumedRole",
        "FederatedUser",
        "IAMUser",
        "IdentityCenterUser",
        "Root",
        "SAMLUser",
        "WebIdentityUser",
    ];
    assert_eq!(kinds.keys().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn nights_are_quieter_than_days_and_a_day_has_its_rate() {
    let mut hours = [0_u32; 24];
    let settings = Settings { duration: TimeDelta::days(7), rate: 2.0, ..Settings::default() };
    for event in Generator::new(&settings) {
        hours[event.time.hour() as usize] += 1;
    }
    assert!(hours[10] * 10 > hours[3] * 14, "{hours:?}");
    let expected = 2 * 60 * 24 * 7;
    let sum: u32 = hours.iter().sum();
    assert!(sum.abs_diff(expected) < expected / 20, "{sum} of {expected}");
}

#[test]
fn a_seconds_rate_may_be_above_one() {
    let settings = Settings { rate: 60_000.0, duration: TimeDelta::seconds(3), ..Settings::default() };
    let count = Generator::new(&settings).count();
    assert!((3_000..9_000).contains(&count), "{count}");
}

#[test]
fn stories_have_steps_that_exist_in_the_order_of_time() {
    for story in STORIES {
        assert!(story.steps.is_sorted_by_key(|step| step.0), "{}", story.name);
        for (_, service, name, variant) in story.steps {
            assert!(
                events::find(service, name, variant).is_some(),
                "{}: {service}:{name}/{variant}",
                story.name
            );
        }
    }
}

#[test]
fn no_two_kinds_share_a_name() {
    let names: Vec<String> = event_names().collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn names_are_found_with_and_without_service_and_unknown_ones_told() {
    for (name, found) in [
        ("StopLogging", "cloudtrail:StopLogging"),
        ("iam:CreatePolicy", "iam:CreatePolicy"),
        ("ConsoleLogin/failed", "signin:ConsoleLogin/failed"),
        ("root-login", "root-login"),
    ] {
        assert_eq!(name.parse::<Part>().unwrap().to_string(), found);
    }
    let errors: Vec<String> = ["CreatePolicy", "StopLoging", "s3:StopLogging", "ConsoleLogin/odd"]
        .map(|name| Part::event(name).unwrap_err().to_string())
        .into();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    "CreatePolicy" is an event of two services: say iam:CreatePolicy or organizations:CreatePolicy
    there is no event "StopLoging"; --list names them all
    there is no event "s3:StopLogging"; --list names them all
    there is no event "ConsoleLogin/odd"; --list names them all
    "#);
    assert_eq!(Part::story("x").unwrap_err().to_string(), "there is no story \"x\"; --list names them all");
}

/// One whole text of each service, so that a change of any of their bytes is seen.
#[test]
fn texts_are_stable() {
    let names = [
        "StopLogging",
        "AuthorizeSecurityGroupIngress/world",
        "ConsoleLogin/unknown-user",
        "PutBucketPolicy/public",
        "ListUsers/denied",
    ];
    let settings = Settings { rate: 0.0, cast: cast(&names), ..Settings::default() };
    insta::assert_snapshot!(texts(&settings).join("\n"));
}
