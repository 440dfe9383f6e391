//! What is demanded of messages, and who fetches the certificates that prove it.

use std::collections::{BTreeSet, HashMap};

use super::door_certificate::read_certificates;
use super::settings::{Settings, SigningHostSettings};
use super::workshop::Workshop;
use crate::sns::{Addresses, AllowList, Fetcher, Fetchers, Policy, SignatureVersion, TopicPattern, Trust};

impl Workshop<'_> {
    pub(super) fn verification(&mut self, settings: &Settings) -> (Policy, Fetchers) {
        let mut patterns = Vec::new();
        for pattern in &settings.topics.allow {
            patterns.extend(self.keep("topics.allow", pattern.parse::<TopicPattern>()));
        }
        let named = "names no topic: add the ARNs of the topics to listen to";
        self.demand("topics.allow", !settings.topics.allow.is_empty(), named);
        let verification = &settings.verification;
        let mut policy = Policy::new(AllowList::new(patterns));
        if let Some(versions) = &verification.signature_versions {
            let known: BTreeSet<_> = versions.iter().filter_map(|v| SignatureVersion::parse(v)).collect();
            let sound = !known.is_empty() && known.len() == versions.len();
            self.demand("verification.signature_versions", sound, "is one or both of \"1\" and \"2\"");
            policy.signature_versions = known;
        }
        if let Some(window) = &verification.replay_window {
            policy.replay_window = self.duration("verification.replay_window", window);
        }
        if let Some(skew) = &verification.clock_skew {
            policy.clock_skew = self.duration("verification.clock_skew", skew).unwrap_or_default();
        }
        let mut added = HashMap::new();
        let mut trust = Trust::aws();
        for host in &settings.dangerously_trust_signing_host {
            let name = host.certificate_name.as_deref().unwrap_or("sns.amazonaws.com");
            trust = trust.dangerously_add_signing_host(&host.host, name);
            if let Some(fetcher) = self.signing_host(host) {
                added.insert(host.host.clone(), fetcher);
            }
        }
        policy.trust = trust;
        let addresses = match verification.allow_private_addresses {
            Some(true) => Addresses::PublicOrPrivate,
            Some(false) | None => Addresses::Public,
        };
        (policy, Fetchers { aws: Fetcher::public(addresses), added })
    }

    fn signing_host(&mut self, host: &SigningHostSettings) -> Option<Fetcher> {
        let key = "dangerously_trust_signing_host";
        let addresses = host.address.map_or(Addresses::PublicOrPrivate, Addresses::Fixed);
        match &host.ca_file {
            None => Some(Fetcher::public(addresses)),
            Some(file) => {
                let file = self.path(file);
                let authorities = self.keep(key, read_certificates(&file))?;
                self.keep(key, Fetcher::with_authorities(authorities, addresses))
            }
        }
    }
}

/// What an operator should know of whom the settings trust.
pub(super) fn warnings(settings: &Settings, policy: &Policy) -> Vec<String> {
    let open = policy.allow_list.iter().flat_map(AllowList::open_to_every_account);
    let hosts = settings.dangerously_trust_signing_host.iter();
    open.map(|pattern| format!("topics.allow: {pattern} lets every AWS account raise alerts here"))
        .chain(hosts.map(|host| format!("{} can sign for every topic: it is trusted besides AWS", host.host)))
        .collect()
}
