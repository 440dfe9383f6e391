//! The signing certificates in use: fetched once, kept, and fetched anew without ever standing in the way.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use tokio::sync::Mutex as AsyncMutex;

use super::fetch::{FetchError, Fetcher};
use super::signing_certificate::{
    CertificateError, MAX_CERTIFICATE_BYTES, SigningCertUrl, SigningCertificate,
};

/// Certificates kept. AWS signs with one for each region, two while it changes keys.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// How long a certificate is used before it is fetched again.
const FRESH: TimeDelta = TimeDelta::hours(24);

/// How long a failed fetch is not tried again.
const NEGATIVE: TimeDelta = TimeDelta::seconds(30);

/// Fetches that may start at once, and how often one more may: each forged message with a certificate URL
/// of its own would otherwise cause one.
const FETCH_BURST: u32 = 20;
const FETCH_EVERY: TimeDelta = TimeDelta::seconds(1);

/// The certificates in use, and the way to get more.
pub struct SigningCertificates {
    fetchers: Fetchers,
    /// Bounded on its own, so that URLs of strangers cannot push out what is in use.
    ready: Mutex<LruCache<SigningCertUrl, Ready>>,
    failed: Mutex<LruCache<SigningCertUrl, (DateTime<Utc>, CertificateFailure)>>,
    /// One fetch a URL at a time.
    fetching: Mutex<Turns>,
    budget: Mutex<FetchBudget>,
    observer: Box<dyn Fn(&'static str) + Send + Sync>,
}

type Turns = HashMap<SigningCertUrl, Arc<AsyncMutex<()>>>;

/// One who fetches a URL, or waits until somebody else has. The last one clears up, even where the message's sender has
/// hung up and nobody asks for the certificate any more.
struct Turn<'a> {
    turns: &'a Mutex<Turns>,
    url: &'a SigningCertUrl,
    lock: Arc<AsyncMutex<()>>,
}

impl<'a> Turn<'a> {
    fn new(turns: &'a Mutex<Turns>, url: &'a SigningCertUrl) -> Self {
        let lock = lock(turns).entry(url.clone()).or_default().clone();
        Self { turns, url, lock }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut turns = lock(self.turns);
        // Ours and the map's: nobody else waits for it.
        if Arc::strong_count(&self.lock) <= 2 {
            turns.remove(self.url);
        }
    }
}

/// A client for AWS's hosts, and one for each host that the configuration adds.
pub struct Fetchers {
    /// For every host that has none of its own.
    pub aws: Fetcher,
    /// By host name.
    pub added: HashMap<String, Fetcher>,
}

impl Fetchers {
    /// The client for a host.
    #[must_use]
    pub fn of(&self, host: &str) -> &Fetcher {
        self.added.get(host).unwrap_or(&self.aws)
    }
}

#[derive(Clone)]
struct Ready {
    certificate: Arc<SigningCertificate>,
    refresh_at: DateTime<Utc>,
}

/// Why there is no certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFailure {
    /// Our trouble, or the network's: it will pass, and SNS should come again.
    #[error("the signing certificate cannot be fetched: {0}")]
    Unavailable(FetchError),
    /// The host has trouble of its own.
    #[error("the signing host answered status {status}")]
    HostTrouble {
        /// The status, 429 or 5xx.
        status: u16,
    },
    /// Too many different certificates were asked for.
    #[error("too many different signing certificates were asked for; only known ones are used for now")]
    TooManyFetches,
    /// The host says that there is no such certificate, or sends the reader elsewhere.
    #[error("the signing host has no such certificate (status {status})")]
    NoSuchCertificate {
        /// The status.
        status: u16,
    },
    /// What is there is no signing certificate.
    #[error(transparent)]
    NotACertificate(#[from] CertificateError),
}

impl CertificateFailure {
    /// Whether it will pass, so that the message should be delivered again.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Unavailable(FetchError::TooLarge { .. })
            | Self::NoSuchCertificate { .. }
            | Self::NotACertificate(_) => false,
            Self::Unavailable(FetchError::Connection { .. } | FetchError::Timeout { .. })
            | Self::HostTrouble { .. }
            | Self::TooManyFetches => true,
        }
    }
}

