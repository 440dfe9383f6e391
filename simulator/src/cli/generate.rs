//! `trailbell-sim generate`.

use std::io::{self, Write};

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use trailbell_sim::cloudtrail::{Appearance, CastError, Generator, Part, Settings, event_names, stories};

use super::{DONE, Failure, Format, parse_time};

/// Make CloudTrail events: background noise, stories of attacks, single events.
///
/// Prints one record a line, in the order of time. The same flags give the same bytes.
#[derive(Args)]
pub(super) struct Generate {
    /// Decides everything that is drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The time of the first event
    #[arg(long, value_name = "TIME", default_value = "2026-09-22T09:00:00Z", value_parser = parse_time)]
    start: DateTime<Utc>,
    /// How long it goes on: 90s, 30m, 1h, 7d, or several of them such as 1h30m
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = parse_duration)]
    duration: TimeDelta,
    /// Background events, as the average of a week: 20/min, 2/s, 500/h; 0 for none
    #[arg(long, value_name = "RATE", default_value = "20/min", value_parser = parse_rate)]
    rate: f64,
    /// A story to play, with @30m so long after the start, else spread evenly; may be repeated
    #[arg(long = "story", value_name = "NAME[@AFTER]", value_parser = parse_story)]
    stories: Vec<Appearance>,
    /// A single event, such as `StopLogging`, `iam:CreatePolicy` or `ConsoleLogin/failed@5m`; may be repeated
    #[arg(long = "event", value_name = "NAME[@AFTER]", value_parser = parse_event)]
    events: Vec<Appearance>,
    /// Let the background have changes and refusals too, as in a real account: some of them raise alarms
    #[arg(long)]
    everyday_changes: bool,
    /// The account's number
    #[arg(long, value_name = "ID", default_value = "123456789012", value_parser = parse_account)]
    account: String,
    /// The region in which the account works
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    region: String,
    /// Print a log file, {"Records": [...]}, instead of lines
    #[arg(long)]
    records: bool,
    /// Print the names of all stories and events, and make none
    #[arg(long)]
    list: bool,
    /// How the list is printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum, requires = "list")]
    format: Option<Format>,
}

fn parse_duration(text: &str) -> Result<TimeDelta, String> {
    let wrong = || "is no duration such as 90s, 30m, 1h30m or 7d".to_owned();
    let mut sum = 0_i64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit()).ok_or_else(wrong)?;
        let number: i64 = rest[..digits].parse().map_err(|_| wrong())?;
        let seconds = match rest.as_bytes()[digits] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            _ => return Err(wrong()),
        };
        sum = number.checked_mul(seconds).and_then(|seconds| sum.checked_add(seconds)).ok_or_else(wrong)?;
        rest = &rest[digits + 1..];
    }
    if text.is_empty() {
        return Err(wrong());
    }
    TimeDelta::try_seconds(sum)
        .filter(|length| *length <= TimeDelta::days(3660))
        .ok_or_else(|| "is longer than ten years".to_owned())
}

/// Events a minute.
fn parse_rate(text: &str) -> Result<f64, String> {
    let (number, unit) = text.split_once('/').unwrap_or((text, "min"));
    let a_minute = match unit {
        "s" | "sec" => 60.0,
        "min" | "m" => 1.0,
        "h" => 1.0 / 60.0,
        "d" => 1.0 / 1440.0,
        _ => return Err("is no rate such as 20/min, 2/s, 500/h or 1000/d".to_owned()),
    };
    let rate = number.parse::<f64>().map(|number| number * a_minute);
    let rate = rate.map_err(|_| "is no rate such as 20/min".to_owned())?;
    if (0.0..=6_000_000.0).contains(&rate) {
        Ok(rate)
    } else {
        Err("is not between 0 and 6000000 a minute".to_owned())
    }
}

fn parse_account(text: &str) -> Result<String, String> {
    let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(text.to_owned()) } else { Err("is no account: twelve digits".to_owned()) }
}

fn appearance(text: &str, part: impl Fn(&str) -> Result<Part, CastError>) -> Result<Appearance, String> {
    let (name, after) = match text.split_once('@') {
        Some((name, after)) => (name, Some(parse_duration(after)?)),
        None => (text, None),
    };
    Ok(Appearance { part: part(name).map_err(|error| error.to_string())?, after })
}

fn parse_story(text: &str) -> Result<Appearance, String> {
    appearance(text, Part::story)
}

fn parse_event(text: &str) -> Result<Appearance, String> {
    appearance(text, Part::event)
}

