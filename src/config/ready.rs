//! The configuration as the server uses it: everything read, parsed and compiled.

use std::net::SocketAddr;
use std::sync::Arc;

use super::door_certificate::DoorCertificate;
use super::forward::{self, ForwardConfig};
use super::paging::{API_KEY_VARIABLE, PagingConfig, pager_warning};
use super::secret::Secret;
use super::settings::{ConfirmMode, MappingSettings, PagerSettings, Settings};
use super::timeouts::Timeouts;
use super::verification;
use super::workshop::{BasicAuth, Limits, Problem, Surroundings, Workshop};
use crate::sns::{Fetchers, Policy};
use crate::transform::{self, Transform};

/// Everything that `serve` and `receive` need, checked.
pub struct Config {
    /// The address that SNS posts to.
    pub listen: SocketAddr,
    /// Another address for health and metrics.
    pub status_listen: Option<SocketAddr>,
    /// The path that SNS posts to.
    pub path: Secret,
    /// The certificate of the HTTPS door.
    pub tls: Option<Arc<DoorCertificate>>,
    /// Who may post.
    pub basic_auth: Option<BasicAuth>,
    /// What is demanded of messages.
    pub policy: Policy,
    /// What happens when SNS asks to confirm a subscription.
    pub confirm: ConfirmMode,
    /// The clients that fetch signing certificates and confirm subscriptions.
    pub fetchers: Fetchers,
    /// Where verified messages go.
    pub onward: Onward,
    /// How much is taken on at once.
    pub limits: Limits,
    /// How long each step may take.
    pub timeouts: Timeouts,
    /// What an operator should know before starting: no mistakes, but risks.
    pub warnings: Vec<String>,
}

/// Where verified messages go.
pub enum Onward {
    /// Through the mapping, to the pager.
    Paging(Box<PagingConfig>),
    /// As they are, to the next hop.
    Forward(Box<ForwardConfig>),
    /// As they are, to standard output, one a line.
    Stream,
}

/// What the caller chose already.
enum Choice {
    /// The settings say it: to the pager or to the next hop.
    Settings(Option<Transform>),
    /// To standard output.
    Stream,
}

impl Config {
    /// For `serve`: reads, parses and compiles everything that the settings name. All problems are told, not only the
    /// first.
    pub fn prepare(settings: &Settings, surroundings: Surroundings<'_>) -> Result<Self, Vec<Problem>> {
        Self::assemble(settings, Choice::Settings(None), surroundings)
    }

    /// The same around a mapping that is compiled already, which takes most of the time of a start. What the settings say
    /// of the mapping and of what every alert has is not read.
    pub fn prepare_with(
        transform: Transform,
        settings: &Settings,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, Vec<Problem>> {
        Self::assemble(settings, Choice::Settings(Some(transform)), surroundings)
    }

    /// For `receive`: messages go to standard output.
    pub fn prepare_stream(settings: &Settings, surroundings: Surroundings<'_>) -> Result<Self, Vec<Problem>> {
        Self::assemble(settings, Choice::Stream, surroundings)
    }

    fn assemble(
        settings: &Settings,
        choice: Choice,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, Vec<Problem>> {
        let mut workshop = Workshop::new(surroundings);
        let path = settings.path.clone().unwrap_or_else(|| Secret::new("/"));
        workshop.demand("path", path.reveal().starts_with('/'), "has to begin with a slash");
        let tls = workshop.door_certificate("tls", settings.tls.as_ref());
        let basic_auth =
            workshop.basic_auth("basic_auth", "basic_auth.password_file", settings.basic_auth.as_ref());
        let (policy, fetchers) = workshop.verification(settings);
        let onward = match choice {
            Choice::Stream => Some(Onward::Stream),
            Choice::Settings(transform) => workshop.onward(settings, transform),
        };
        let limits = workshop.limits(&settings.limits);
        match onward {
            Some(onward) if workshop.problems.is_empty() => Ok(Self {
                listen: settings.listen.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 8080))),
                status_listen: settings.status_listen,
                path,
                warnings: warnings(settings, &policy, &onward),
                tls,
                basic_auth,
                policy,
                confirm: settings.topics.confirm.unwrap_or_default(),
                fetchers,
                onward,
                limits,
                timeouts: Timeouts::default(),
            }),
            _ => Err(workshop.problems),
        }
    }
}

impl Workshop<'_> {
    fn onward(&mut self, settings: &Settings, transform: Option<Transform>) -> Option<Onward> {
        if let Some(forward) = &settings.forward {
            // One file may serve two processes: then the pager is the relay's.
            let both = settings.pager != PagerSettings::default() && settings.relay.is_none();
            let reason = "messages go to the pager or are forwarded, not both: \
                          leave out [pager] or [forward] (or add [relay], if the pager is the relay's)";
            self.demand("pager", !both, reason);
            return self.forward(forward).map(|forward| Onward::Forward(Box::new(forward)));
        }
        let transform = transform.or_else(|| self.transform(settings));
        let nothing_said = settings.pager == PagerSettings::default();
        if nothing_said && (self.surroundings.variable)(API_KEY_VARIABLE).is_none() {
            let reason = format!(
                "neither a pager nor a next hop is named: set pager.api_key_file or the variable {API_KEY_VARIABLE}, \
                 or [forward] with url and dead_letters"
            );
            self.problem("pager", reason);
            return None;
        }
        let pager = self.pager(&settings.pager);
        Some(Onward::Paging(Box::new(PagingConfig { transform: transform?, pager: pager? })))
    }
}

fn warnings(settings: &Settings, policy: &Policy, onward: &Onward) -> Vec<String> {
    let mut warnings = verification::warnings(settings, policy);
    match onward {
        Onward::Paging(paging) => warnings.extend(pager_warning(&paging.pager)),
        Onward::Forward(forward) => warnings.extend(forward::warnings(forward)),
        Onward::Stream => {}
    }
    if settings.tls.is_none() && settings.basic_auth.is_some() {
        warnings.push(
            "basic_auth: SNS sends credentials over HTTPS only; something has to end TLS before".into(),
        );
    }
    match onward {
        Onward::Paging(paging) => {
            let notes = paging.transform.warnings();
            if !notes.is_empty() {
                warnings.push(format!("mapping.program:\n{notes}"));
            }
        }
        Onward::Forward(_) | Onward::Stream => {
            let mapping = settings.mapping != MappingSettings::default();
            if mapping || settings.alerts != transform::Settings::default() {
                warnings.push(
                    "[mapping] and [alerts] are not used: messages are handed on as they are".to_owned(),
                );
            }
        }
    }
    warnings
}
