//! The whole path on one machine, from a CloudTrail event to an alert that opens and closes: the simulated AWS side,
//! `trailbell serve` and a pager, each on a loopback port, and one clock for all of them that runs as fast as it can.
//!
//! `cargo run --example demo` ends by itself, with exit code 0 only if everything became what it should.

mod aws;
mod serving;
mod story;

use std::error::Error;
use std::process::ExitCode;

use aws::Aws;
use chrono::{TimeDelta, Utc};
use serving::{Scheme, Serving};
use story::Story;
use tokio::net::TcpListener;
use trailbell_sim::clock::Clock;
use trailbell_sim::pager::{PagerTwin, Settings};

type Failure = Box<dyn Error + Send + Sync>;

/// The alarm that the story of a stopped trail raises.
const ALARM: &str = "CloudTrailChanges";

#[tokio::main]
async fn main() -> ExitCode {
    match demo().await {
        Ok(true) => {
            println!("\nEverything went as it should.");
            ExitCode::SUCCESS
        }
        Ok(false) => {
            println!("\nNot everything went as it should: see the lines marked NO.");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("the demo broke off: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn demo() -> Result<bool, Failure> {
    let mut fine = true;
    for scheme in [Scheme::Https, Scheme::Http] {
        fine &= over(scheme).await?;
    }
    Ok(fine)
}

/// The story, delivered over HTTPS or HTTP.
async fn over(scheme: Scheme) -> Result<bool, Failure> {
    let clock = Clock::standing(Utc::now());
    let pager = PagerTwin::with(Settings::default()).clock(&clock).start().await?;
    let door = TcpListener::bind("127.0.0.1:0").await?;
    let world = aws::deploy(clock.now(), &format!("{scheme}://localhost/"))?;
    let serving = Serving::start(&world, door.local_addr()?, &pager, scheme, clock.clone()).await?;
    println!("SNS           https://{} (as {})", door.local_addr()?, aws::HOST);
    println!("trailbell     {scheme}://{}", serving.address);
    println!("pager         {}\n", pager.base_url());
    let aws = Aws::start(world, clock, door, serving.poster.clone())?;
    let mut story = Story::new(&aws, &pager, &serving);

    aws.pass(TimeDelta::minutes(1)).await;
    story.expect("SNS asked to confirm the subscription, and it is confirmed", aws.is_confirmed());
    aws.pass(TimeDelta::minutes(9)).await;
    story.expect("eleven new alarms said OK, which is no reason to page", pager.alerts().is_empty());

    println!("\n      A stolen key stops the trail and deletes it.");
    aws.play("trail-stopped").await?;
    story.pass_until(true).await;
    story.expect("one alert is open", story.open() == 1);

    println!();
    let delivered = aws.last_notification(ALARM)?;
    story.post("SNS delivers the ALARM a second time", &delivered, 200).await?;
    story.post("a forged copy of it arrives", &aws::forged(&delivered)?, 403).await?;
    let foreign = aws::of_another_account(aws.beginning(), aws.now())?;
    story.post("a stranger's topic sends one, signed by SNS itself", &foreign, 403).await?;
    story.expect("still one alert, counted once", pager.alerts().iter().map(|alert| alert.count).eq([1]));

    println!("\n      Nothing more happens.");
    story.pass_until(false).await;
    story.expect("no alert is open", story.open() == 0);
    if scheme == Scheme::Https {
        story.show_alerts();
    }
    println!();
    let fine = story.is_fine();
    serving.stop().await?;
    Ok(fine)
}
