//! `trailbell verify`.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;
use trailbell::sns::{
    Addresses, AllowList, CertificateFailure, Envelope, Fetcher, Fetchers, Policy, SigningCertificate,
    SigningCertificates, TopicPattern, Trust,
};

use super::input::{self, Item};
use super::{DONE, Failure, Format, NO, WRONG, runtime};

/// Say for each message whether SNS signed it: `ok`, or `forged` with the reason.
///
/// Takes SNS bodies, SQS messages and Lambda events that hold them, and lines of any of these. The age of a
/// message is not judged. Exit code 1 if any is forged, 2 if a certificate cannot be had or a line is no JSON.
#[derive(Args)]
pub(super) struct Verify {
    /// Files with messages; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Use this signing certificate (PEM) instead of fetching the one that each message names
    #[arg(long, value_name = "PEM")]
    cert: Option<PathBuf>,
    /// The time at which certificates have to be valid, or `published` for each message's own [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_at)]
    at: Option<At>,
    /// Topic that is expected: an ARN, `*` allowed in region, account and name; may be repeated
    #[arg(long = "allow-topic", value_name = "ARN")]
    allow_topics: Vec<TopicPattern>,
    /// Take the spelling that Lambda hands over (`SigningCertUrl`) for bare messages
    #[arg(long)]
    lambda: bool,
    /// Believe a signing host that is not AWS's: whoever controls it can forge messages
    #[arg(long, value_name = "HOST")]
    dangerously_trust_signing_host: Vec<String>,
    /// How verdicts are printed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy)]
enum At {
    Published,
    Time(DateTime<Utc>),
}

fn parse_at(text: &str) -> Result<At, String> {
    if text == "published" {
        return Ok(At::Published);
    }
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| At::Time(time.to_utc())).map_err(|_| "is no time such as 2026-01-31T23:59:59Z".to_owned())
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    number: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Forged,
    /// The certificate cannot be had.
    Unknown,
}

impl Verify {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        let judge = Judge::new(&self)?;
        let runtime = runtime()?;
        let format = Format::or_by_terminal(self.format);
        let mut verdicts = Vec::new();
        let found = input::read_all(&self.files, self.lambda)?;
        for item in &found.items {
            let line = runtime.block_on(judge.judge(item));
            verdicts.push(line.verdict);
            print(out, format, &line)?;
        }
        Ok(found.code(if verdicts.contains(&Verdict::Forged) {
            NO
        } else if verdicts.contains(&Verdict::Unknown) {
            WRONG
        } else {
            DONE
        }))
    }
}

fn print(out: &mut impl Write, format: Format, line: &Line<'_>) -> Result<(), Failure> {
    if format == Format::Json {
        return Ok(writeln!(out, "{}", serde_json::to_string(line)?)?);
    }
    let verdict = match line.verdict {
        Verdict::Ok => "ok",
        Verdict::Forged => "forged",
        Verdict::Unknown => "unknown",
    };
    let reason = line.reason.as_deref().or(line.topic.as_deref()).unwrap_or_default();
    Ok(writeln!(out, "{}#{}: {verdict}: {reason}", line.file, line.number)?)
}

/// How messages are judged.
struct Judge {
    policy: Policy,
    certificate: Option<SigningCertificate>,
    fetched: SigningCertificates,
    at: Option<At>,
}

impl Judge {
    fn new(flags: &Verify) -> Result<Self, Failure> {
        let certificate = match &flags.cert {
            None => None,
            Some(path) => {
                let named = |reason: String| Failure(format!("{}: {reason}", path.display()));
                let pem = std::fs::read(path).map_err(|error| named(error.to_string()))?;
                Some(SigningCertificate::from_pem(&pem).map_err(|error| named(error.to_string()))?)
            }
        };
        let trust = flags
            .dangerously_trust_signing_host
            .iter()
            .fold(Trust::aws(), |trust, host| trust.dangerously_add_signing_host(host, "sns.amazonaws.com"));
        let allow_list = AllowList::new(flags.allow_topics.clone());
        let fetchers = Fetchers { aws: Fetcher::public(Addresses::Public), added: HashMap::new() };
        Ok(Self {
            policy: Policy {
                allow_list: (!allow_list.is_empty()).then_some(allow_list),
                replay_window: None,
                trust,
                ..Policy::new(AllowList::default())
            },
            certificate,
            fetched: SigningCertificates::new(fetchers, |_| {}),
            at: flags.at,
        })
    }

    async fn judge<'a>(&self, item: &'a Item) -> Line<'a> {
        let line = |verdict, reason: Option<String>, envelope: Option<&Envelope>| Line {
            file: &item.file,
            number: item.number,
            message_id: envelope.map(|envelope| envelope.message_id().to_owned()),
            topic: envelope.map(|envelope| envelope.topic_arn().to_string()),
            verdict,
            reason,
        };
        let envelope = match Envelope::parse_spelt(&item.body, item.spelling) {
            Ok(envelope) => envelope,
            Err(error) => return line(Verdict::Forged, Some(error.to_string()), None),
        };
        match self.verdict(envelope.clone()).await {
            Ok(()) => line(Verdict::Ok, None, Some(&envelope)),
            Err((verdict, reason)) => line(verdict, Some(reason), Some(&envelope)),
        }
    }

    async fn verdict(&self, envelope: Envelope) -> Result<(), (Verdict, String)> {
        let at = match self.at {
            None => Utc::now(),
            Some(At::Published) => envelope.published_at(),
            Some(At::Time(time)) => time,
        };
        let forged = |reason: String| (Verdict::Forged, reason);
        let admitted = self.policy.admit(envelope, at).map_err(|refusal| forged(refusal.to_string()))?;
        let verified = if let Some(certificate) = &self.certificate {
            admitted.verify(certificate, at)
        } else {
            let fetched = self.fetched.get(admitted.certificate_url(), at).await;
            let certificate = fetched.map_err(|failure: CertificateFailure| {
                let verdict = if failure.is_temporary() { Verdict::Unknown } else { Verdict::Forged };
                (verdict, failure.to_string())
            })?;
            admitted.verify(&certificate, at)
        };
        verified.map(|_| ()).map_err(|refusal| forged(refusal.to_string()))
    }
}
