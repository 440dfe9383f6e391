//! `trailbell-sim run`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use trailbell_sim::engine::{Expectation, Scenario, Tally, When};

use super::play::{Edge, Play};
use super::story::{Story, told};
use super::timeline::{DeadLetters, Printer};
use super::world::{WorldFlags, read};
use super::{DONE, Failure, Format, NO, parse_time};

/// Play CloudTrail events through a template, in virtual time: what alarms, when, with what text, and does it close?
///
/// Prints the timeline: state changes, notifications, and deliveries where an endpoint is given. The same input and
/// seed give the same bytes. Subscriptions count as confirmed. Exit code 1 if a scenario's expectation is not met.
#[derive(Args)]
pub(super) struct Run {
    /// CloudFormation template, or Terraform plan as JSON
    #[arg(required_unless_present = "scenario", conflicts_with = "scenario", value_name = "TEMPLATE")]
    template: Option<PathBuf>,
    /// Files and folders of CloudTrail events; - is standard input
    #[arg(long, num_args = 1.., value_name = "FILE")]
    events: Vec<PathBuf>,
    /// When the world begins [default: ten minutes before the first event]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    start: Option<DateTime<Utc>>,
    /// When it ends: a time, or +30m from its start [default: an hour after the last event]
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
    #[command(flatten)]
    edge: Edge,
    /// Write what goes to a dead-letter queue to this file, one JSON object a line (the subscription needs a
    /// `RedrivePolicy`)
    #[arg(long, value_name = "FILE")]
    dead_letters: Option<PathBuf>,
    /// Play this scenario
    #[arg(long, value_name = "FILE", conflicts_with_all = ["events", "start", "until"])]
    scenario: Option<PathBuf>,
    #[command(flatten)]
    world: WorldFlags,
    /// How the timeline is printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl Run {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        let story = self.story()?;
        let stack = read(&story.template, &story.environment)?;
        let dead_letters = self.dead_letters.as_deref().map(DeadLetters::create).transpose()?;
        let mut printer = Printer::new(out, Format::or_by_terminal(self.format), dead_letters);
        let runtime = self.edge.is_there().then(super::runtime).transpose()?;
        let mut play = Play::new(&self.edge, &story, &stack, runtime.as_ref());
        let counts = play.events(&mut printer)?;
        let tally = play.tally().ok_or_else(|| {
            Failure("nothing to play: no event has a time, and no --start is given".to_owned())
        })?;
        printer.finish()?;
        eprintln!("{counts}; {}", summary(&tally));
        if let Some(open) = play.left_in_alarm() {
            eprintln!("still in ALARM at the end: {open}");
        }
        let unmet = story.expect.unmet(&tally);
        for sentence in &unmet {
            eprintln!("not as expected: {sentence}");
        }
        counts.all_were_read()?;
        Ok(if unmet.is_empty() { DONE } else { NO })
    }

    /// What is played: a scenario's, or what the flags say.
    fn story(&self) -> Result<Story, Failure> {
        let Some(path) = &self.scenario else {
            return Ok(Story {
                template: self.template.clone().unwrap_or_default(),
                environment: self.world.environment(&BTreeMap::new()),
                files: self.events.clone(),
                told: Vec::new(),
                start: self.start,
                until: self.until,
                seed: self.world.seed,
                latency: self.world.latency(),
                faults: self.world.faults.clone(),
                // Faults are of deliveries.
                deliver: self.edge.is_there() || !self.world.faults.is_empty(),
                expect: Expectation::default(),
            });
        };
        let Scenario { name, sentence, world, expect } = Scenario::read(path)?;
        eprintln!("{name}: {sentence}");
        let start = DateTime::parse_from_rfc3339(&world.start)
            .map_err(|_| Failure(format!("{}: world.start: \"{}\" is no time", path.display(), world.start)))?
            .to_utc();
        let mut faults = world.faults;
        faults.extend(self.world.faults.iter().copied());
        Ok(Story {
            template: world.template,
            environment: self.world.environment(&world.parameters),
            files: world.events,
            told: told(&world.event, start)?,
            start: Some(start),
            until: Some(world.until),
            seed: world.seed,
            latency: world.latency_seconds.map(|seconds| TimeDelta::seconds(i64::from(seconds))),
            faults,
            deliver: true,
            expect,
        })
    }
}

fn summary(tally: &Tally) -> String {
    let changes: usize = tally.states.values().map(Vec::len).sum();
    let mut parts = vec![format!("{changes} changes of state, {} notifications", tally.notifications)];
    if tally.attempts > 0 {
        parts.push(format!(
            "{} attempts to deliver: {} arrived, {} dead letters, {} lost",
            tally.attempts, tally.delivered, tally.dead_letters, tally.lost
        ));
    }
    let faults = tally.faults.to_string();
    if !faults.is_empty() {
        parts.push(format!("faults: {faults}"));
    }
    parts.join("; ")
}