impl Generate {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        match self.print(out) {
            // Whoever reads has seen enough, as `head` has.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(DONE),
            other => Ok(other.map(|()| DONE)?),
        }
    }

    fn print(self, out: &mut impl Write) -> io::Result<()> {
        if self.list {
            return list(out, Format::or_by_terminal(self.format));
        }
        let mut cast = self.stories;
        cast.extend(self.events);
        let settings = Settings {
            seed: self.seed,
            account: self.account,
            region: self.region,
            start: self.start,
            duration: self.duration,
            rate: self.rate,
            everyday_changes: self.everyday_changes,
            cast,
        };
        let events = Generator::new(&settings);
        if self.records {
            out.write_all(b"{\"Records\":[")?;
            for (place, event) in events.enumerate() {
                let comma = if place == 0 { "" } else { "," };
                write!(out, "{comma}{}", event.text)?;
            }
            out.write_all(b"]}\n")?;
        } else {
            for event in events {
                writeln!(out, "{}", event.text)?;
            }
        }
        out.flush()
    }
}

fn list(out: &mut impl Write, format: Format) -> io::Result<()> {
    for (name, about) in stories() {
        match format {
            Format::Text => writeln!(out, "{name:24} {about}")?,
            Format::Json => writeln!(out, "{}", serde_json::json!({"story": name, "about": about}))?,
        }
    }
    for name in event_names() {
        match format {
            Format::Text => writeln!(out, "{name}")?,
            Format::Json => writeln!(out, "{}", serde_json::json!({"event": name}))?,
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::cli::Cli;

    /// What the command prints.
    fn generate(flags: &[&str]) -> String {
        let flags = ["trailbell-sim", "generate"].iter().chain(flags);
        let crate::cli::Command::Generate(generate) = Cli::try_parse_from(flags).unwrap().command else {
            panic!("another command")
        };
        let mut out = Vec::new();
        assert!(generate.run(&mut out).is_ok_and(|code| code == DONE));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_same_flags_give_the_same_bytes() {
        let flags = ["--duration", "5m", "--story", "root-login@1m", "--event", "StopLogging"];
        let first = generate(&flags);
        assert_eq!(first, generate(&flags));
        assert_ne!(first, generate(&[&flags[..], &["--seed", "2"]].concat()));
        assert!(
            first.contains("\"eventName\":\"StopLogging\"")
                && first.contains("\"eventName\":\"CreateAccessKey\"")
        );
    }

    #[test]
    fn records_are_the_same_events_in_one_file() {
        let flags = ["--duration", "2m"];
        let lines: Vec<serde_json::Value> =
            generate(&flags).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let file: serde_json::Value =
            serde_json::from_str(&generate(&[&flags[..], &["--records"]].concat())).unwrap();
        assert_eq!(file["Records"].as_array().unwrap(), &lines);
        assert_eq!(generate(&["--rate", "0", "--records"]), "{\"Records\":[]}\n");
    }

    #[test]
    fn names_are_listed_as_they_can_be_given() {
        let json = generate(&["--list", "--format", "json"]);
        for (line, text) in json.lines().zip(generate(&["--list", "--format", "text"]).lines()) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let found = match line["story"].as_str() {
                Some(story) => parse_story(story),
                None => parse_event(line["event"].as_str().unwrap()),
            };
            assert!(text.starts_with(&found.unwrap().part.to_string()), "{text}");
        }
        assert!(json.lines().count() > 180);
    }

    #[test]
    fn durations_and_rates() {
        let seconds = |text: &str| parse_duration(text).map(|length| length.num_seconds());
        assert_eq!(["90s", "30m", "1h30m", "7d"].map(seconds), [Ok(90), Ok(1800), Ok(5400), Ok(604_800)]);
        for text in ["", "1", "h", "1x", "1h3", "-1h", "99999999999999999999s", "9999999999999999d", "1é"] {
            assert!(seconds(text).is_err(), "{text}");
        }
        for (text, rate) in [("20", 20.0), ("20/min", 20.0), ("2/s", 120.0), ("30/h", 0.5)] {
            assert!((parse_rate(text).unwrap() - rate).abs() < 1e-9, "{text}");
        }
        for text in ["", "x", "-1", "1/y", "inf", "NaN", "1e9/s"] {
            assert!(parse_rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrong_name_or_account_is_told() {
        let told = |flag: &str, value: &str| {
            Cli::try_parse_from(["trailbell-sim", "generate", flag, value]).err().unwrap().to_string()
        };
        assert!(told("--story", "rot-login").contains("there is no story \"rot-login\""));
        assert!(
            told("--event", "CreatePolicy").contains("say iam:CreatePolicy or organizations:CreatePolicy")
        );
        assert!(told("--account", "1").contains("twelve digits"));
    }
}
