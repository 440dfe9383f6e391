//! Trouble on the way: what SNS makes of the server's answers.

use chrono::TimeDelta;

use super::{Journey, Scheme};

const TEMPLATE: &str = include_str!("../../../simulator/templates/cloudtrail-alarms.yaml");

#[tokio::test]
async fn a_pager_that_is_down_for_half_a_minute_costs_only_time() {
    let journey = Journey::start(TEMPLATE, Scheme::Http).await;
    journey.pass(TimeDelta::minutes(10)).await;
    journey.happen("StopLogging", 1);
    journey.pager.set_faults(&["error=422"]).unwrap();
    let attempts = journey.live.look(|world| world.tally().attempts);
    while journey.live.look(|world| world.tally().attempts) == attempts {
        journey.live.advance_to(journey.clock.now() + TimeDelta::seconds(1)).await;
    }
    assert!(!journey.is_open("CloudTrailChanges"));
    journey.pager.set_faults(&[]).unwrap();
    // SNS's second attempt comes 20 s after the first.
    journey.live.advance_to(journey.clock.now() + TimeDelta::seconds(25)).await;
    assert!(journey.is_open("CloudTrailChanges"));
    let tally = journey.live.look(trailbell_sim::engine::World::tally);
    assert_eq!((tally.dead_letters, tally.lost), (0, 0));
}
