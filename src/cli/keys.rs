//! `trailbell keys`.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use serde::Serialize;
use tokio::runtime::Runtime;
use trailbell::sns::{
    Addresses, Fetcher, Fetchers, PinnedKey, PinnedKeyError, Region, SigningCertUrl, SigningCertificate,
    SigningCertificates, Trust,
};

use super::{DONE, Failure, Format, NO, runtime};

/// Write the table of signing keys that `vrl/verify_sns.vrl` verifies with, from signing certificates.
///
/// A certificate is a file that is named as SNS names it, or the URL of a message's `SigningCertURL`, which is
/// fetched from SNS's own hosts only. A file stands for every region that signs with a certificate of its name.
/// The table is written only if every certificate is SNS's. Exit code 1 if one is not, 2 if it cannot be had.
#[derive(Args)]
pub(super) struct Keys {
    /// Certificates: `SimpleNotificationService-….pem` files, or `https://sns.…/SimpleNotificationService-….pem`
    #[arg(required = true, value_name = "CERTIFICATE")]
    certificates: Vec<String>,
    /// The CSV table to write, in one step; - is standard output, without the list of keys
    #[arg(long, value_name = "FILE")]
    csv: PathBuf,
    /// Region whose topics are listened to; may be repeated [default: what the certificate stands for]
    #[arg(long = "region", value_name = "REGION", value_parser = region)]
    regions: Vec<&'static Region>,
    /// Believe a signing host that is not AWS's: whoever controls it can forge messages
    #[arg(long, value_name = "HOST")]
    dangerously_trust_signing_host: Vec<String>,
    /// How the keys are listed [default: text on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

fn region(code: &str) -> Result<&'static Region, String> {
    Region::find(code).ok_or_else(|| "is no region in which SNS is known to exist".to_owned())
}

/// What is told of one certificate.
#[derive(Serialize)]
struct Line<'a> {
    certificate: &'a str,
    accepted: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signing_cert_urls: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// Why a certificate gives no key.
enum Unpinned {
    /// It is not SNS's.
    Refused(String),
    /// It cannot be had or read.
    Failed(String),
}

impl Keys {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8, Failure> {
        let now = Utc::now();
        let source = Source::new(&self)?;
        let to_standard_output = self.csv == Path::new("-");
        let format = Format::or_by_terminal(self.format);
        let mut keys: Vec<PinnedKey> = Vec::new();
        let mut all_accepted = true;
        for name in &self.certificates {
            let accepted = match source.pin(name, now) {
                Ok(accepted) => Ok(accepted),
                Err(Unpinned::Refused(reason)) => Err(reason),
                Err(Unpinned::Failed(reason)) => return Err(Failure(format!("{name}: {reason}"))),
            };
            if let Ok((certificate, _)) = &accepted {
                warn_of_time(name, certificate, now);
            }
            if !to_standard_output {
                print(out, format, name, accepted.as_ref())?;
            } else if let Err(reason) = &accepted {
                eprintln!("{name}: refused: {reason}");
            }
            all_accepted &= accepted.is_ok();
            keys.extend(accepted.map_or(Vec::new(), |(_, keys)| keys));
        }
        if !all_accepted {
            eprintln!("nothing is written: a certificate was refused");
            return Ok(NO);
        }
        let table = csv(&keys)?;
        if to_standard_output {
            out.write_all(&table)?;
        } else {
            replace(&self.csv, &table)
                .map_err(|error| Failure(format!("{}: {error}", self.csv.display())))?;
        }
        Ok(DONE)
    }
}

/// Where certificates come from, and which rows they give.
struct Source<'a> {
    flags: &'a Keys,
    trust: Trust,
    fetched: SigningCertificates,
    runtime: Runtime,
}

impl<'a> Source<'a> {
    fn new(flags: &'a Keys) -> Result<Self, Failure> {
        let trust = flags
            .dangerously_trust_signing_host
            .iter()
            .fold(Trust::aws(), |trust, host| trust.dangerously_add_signing_host(host, "sns.amazonaws.com"));
        let fetchers = Fetchers { aws: Fetcher::public(Addresses::Public), added: HashMap::new() };
        let fetched = SigningCertificates::new(fetchers, |_| {});
        Ok(Self { flags, trust, fetched, runtime: runtime()? })
    }

