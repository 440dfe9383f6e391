//! What the next hop refuses for good is kept.

use std::fs;

use serde_json::Value;

use super::forward::{Gateway, forward_to};
use super::peer::{Behaviour, Peer};
use crate::world::World;

#[tokio::test]
async fn a_dead_letter_has_all_that_is_needed_to_send_it_again() {
    let hop = Peer::start(Behaviour::Answer(400, "x".repeat(10_000))).await;
    let mut gateway = Gateway::start(&hop.base_url()).await;
    let signed = gateway.world.signed();
    let answer = gateway.world.post(&gateway.world.delivery(&signed)).await;
    assert_eq!(&answer.body[..], b"kept as a dead letter: the next hop answered 400\n");
    let mut letters = gateway.dead_letters();
    let mut letter = letters.pop().unwrap();
    let envelope = letter["envelope"].take();
    assert_eq!(envelope, serde_json::from_str::<Value>(&signed.to_json()).unwrap(), "signature and all");
    let kept = letter["answer"].take();
    assert_eq!(kept.as_str().unwrap().chars().count(), 4097, "cut, and marked so");
    assert_eq!(
        letter,
        serde_json::json!({
            "time": "2026-09-22T19:27:00.926Z", "reason": "the next hop refused it for good", "status": 400,
            "answer": null, "envelope": null
        })
    );
    // `trailbell verify` and `map` read the file as it is: see cli/input.rs.
}

#[tokio::test]
async fn dead_letters_outlive_the_server() {
    let hop = Peer::start(Behaviour::Answer(400, "no".to_owned())).await;
    let mut first = Gateway::start(&hop.base_url()).await;
    let signed = first.world.signed();
    assert_eq!(first.world.deliver(&signed).await, 200);
    // Not stopped but gone, as by kill -9.
    let Gateway { world, folder } = first;
    drop(world);
    let file = folder.path().join("dead.ndjson");
    let mut world = World::with(|settings| forward_to(settings, &hop.base_url(), &file)).await;
    let signed = world.signed();
    assert_eq!(world.deliver(&signed).await, 200);
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn what_can_neither_be_forwarded_nor_kept_comes_again() {
    let hop = Peer::start(Behaviour::Answer(400, "no".to_owned())).await;
    let mut gateway = Gateway::start(&hop.base_url()).await;
    let file = gateway.dead_letters_file();
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let signed = gateway.world.signed();
    let answer = gateway.world.post(&gateway.world.delivery(&signed)).await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 503, "{text}");
    assert!(text.contains("could not be kept as a dead letter"), "{text}");
    fs::remove_dir(&file).unwrap();
    assert_eq!(gateway.world.deliver(&signed).await, 200);
    assert_eq!(gateway.dead_letters().len(), 1);
}
