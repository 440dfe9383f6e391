//! The end: what is in flight is finished, and nobody idle is waited for.

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::GatedPager;
use crate::world::World;

#[tokio::test]
async fn a_message_in_flight_is_delivered_and_answered_before_the_end() {
    let pager = GatedPager::start().await;
    let base = pager.base_url();
    let mut world = World::with(|settings| settings.pager.base_url = Some(base)).await;
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    let (poster, url, address) = (world.poster.clone(), world.url(), world.address);
    let first = tokio::spawn(async move { poster.post(&url, &delivery).await });
    let held = pager.next().await;

    world.stop();
    // The door is closed once the listener is gone.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!first.is_finished(), "the message is still in work");
    held.accept().await;
    let answer = first.await.unwrap().unwrap();
    assert_eq!((answer.status, &answer.body[..]), (200, &b"delivered: create\n"[..]));
    world.stop().await.unwrap();
}

#[tokio::test]
async fn idle_and_silent_connections_do_not_hold_up_the_end() {
    let mut world = World::start().await;
    let mut silent = TcpStream::connect(world.address).await.unwrap();
    let mut kept = world.poster.connect(&world.url()).await.unwrap();
    let signed = world.signed();
    assert_eq!(kept.post(&world.delivery(&signed)).await.unwrap().status, 200);
    // By its default the server would wait 10 s for a header, and the whole test binary has not that long.
    let begun = tokio::time::Instant::now();
    world.stop().await.unwrap();
    assert!(begun.elapsed().as_secs() < 9, "{:?}", begun.elapsed());
    let mut rest = Vec::new();
    assert_eq!(silent.read_to_end(&mut rest).await.unwrap_or_default(), 0);
}

#[tokio::test]
async fn an_answer_after_the_stop_closes_its_connection() {
    let pager = GatedPager::start().await;
    let base = pager.base_url();
    let mut world = World::with(|settings| settings.pager.base_url = Some(base)).await;
    let signed = world.signed();
    let delivery = world.delivery(&signed);
    let mut kept = world.poster.connect(&world.url()).await.unwrap();
    let first = tokio::spawn(async move { (kept.post(&delivery).await.unwrap(), kept) });
    let held = pager.next().await;
    world.stop();
    while TcpStream::connect(world.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    held.accept().await;
    let (answer, mut kept) = first.await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("connection"), Some("close"));
    let signed = world.signed();
    assert!(kept.post(&world.delivery(&signed)).await.is_err(), "no more messages are taken");
    world.stop().await.unwrap();
}
