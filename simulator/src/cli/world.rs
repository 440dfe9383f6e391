//! What `run` and `up` have in common: the template, where it is deployed, and what goes wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use clap::Args;
use trailbell_sim::cloudformation::{Environment, Stack};
use trailbell_sim::engine::{Fault, World};
use trailbell_sim::sns::Poster;

use super::Failure;
use super::deployment::{self, Place};

/// Where a template is deployed, and what goes wrong.
#[derive(Args)]
pub(super) struct WorldFlags {
    #[command(flatten)]
    place: Place,
    /// Everything random comes from it
    #[arg(long, default_value_t = 0)]
    pub(super) seed: u64,
    /// How long CloudTrail takes to write an event to the logs, in seconds [default: about five minutes, by the seed]
    #[arg(long, value_name = "SECONDS")]
    pub(super) latency: Option<u32>,
    /// What goes wrong: duplicate, reorder, delay=30s, drop, forge, expired-certificate, rotated-key,
    /// slow-subscriber=20s, subscriber-error=503 or subscription-deleted, each with ,share=0.5 ,from=+1m ,until=+5m;
    /// may be repeated
    #[arg(long = "fault", value_name = "FAULT")]
    pub(super) faults: Vec<Fault>,
}

impl WorldFlags {
    /// The environment, with parameters that the flags may override.
    pub(super) fn environment(&self, parameters: &BTreeMap<String, String>) -> Environment {
        let mut environment = self.place.environment();
        for (name, value) in parameters {
            environment.parameters.entry(name.clone()).or_insert_with(|| value.clone());
        }
        environment
    }

    pub(super) fn latency(&self) -> Option<TimeDelta> {
        self.latency.map(|seconds| TimeDelta::seconds(i64::from(seconds)))
    }
}

/// Reads a template; what was not followed in it goes to standard error.
pub(super) fn read(path: &Path, environment: &Environment) -> Result<Stack, Failure> {
    let named = |reason: String| Failure(format!("{}: {reason}", path.display()));
    let text = deployment::read(path)?;
    let stack = Stack::read(&text, environment).map_err(|errors| named(errors.to_string()))?;
    for note in &stack.notes {
        eprintln!("note: {note}");
    }
    for aside in &stack.left_aside {
        eprintln!("note: {} ({}) is left aside", aside.logical_id, aside.kind);
    }
    Ok(stack)
}

/// Writes a file, with its name in the error.
pub(super) fn write(path: &PathBuf, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure(format!("{}: {error}", path.display())))
}

/// An endpoint's URL, which is not shown again: it may hold a key.
pub(super) fn endpoint(text: &str) -> Result<String, String> {
    let is_http = text.starts_with("http://") || text.starts_with("https://");
    if is_http { Ok(text.to_owned()) } else { Err("has to begin with http:// or https://".to_owned()) }
}

/// What posts, and trusts the authorities in this file alone.
pub(super) fn poster(ca: Option<&Path>) -> Result<Poster, Failure> {
    let Some(path) = ca else { return Ok(Poster::new("")?) };
    let named = |reason: String| Failure(format!("{}: {reason}", path.display()));
    let pem = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
    Poster::new(&pem).map_err(|error| named(error.to_string()))
}

/// Says so if there is nobody to deliver to.
pub(super) fn warn_of_nobody(world: &World) {
    if !world.sns().subscriptions().iter().any(|listed| listed.protocol.starts_with("http")) {
        eprintln!("note: the template has no subscription by http or https, so nothing is delivered");
    }
}

/// Says so if there are endpoints by https and no authority that they could be trusted by.
pub(super) fn warn_of_no_trust(world: &World, ca: Option<&Path>) {
    if ca.is_none() && world.sns().subscriptions().iter().any(|listed| listed.protocol == "https") {
        eprintln!(
            "note: no endpoint by https is trusted: give --endpoint-ca the authority of its certificate"
        );
    }
}