    fn pin(
        &self,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<(Arc<SigningCertificate>, Vec<PinnedKey>), Unpinned> {
        let (certificate, urls) = if name.contains("://") {
            let url = self.url(name)?;
            (self.fetch(&url, now)?, self.urls_of_regions(name)?.unwrap_or_else(|| vec![url]))
        } else {
            let certificate = read(name).map_err(Unpinned::Failed)?;
            let urls = match self.urls_of_regions(name)? {
                Some(urls) => urls,
                None => self.urls_of_name(name, &certificate)?,
            };
            (Arc::new(certificate), urls)
        };
        let keys: Result<_, PinnedKeyError> =
            urls.into_iter().map(|url| PinnedKey::new(&certificate, url)).collect();
        match keys {
            Ok(keys) => Ok((certificate, keys)),
            Err(error) => Err(Unpinned::Refused(error.to_string())),
        }
    }

    /// A URL on a host of SNS, or on one that was added.
    fn url(&self, text: &str) -> Result<SigningCertUrl, Unpinned> {
        let found = Region::all().find_map(|region| SigningCertUrl::parse_in(text, region, &self.trust).ok());
        found.ok_or_else(|| {
            Unpinned::Failed(
                "not where SNS has its certificates: \
                 https://sns.<region>.amazonaws.com/SimpleNotificationService-<letters and digits>.pem"
                    .to_owned(),
            )
        })
    }

    fn fetch(&self, url: &SigningCertUrl, now: DateTime<Utc>) -> Result<Arc<SigningCertificate>, Unpinned> {
        self.runtime.block_on(self.fetched.get(url, now)).map_err(|failure| {
            let reason = failure.to_string();
            if failure.is_temporary() { Unpinned::Failed(reason) } else { Unpinned::Refused(reason) }
        })
    }

    /// The URLs that the regions on the command line give to a certificate of this name; `None` without any.
    fn urls_of_regions(&self, name: &str) -> Result<Option<Vec<SigningCertUrl>>, Unpinned> {
        if self.flags.regions.is_empty() {
            return Ok(None);
        }
        let hosts = self.flags.regions.iter().map(|region| region.sns_host());
        self.urls_on(hosts, name).map(Some)
    }

    /// The URLs that a file can have come from, by its name and the name in the certificate.
    fn urls_of_name(
        &self,
        name: &str,
        certificate: &SigningCertificate,
    ) -> Result<Vec<SigningCertUrl>, Unpinned> {
        let signing = Region::all()
            .filter(|region| certificate.check_name(&region.signing_certificate_name()).is_ok())
            .map(Region::sns_host);
        let urls =
            self.urls_on(signing.chain(self.flags.dangerously_trust_signing_host.iter().cloned()), name)?;
        if urls.is_empty() {
            let reason = "the certificate is issued to no name that SNS signs as in any region";
            return Err(Unpinned::Refused(reason.to_owned()));
        }
        Ok(urls)
    }

    fn urls_on(
        &self,
        hosts: impl Iterator<Item = String>,
        name: &str,
    ) -> Result<Vec<SigningCertUrl>, Unpinned> {
        let file = name.rsplit('/').next().unwrap_or(name);
        let urls = hosts.map(|host| self.url(&format!("https://{host}/{file}")));
        urls.collect::<Result<_, _>>().map_err(|_| {
            let reason = "name the file as SNS does in SigningCertURL: \
                          SimpleNotificationService-<letters and digits>.pem";
            Unpinned::Failed(reason.to_owned())
        })
    }
}

fn read(name: &str) -> Result<SigningCertificate, String> {
    let pem = std::fs::read(name).map_err(|error| error.to_string())?;
    SigningCertificate::from_pem(&pem).map_err(|error| error.to_string())
}

/// A key out of its time is written: the program judges the time of each message.
fn warn_of_time(name: &str, certificate: &SigningCertificate, now: DateTime<Utc>) {
    if now > certificate.not_after() {
        eprintln!("{name}: warning: expired on {}", certificate.not_after());
    } else if now < certificate.not_before() {
        eprintln!("{name}: warning: not valid before {}", certificate.not_before());
    }
}

fn print(
    out: &mut impl Write,
    format: Format,
    name: &str,
    accepted: Result<&(Arc<SigningCertificate>, Vec<PinnedKey>), &String>,
) -> Result<(), Failure> {
    let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let line = match accepted {
        Ok((certificate, keys)) => Line {
            certificate: name,
            accepted: true,
            signing_cert_urls: keys.iter().map(PinnedKey::url).collect(),
            not_before: Some(time(certificate.not_before())),
            not_after: Some(time(certificate.not_after())),
            reason: None,
        },
        Err(reason) => Line {
            certificate: name,
            accepted: false,
            signing_cert_urls: Vec::new(),
            not_before: None,
            not_after: None,
            reason: Some(reason),
        },
    };
    if format == Format::Json {
        return Ok(writeln!(out, "{}", serde_json::to_string(&line)?)?);
    }
    let told = match (accepted, line.not_before, line.not_after) {
        (Ok((_, keys)), Some(not_before), Some(not_after)) => {
            let places: Vec<_> = keys.iter().map(|key| key.region().unwrap_or(key.url())).collect();
            format!("valid from {not_before} to {not_after}, for {}", places.join(", "))
        }
        _ => format!("refused: {}", line.reason.unwrap_or_default()),
    };
    Ok(writeln!(out, "{name}: {told}")?)
}

/// The table, each URL once: two rows of one URL would match none.
fn csv(keys: &[PinnedKey]) -> Result<Vec<u8>, Failure> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(PinnedKey::COLUMNS)?;
    let mut written: HashMap<&str, &PinnedKey> = HashMap::new();
    for key in keys {
        match written.insert(key.url(), key) {
            None => table.write_record(key.row())?,
            Some(earlier) if earlier == key => {}
            Some(_) => {
                return Err(Failure(format!("{}: two different certificates have this URL", key.url())));
            }
        }
    }
    Ok(table.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// Writes beside the file and moves it there, so that nobody reads half a table.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, path)
}
