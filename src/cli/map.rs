//! `trailbell map`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;
use trailbell::transform::{Input, InsufficientData, Mapped, Outcome, Settings, Table, Transform};

use super::{DONE, Failure, NO, input};

/// Print the actions that the mapping makes of messages, one JSON object a line.
///
/// Takes SNS bodies, SQS messages and Lambda events that hold them, and lines of any of these. Nothing is
/// verified. Messages that are dropped are told on standard error, and so are lines that are no JSON. Exit code
/// 1 if a program failed on a message, 2 if a line could not be read; the others are mapped all the same.
#[derive(Args)]
pub(super) struct Map {
    /// Files with messages; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// CSV table: alarm, account, team, priority, tags, runbook
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// VRL program of your own that runs on each action
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// What `INSUFFICIENT_DATA` does: ignore, note or close
    #[arg(long, value_name = "POLICY", value_parser = insufficient_data, default_value = "ignore")]
    insufficient_data: InsufficientData,
}

fn insufficient_data(text: &str) -> Result<InsufficientData, String> {
    serde_json::from_value(Value::from(text)).map_err(|_| "is one of ignore, note, close".to_owned())
}

impl Map {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        let transform = self.transform()?;
        let mut runner = transform.runner();
        let mut code = DONE;
        let found = input::read_all(&self.files, false)?;
        for item in &found.items {
            let place = format!("{}#{}", item.file, item.number);
            let envelope: Value =
                serde_json::from_slice(&item.body).map_err(|error| Failure(format!("{place}: {error}")))?;
            let actions = match runner.run(Input::from(envelope)) {
                Outcome::Mapped(actions) => actions,
                Outcome::Dropped { reason } => {
                    eprintln!("{place}: dropped: {reason}");
                    continue;
                }
                Outcome::Failed { reason, fallback } => {
                    eprintln!("{place}: a program failed, this becomes a plain alert: {reason}");
                    code = NO;
                    fallback
                }
            };
            for Mapped { action, cut } in actions {
                if !cut.is_empty() {
                    eprintln!("{place}: cut to the pager's limits: {}", cut.join(", "));
                }
                writeln!(out, "{}", serde_json::to_string(&action)?)?;
            }
        }
        Ok(found.code(code))
    }

    fn transform(&self) -> Result<Transform, Failure> {
        let settings = Settings { insufficient_data: self.insufficient_data, ..Settings::default() };
        let mut builder = Transform::builder().settings(settings);
        let failed = |path: &PathBuf, reason: String| Failure(format!("{}: {reason}", path.display()));
        if let Some(path) = &self.table {
            let file = std::fs::File::open(path).map_err(|error| failed(path, error.to_string()))?;
            builder = builder.table(Table::from_csv(file).map_err(|error| failed(path, error.to_string()))?);
        }
        if let Some(path) = &self.program {
            let source = std::fs::read_to_string(path).map_err(|error| failed(path, error.to_string()))?;
            builder = builder.program(path.display().to_string(), source);
        }
        let transform = builder.build()?;
        eprint!("{}", transform.warnings());
        Ok(transform)
    }
}
