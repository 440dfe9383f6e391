//! SNS gets a 2xx only once the pager has the alert; whatever stands in the way brings the message again.

use std::time::Duration;

use trailbell::config::Config;

use super::GatedPager;
use crate::world::{World, alarm, sign};

/// Gives the pager up soon: the tests want it to fail.
fn impatient(config: &mut Config) {
    config.timeouts.delivery = Duration::from_millis(300);
}

#[tokio::test]
async fn an_alarm_raises_and_its_ok_closes() {
    let mut world = World::start().await;
    for (state, open) in [("ALARM", true), ("OK", false)] {
        let envelope =
            world.notification(&alarm("root-login", state)).subject(format!("{state}: \"root-login\""));
        let signed = sign(envelope);
        let answer = world.post(&world.delivery(&signed)).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        let alerts = world.alerts();
        let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
        assert_eq!(&*alert.alias, "arn:aws:cloudwatch:us-east-1:123456789012:alarm:root-login");
        assert_eq!(alert.is_open(), open);
    }
    let metrics = world.metrics().await;
    for (name, kind) in
        [("mapped", "create"), ("mapped", "close"), ("delivered", "create"), ("delivered", "close")]
    {
        assert_eq!(metrics.kind(name, kind), 1, "{name} {kind}");
    }
    assert_eq!(metrics.kind("received", "Notification"), 2);
    assert_eq!(metrics.kind("verified", "Notification"), 2);
    assert_eq!(metrics.value("trailbell_answers_total{status=\"200\"}"), 2);
}

#[tokio::test]
async fn what_the_pager_refuses_comes_again_and_acts_then() {
    for (status, label, says) in [
        (503, "deadline_exceeded", "not delivered in time"),
        (500, "deadline_exceeded", "not delivered in time"),
        (429, "deadline_exceeded", "not delivered in time"),
        (401, "refused", "the pager refused with 401"),
        (403, "refused", "the pager refused with 403"),
        (404, "refused", "the pager refused with 404"),
        (422, "unprocessable", "the pager cannot process the alert"),
    ] {
        let mut world = World::prepared(|_| {}, impatient).await;
        world.pager.set_faults(&[&format!("error={status}")]).unwrap();
        let signed = world.signed();
        let answer = world.post(&world.delivery(&signed)).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 503, "{status}: {text}");
        assert!(text.contains(says), "{status}: {text}");
        assert_eq!(world.alerts(), [], "{status}");
        assert_eq!(world.metrics().await.kind("delivery_failed", label), 1, "{status}");

        world.pager.set_faults(&[]).unwrap();
        assert_eq!(world.deliver(&signed).await, 200, "{status}: the same message again");
        assert_eq!(world.alerts().len(), 1, "{status}");
        assert_eq!(world.metrics().await.value("trailbell_repeated_total"), 0, "{status}");
    }
}

#[tokio::test]
async fn a_pager_that_is_not_there_is_no_success() {
    let nobody = GatedPager::start().await.base_url();
    let mut world = World::prepared(|settings| settings.pager.base_url = Some(nobody), impatient).await;
    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 503);
}

#[tokio::test]
async fn a_pager_that_hangs_is_given_up_in_time_for_sns() {
    let pager = GatedPager::start().await;
    let base = pager.base_url();
    let mut world = World::prepared(|settings| settings.pager.base_url = Some(base), impatient).await;
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    let (answer, _held) = tokio::join!(world.post(&delivery), pager.next());
    assert_eq!(answer.status, 503);
    assert!(String::from_utf8_lossy(&answer.body).contains("not delivered in time"), "{:?}", answer.body);
}

/// SNS delivers at least once, and may come again before it has its answer.
#[tokio::test]
async fn a_copy_of_a_message_in_work_is_put_off() {
    let pager = GatedPager::start().await;
    let base = pager.base_url();
    let mut world = World::with(|settings| settings.pager.base_url = Some(base)).await;
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    let first = world.post(&delivery);
    let meanwhile = async {
        let held = pager.next().await;
        let copy = world.post(&delivery).await;
        assert_eq!((copy.status, &copy.body[..]), (503, &b"a copy of this message is in work\n"[..]));
        held.accept().await;
    };
    let (answer, ()) = tokio::join!(first, meanwhile);
    assert_eq!(answer.status, 200);
    let copy = world.post(&delivery).await;
    assert_eq!((copy.status, &copy.body[..]), (200, &b"delivered before\n"[..]));
}

/// Who hangs up does not take the message's next copy with him.
#[tokio::test]
async fn a_message_whose_sender_hung_up_comes_again_and_acts() {
    let pager = GatedPager::start().await;
    let base = pager.base_url();
    let mut world = World::with(|settings| settings.pager.base_url = Some(base)).await;
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    let held = tokio::select! {
        answer = world.post(&delivery) => panic!("{answer:?}"),
        held = pager.next() => held,
    };
    // The first attempt's connection is gone by now; the server notices in its own time.
    let again = async {
        loop {
            let answer = world.post(&delivery).await;
            if answer.status != 503 {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let (answer, ()) = tokio::join!(again, async { pager.next().await.accept().await });
    assert_eq!((answer.status, &answer.body[..]), (200, &b"delivered: create\n"[..]));
    drop(held);
}
