//! What `run` and `up` have in common: the template, where it is deployed, and what goes wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use clap::Args;
use trailbell_sim::cloudformation::{Environment, Stack};
use trailbell_sim::engine::Fault;

use super::Failure;

/// Where a template is deployed, and what goes wrong.
#[derive(Args)]
pub(super) struct Deployment {
    /// A parameter of the template; may be repeated
    #[arg(long = "parameter", value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub(super) parameters: Vec<(String, String)>,
    /// Region of the stack
    #[arg(long, default_value = "us-east-1")]
    pub(super) region: String,
    /// Account of the stack
    #[arg(long, default_value = "123456789012")]
    pub(super) account: String,
    /// Name of the stack
    #[arg(long, default_value = "trailbell")]
    pub(super) stack_name: String,
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

impl Deployment {
    pub(super) fn environment(&self, more: &BTreeMap<String, String>) -> Environment {
        let mut parameters = more.clone();
        parameters.extend(self.parameters.iter().cloned());
        Environment {
            region: self.region.clone(),
            account_id: self.account.clone(),
            stack_name: self.stack_name.clone(),
            parameters,
            ..Environment::default()
        }
    }

    pub(super) fn latency(&self) -> Option<TimeDelta> {
        self.latency.map(|seconds| TimeDelta::seconds(i64::from(seconds)))
    }
}

/// Reads a template; what was not followed in it goes to standard error.
pub(super) fn read(path: &Path, environment: &Environment) -> Result<Stack, Failure> {
    let named = |reason: String| Failure(format!("{}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
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

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("is no KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
