#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{Attack, Needs, catalogue};
use crate::attack::family::Family;
use crate::attack::forge::Forge;
use crate::attack::plan::Shot;
use crate::sns::Topic;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_105_220, 0).unwrap()
}

fn forge() -> Forge {
    let topic = Topic::new("eu-west-1", "123456789012", "ops", 1).unwrap();
    let mut forge = Forge::new(topic, 1, now()).unwrap();
    forge.begin(now(), ([127, 0, 0, 1], 4321).into());
    forge
}

#[test]
fn names_are_unique_and_no_family_s() {
    let mut names = BTreeSet::new();
    for Attack { name, .. } in catalogue() {
        assert!(names.insert(name), "{name} stands twice");
        assert!(
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{name}"
        );
        assert!(Family::ALL.iter().all(|family| family.name() != name), "{name} is a family's");
    }
}

#[test]
fn every_family_has_attacks_and_every_attack_a_sentence_of_its_own() {
    let mut families: BTreeMap<Family, usize> = BTreeMap::new();
    let mut sentences = BTreeSet::new();
    for Attack { family, name, sentence, .. } in catalogue() {
        *families.entry(family).or_default() += 1;
        assert!(
            sentence.ends_with('.') || sentence.ends_with(").") && sentence.len() < 120,
            "{name}: {sentence}"
        );
        sentences.insert((family, sentence));
    }
    assert_eq!(families.len(), Family::ALL.len());
    assert!(families.values().all(|count| *count >= 10), "{families:?}");
    assert!(sentences.len() + 1 >= catalogue().len(), "sentences stand twice");
}

/// What is sent is a function of topic, seed, time and trap, and no two attacks send the same.
#[test]
fn plans_are_the_same_at_each_run_and_differ_from_each_other() {
    let all = || -> Vec<String> {
        let mut forge = forge();
        // Each shot by itself, whatever number its message has.
        catalogue().iter().map(|attack| format!("{:?}", attack.plan(&mut forge).unwrap().shots)).collect()
    };
    let plans = all();
    assert_eq!(plans, all());
    let different: BTreeSet<&String> = plans.iter().collect();
    assert_eq!(different.len(), plans.len());
    assert!(plans.iter().all(|shots| shots != "[]"));
}

/// A receiver that trusts nobody else is not asked to fetch from SNS's own host what only the kit's has.
#[test]
fn what_needs_no_trust_brings_no_certificate_of_sns() {
    let mut forge = forge();
    for attack in catalogue().iter().filter(|attack| attack.needs != Needs::Trust) {
        let plan = attack.plan(&mut forge).unwrap();
        assert!(plan.certificate_behaviour.is_none() && plan.api_behaviour.is_none(), "{attack:?}");
        let calls_aws = plan.shots.iter().any(|shot| match shot {
            Shot::Post(delivery) => {
                let body = String::from_utf8_lossy(&delivery.body);
                body.contains("\"SigningCertURL\" : \"https://sns.eu-west-1.amazonaws.com/?")
            }
            Shot::Raw(_) => false,
        });
        assert!(!calls_aws, "{attack:?}");
    }
}

#[test]
fn the_readme_counts_them() {
    let readme = include_str!("../../../README.md");
    let all = catalogue();
    let needless = all.iter().filter(|attack| attack.needs != Needs::Trust).count();
    assert!(readme.contains(&format!("tries {} attacks", all.len())), "{}", all.len());
    assert!(readme.contains(&format!("tries the {needless} attacks")), "{needless}");
}
