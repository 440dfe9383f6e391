//! What is printed: the catalogue, or what came of it.

use std::io::Write;

use serde_json::json;
use trailbell_sim::attack::{Attack, Controlled, Needs, Report, Tried};

use crate::cli::{DONE, Failure, Format};

/// The attacks, and whether they need trust.
pub(super) fn list(out: &mut impl Write, format: Format, attacks: &[Attack]) -> Result<u8, Failure> {
    for attack in attacks {
        let Attack { family, name, sentence, needs, .. } = attack;
        let trust = *needs == Needs::Trust;
        match format {
            Format::Json => {
                let line =
                    json!({"family": family, "name": name, "sentence": sentence, "needs_trust": trust});
                writeln!(out, "{line}")?;
            }
            Format::Text => {
                let mark = if trust { "" } else { " [without trust, too]" };
                writeln!(out, "{:<17} {name}\n                  {sentence}{mark}", family.name())?;
            }
        }
    }
    if format == Format::Text {
        writeln!(out, "{} attacks", attacks.len())?;
    }
    Ok(DONE)
}

/// The controls, the verdicts and their counts.
pub(super) fn print(out: &mut impl Write, format: Format, report: &Report) -> Result<(), Failure> {
    let summary = report.summary();
    match format {
        Format::Json => {
            let controls = report.controls.iter().map(Controlled::json);
            for line in controls.chain(report.tried.iter().map(Tried::json)) {
                writeln!(out, "{line}")?;
            }
            let line = json!({
                "kind": "summary", "withstood": summary.withstood, "fell": summary.fell, "unclear": summary.unclear,
                "genuine_refused": report.genuine_refused(), "trusted": report.trusted, "confirms": report.confirms,
            });
            writeln!(out, "{line}")?;
        }
        Format::Text => {
            for control in &report.controls {
                let verdict = if control.accepted { "accepted" } else { "refused" };
                writeln!(out, "{verdict:<10} {:<17} {}: {}", "genuine", control.name, control.answer)?;
            }
            for tried in &report.tried {
                writeln!(out, "{tried}")?;
            }
            if report.trusted && !report.confirms {
                writeln!(out, "The receiver was not seen to confirm subscriptions of its own accord.")?;
            }
            let refused = report.genuine_refused();
            let genuine =
                if refused == 0 { String::new() } else { format!(", genuine messages refused: {refused}") };
            writeln!(out, "{summary}{genuine}")?;
        }
    }
    Ok(())
}
