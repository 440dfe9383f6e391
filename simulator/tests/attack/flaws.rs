//! Each flaw is found by the attacks that are made for it, and a receiver without a flaw withstands all.

use std::time::Duration;

use tokio::task::JoinSet;
use trailbell_sim::attack::{Kit, Report, Settings, catalogue};
use trailbell_sim::clock::Clock;
use trailbell_sim::sns::Topic;

use crate::receiver::{Flaw, Receiver};

pub(crate) fn settings(receiver: &Receiver) -> Settings {
    Settings {
        timeout: Duration::from_secs(15),
        settle: Duration::from_millis(100),
        seed: 7,
        ..Settings::new(receiver.url(), Topic::new("us-east-1", "123456789012", "ops", 7).unwrap())
    }
}

async fn attacked(flaw: Flaw) -> Report {
    let receiver = Receiver::start(flaw).await;
    let mut kit = Kit::start(settings(&receiver), Clock::real()).await.unwrap();
    receiver.trust(kit.setup());
    kit.prove().await.unwrap();
    kit.run(&catalogue(), |_| {}).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_receiver_withstands_all_attacks() {
    for harmless in [Flaw::None, Flaw::TakesTheLastOfTwo] {
        withstands_all(&attacked(harmless).await);
    }
}

fn withstands_all(report: &Report) {
    let others: Vec<_> = report.tried.iter().filter(|tried| tried.verdict.reason().is_some()).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(report.tried.len(), catalogue().len());
    assert!(report.confirms);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_flaw_is_found() {
    let mut runs = JoinSet::new();
    let flaws = [
        Flaw::AcceptsEverything,
        Flaw::ChecksNoSignature,
        Flaw::ChecksNoUrl,
        Flaw::ChecksUrlByPattern,
        Flaw::ChecksNoCertificate,
        Flaw::FollowsRedirects,
        Flaw::FetchesWithoutLimit,
        Flaw::ConfirmsAnything,
        Flaw::ConfirmsAsTold,
        Flaw::ListensToEveryTopic,
        Flaw::BelievesHeaders,
        Flaw::KnowsNoTime,
        Flaw::ReadsTwoWays,
        Flaw::TakesTheLastCertificate,
        Flaw::LetsBordersMove,
        Flaw::TakesRawDelivery,
        Flaw::OneAtATime,
    ];
    for (order, flaw) in flaws.into_iter().enumerate() {
        runs.spawn(async move { (order, flaw, attacked(flaw).await) });
    }
    let mut reports = runs.join_all().await;
    reports.sort_by_key(|(order, ..)| *order);
    let lines = reports.iter().map(|(_, flaw, report)| {
        let fallen = report.fallen();
        let all = fallen.join(" ");
        format!("{flaw:?}: {} fell\n  {all}\n", fallen.len())
    });
    insta::assert_snapshot!(lines.collect::<String>());
}
