//! `trailbell-sim attack`.

mod print;
mod topic;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use trailbell_sim::attack::{Attack, Family, Kit, Needs, Report, Settings, catalogue, junit};
use trailbell_sim::clock::Clock;

use self::print::{list, print};
use self::topic::topic;
use super::world::{endpoint, write};
use super::{DONE, Failure, Format, NO, WRONG};

/// Attack a receiver of SNS messages, and say what it withstands.
///
/// Plays SNS's host by HTTPS, under a certificate of its own authority, and the hosts that no message may make anybody
/// call. The receiver has to trust that host (--sns-ca writes its authority) and listen to the topic; what it has to be
/// told is printed. First some genuine messages have to be accepted; then each attack is followed by another one.
///
/// All messages that a receiver could believe are of an alarm that is well, so that nobody is paged by a receiver that
/// withstands. Exit code 0 if it withstood all attacks, 1 if it fell to one, 2 if they could not be tried, what became
/// of one is not clear, or a genuine message was refused.
#[derive(Args)]
pub(super) struct AttackCommand {
    /// The receiver's URL; not shown again, as it may hold a key
    #[arg(value_parser = endpoint, required_unless_present = "list")]
    url: Option<String>,
    /// A topic that the receiver listens to [default: arn:aws:sns:REGION:123456789012:attack-kit]
    #[arg(long, value_name = "ARN")]
    topic_arn: Option<String>,
    /// The region whose SNS is played [default: the topic's, or us-east-1]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Where SNS's host is played; hosts that must not be called are at other ports of the same address
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    sns_listen: SocketAddr,
    /// Write the certificate of the authority behind that host to this file; it is the same at each run
    #[arg(long, value_name = "PEM", conflicts_with = "without_trust")]
    sns_ca: Option<PathBuf>,
    /// For a receiver that cannot trust that host: try what needs no trust
    #[arg(long)]
    without_trust: bool,
    /// Try this family or this attack alone; may be repeated
    #[arg(long, value_name = "FAMILY|NAME")]
    only: Vec<String>,
    /// Say what would be tried, and try nothing
    #[arg(long)]
    list: bool,
    /// Write the result to this file, as `JUnit` XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Certificate authorities that the receiver's certificate may come from (PEM)
    #[arg(long, value_name = "PEM")]
    endpoint_ca: Option<PathBuf>,
    /// How long an answer may take, in seconds; SNS waits 15
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// How long to wait until the receiver is there, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=600))]
    wait: u64,
    /// How the result is printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl AttackCommand {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        let format = Format::or_by_terminal(self.format);
        let attacks = self.chosen()?;
        match &self.url {
            Some(url) if !self.list => {
                let settings = self.settings(url)?;
                super::runtime()?.block_on(self.attack(settings, &attacks, format, out))
            }
            _ => list(out, format, &attacks),
        }
    }

    /// The attacks that `--only` and `--without-trust` leave.
    fn chosen(&self) -> Result<Vec<Attack>, Failure> {
        let all = catalogue();
        for only in &self.only {
            let known = all.iter().any(|attack| is_named(attack, only));
            if !known {
                let families = Family::ALL.map(Family::name).join(", ");
                return Err(Failure(format!(
                    "--only \"{only}\": no family and no attack has this name; the families are {families}, and --list shows all"
                )));
            }
        }
        let wanted = |attack: &Attack| {
            let named = self.only.is_empty() || self.only.iter().any(|only| is_named(attack, only));
            named && !(self.without_trust && attack.needs == Needs::Trust)
        };
        let chosen: Vec<Attack> = all.into_iter().filter(wanted).collect();
        if chosen.is_empty() {
            return Err(Failure("none of these attacks can be tried --without-trust".to_owned()));
        }
        Ok(chosen)
    }

    fn settings(&self, url: &str) -> Result<Settings, Failure> {
        let endpoint_ca = match &self.endpoint_ca {
            None => String::new(),
            Some(path) => {
                let named = |error| Failure(format!("{}: {error}", path.display()));
                std::fs::read_to_string(path).map_err(named)?
            }
        };
        // A receiver remembers messages: ids must differ from those of the run before.
        let seed = Clock::real().now().timestamp_micros().unsigned_abs();
        Ok(Settings {
            sns_listen: self.sns_listen,
            trusted: !self.without_trust,
            endpoint_ca,
            timeout: Duration::from_secs(self.timeout),
            wait: Duration::from_secs(self.wait),
            seed,
            ..Settings::new(url, topic(self.topic_arn.as_deref(), self.region.as_deref(), seed)?)
        })
    }

    async fn attack(
        &self,
        settings: Settings,
        attacks: &[Attack],
        format: Format,
        out: &mut impl Write,
    ) -> Result<u8, Failure> {
        let mut kit = Kit::start(settings, Clock::real()).await?;
        self.tell(&kit)?;
        if let Err(refused) = kit.prove().await {
            let report =
                Report { controls: refused.controls, trusted: !self.without_trust, ..Report::default() };
            self.write_junit(&report)?;
            return Err(Failure(self.advice(&kit, &refused.reason)));
        }
        let mut family = None;
        let report = kit.run(attacks, |attack| {
            if family.replace(attack.family) != Some(attack.family) {
                eprintln!("trying {} …", attack.family);
            }
        });
        let report = report.await?;
        self.write_junit(&report)?;
        print(out, format, &report)?;
        Ok(match report.summary() {
            summary if summary.fell > 0 => NO,
            summary if summary.unclear > 0 || report.genuine_refused() > 0 => WRONG,
            _ => DONE,
        })
    }

    /// Writes the authority, and says where SNS is.
    fn tell(&self, kit: &Kit) -> Result<(), Failure> {
        let setup = kit.setup();
        if let Some(path) = &self.sns_ca {
            write(path, &setup.authority)?;
        }
        if self.without_trust {
            eprintln!(
                "note: without trust nothing genuine can be sent: a receiver that refuses everything passes, too"
            );
        } else {
            eprintln!("{setup}");
        }
        Ok(())
    }

    /// What to do about a receiver that accepts nothing.
    fn advice(&self, kit: &Kit, reason: &str) -> String {
        if self.without_trust {
            return reason.to_owned();
        }
        let setup = kit.setup();
        let ca_file =
            self.sns_ca.as_ref().map_or_else(|| "sns-ca.pem".to_owned(), |path| path.display().to_string());
        let without_file = if self.sns_ca.is_none() { " (--sns-ca sns-ca.pem writes it)" } else { "" };
        let without_port =
            if self.sns_listen.port() == 0 { " (--sns-listen 127.0.0.1:8443 keeps the port)" } else { "" };
        format!(
            "{reason}\nThe receiver has to listen to {}, reach {} at {}{without_port}, and trust the authority in \
             {ca_file}{without_file}.\nFor trailbell serve:\n\n{}\nOther receivers are led there by their resolver. Lead \
             the names alike there, too, to see whether they are asked.\n\
             A receiver that cannot trust another host: --without-trust.",
            setup.topic_arn,
            setup.host,
            setup.address,
            setup.for_trailbell(&ca_file),
        )
    }

    fn write_junit(&self, report: &Report) -> Result<(), Failure> {
        self.junit.as_ref().map_or(Ok(()), |path| write(path, &junit(report)))
    }
}

fn is_named(attack: &Attack, name: &str) -> bool {
    attack.name == name || attack.family.name() == name
}