impl SigningCertificates {
    /// An empty store. `observer` is told the outcome of each fetch in one word.
    #[must_use]
    pub fn new(fetchers: Fetchers, observer: impl Fn(&'static str) + Send + Sync + 'static) -> Self {
        Self {
            fetchers,
            ready: Mutex::new(LruCache::new(CAPACITY)),
            failed: Mutex::new(LruCache::new(CAPACITY)),
            fetching: Mutex::default(),
            budget: Mutex::new(FetchBudget { tokens: FETCH_BURST, refilled_at: DateTime::UNIX_EPOCH }),
            observer: Box::new(observer),
        }
    }

    /// The clients behind the store.
    #[must_use]
    pub const fn fetchers(&self) -> &Fetchers {
        &self.fetchers
    }

    /// The certificate at a URL, from memory where it is fresh. Where it is not and cannot be fetched anew,
    /// the old one serves until its time is over.
    pub async fn get(
        &self,
        url: &SigningCertUrl,
        now: DateTime<Utc>,
    ) -> Result<Arc<SigningCertificate>, CertificateFailure> {
        if let Some(settled) = self.settled(url, now) {
            return settled;
        }
        let turn = Turn::new(&self.fetching, url);
        let _held = turn.lock.lock().await;
        match self.settled(url, now) {
            Some(settled) => settled,
            None => self.fetch(url, now).await,
        }
    }

    fn settled(
        &self,
        url: &SigningCertUrl,
        now: DateTime<Utc>,
    ) -> Option<Result<Arc<SigningCertificate>, CertificateFailure>> {
        if let Some(ready) = lock(&self.ready).get(url)
            && now < ready.refresh_at
        {
            return Some(Ok(Arc::clone(&ready.certificate)));
        }
        let (until, failure) = lock(&self.failed).get(url).cloned()?;
        (now < until).then_some(Err(failure))
    }

    async fn fetch(
        &self,
        url: &SigningCertUrl,
        now: DateTime<Utc>,
    ) -> Result<Arc<SigningCertificate>, CertificateFailure> {
        let known = lock(&self.ready).get(url).cloned();
        if known.is_none() && !lock(&self.budget).take(now) {
            (self.observer)("refused");
            return Err(CertificateFailure::TooManyFetches);
        }
        match self.download(url).await {
            Ok(certificate) => {
                (self.observer)("fetched");
                let certificate = Arc::new(certificate);
                let ready = Ready { certificate: Arc::clone(&certificate), refresh_at: now + FRESH };
                lock(&self.ready).put(url.clone(), ready);
                Ok(certificate)
            }
            Err(failure) => {
                (self.observer)("failed");
                if let Some(mut stale) = known
                    && now <= stale.certificate.not_after()
                {
                    let certificate = Arc::clone(&stale.certificate);
                    stale.refresh_at = now + NEGATIVE;
                    lock(&self.ready).put(url.clone(), stale);
                    return Ok(certificate);
                }
                lock(&self.failed).put(url.clone(), (now + NEGATIVE, failure.clone()));
                Err(failure)
            }
        }
    }

    async fn download(&self, url: &SigningCertUrl) -> Result<SigningCertificate, CertificateFailure> {
        let fetcher = self.fetchers.of(url.host().host());
        let fetched = fetcher.get(url.as_str(), MAX_CERTIFICATE_BYTES).await;
        let fetched = fetched.map_err(CertificateFailure::Unavailable)?;
        match fetched.status {
            200 => Ok(SigningCertificate::from_pem(&fetched.body)?),
            status @ (429 | 500..) => Err(CertificateFailure::HostTrouble { status }),
            status => Err(CertificateFailure::NoSuchCertificate { status }),
        }
    }
}

/// A token bucket.
struct FetchBudget {
    tokens: u32,
    refilled_at: DateTime<Utc>,
}

impl FetchBudget {
    fn take(&mut self, now: DateTime<Utc>) -> bool {
        let earned = ((now - self.refilled_at).num_milliseconds() / FETCH_EVERY.num_milliseconds()).max(0);
        if earned > 0 {
            self.tokens =
                u32::try_from(earned).unwrap_or(u32::MAX).saturating_add(self.tokens).min(FETCH_BURST);
            self.refilled_at = now;
        }
        let affordable = self.tokens > 0;
        self.tokens = self.tokens.saturating_sub(1);
        affordable
    }
}

/// A panic elsewhere leaves these maps whole: each change to them is a single call.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sns::fetch::Addresses;
    use crate::sns::topic_arn::TopicArn;
    use crate::sns::trust::Trust;

    /// A fetch that nobody waits for any more leaves nothing behind: each can have a URL of its own.
    #[tokio::test]
    async fn fetches_that_are_given_up_are_forgotten() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let aws = Fetcher::public(Addresses::Fixed(silent.local_addr().unwrap()));
        let store = SigningCertificates::new(Fetchers { aws, added: HashMap::new() }, |_| {});
        let topic = TopicArn::parse("arn:aws:sns:us-east-1:123456789012:ops").unwrap();
        let url = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem";
        let url = SigningCertUrl::parse(url, &topic, &Trust::aws()).unwrap();
        let now = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let mut fetch = Box::pin(store.get(&url, now));
        tokio::select! {
            answer = &mut fetch => panic!("{answer:?}"),
            _connected = silent.accept() => assert_eq!(lock(&store.fetching).len(), 1),
        }
        drop(fetch);
        assert_eq!(lock(&store.fetching).len(), 0);
    }

    #[test]
    fn fetches_of_unknown_certificates_are_rationed() {
        let at = |seconds: i64| DateTime::from_timestamp(1_000_000_i64 + seconds, 0).unwrap();
        let mut budget = FetchBudget { tokens: FETCH_BURST, refilled_at: at(0) };
        let granted = (0..100).filter(|_| budget.take(at(0))).count();
        assert_eq!(granted, FETCH_BURST as usize);
        assert!(budget.take(at(1)), "one more each second");
        assert!(!budget.take(at(1)));
        assert_eq!((0..100).filter(|_| budget.take(at(3600))).count(), FETCH_BURST as usize);
    }
}
