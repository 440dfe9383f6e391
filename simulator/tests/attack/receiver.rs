//! A receiver of SNS messages that withstands, and can be told to have a flaw.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use trailbell_sim::attack::Setup;
use trailbell_sim::sns::{PostAnswer, Poster};
use url::Url;

use crate::message::{Certificate, Members};

/// What is wrong with a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing.
    None,
    AcceptsEverything,
    RefusesEverything,
    ChecksNoSignature,
    /// Fetches the certificate from wherever it is said to be.
    ChecksNoUrl,
    /// Takes what looks like SNS's host by the pattern of SNS's own validators.
    ChecksUrlByPattern,
    /// Believes a certificate whatever it says, and whenever.
    ChecksNoCertificate,
    FollowsRedirects,
    FetchesWithoutLimit,
    /// Visits `SubscribeURL` before anything else.
    ConfirmsAnything,
    /// Visits `SubscribeURL` as it stands, once the signature is found good.
    ConfirmsAsTold,
    ListensToEveryTopic,
    /// Takes the topic from the header.
    BelievesHeaders,
    KnowsNoTime,
    /// Of two members of one name, uses the first, and verifies the last.
    ReadsTwoWays,
    /// Of two members of one name, uses and verifies the last: no good habit, but no harm.
    TakesTheLastOfTwo,
    TakesTheLastCertificate,
    LetsBordersMove,
    /// Takes raw delivery for genuine.
    TakesRawDelivery,
    /// Serves one connection after the other.
    OneAtATime,
    /// Takes no message without a Subject, which SNS sends.
    NeedsSubject,
}

/// Whom it trusts, and what reaches them.
#[derive(Clone)]
struct Told {
    setup: Setup,
    poster: Poster,
}

/// A receiver that listens. It stops when it is dropped.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    setup: watch::Sender<Option<Told>>,
    accepting: JoinHandle<()>,
}

impl Receiver {
    /// Listens; messages wait until it is told whom to trust.
    pub(crate) async fn start(flaw: Flaw) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (setup, told) = watch::channel(None);
        let mind = Arc::new(Mind { flaw, told, known: Mutex::default(), places: Semaphore::new(1) });
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let mind = Arc::clone(&mind);
                tokio::spawn(async move {
                    let alone = mind.flaw == Flaw::OneAtATime;
                    let _place = if alone { Some(mind.places.acquire().await.unwrap()) } else { None };
                    let answer = service_fn(|request| mind.answer(request));
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        Self { address, setup, accepting }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook-of-secrets", self.address)
    }

    /// Tells it whom to trust.
    pub(crate) fn trust(&self, setup: Setup) {
        let poster = Poster::new(&setup.authority).unwrap().within(Duration::from_secs(3));
        self.setup.send_replace(Some(Told { setup, poster }));
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

struct Mind {
    flaw: Flaw,
    told: watch::Receiver<Option<Told>>,
    /// What was fetched, or could not be.
    known: Mutex<HashMap<String, Option<Certificate>>>,
    places: Semaphore,
}

impl Mind {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        if self.flaw == Flaw::AcceptsEverything {
            let _ = body.collect().await;
            return Ok(Response::new(Empty::new()));
        }
        let status = match Limited::new(body, 512 * 1024).collect().await {
            _ if self.flaw == Flaw::RefusesEverything => 403,
            Ok(body) => self.receive(&head.headers, &body.to_bytes()).await.err().unwrap_or(200),
            Err(_) => 413,
        };
        let mut response = Response::new(Empty::new());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        Ok(response)
    }

    /// `Err` is the status of a refusal.
    async fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), u16> {
        let told = self.told.clone().wait_for(Option::is_some).await.unwrap().clone().unwrap();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header("x-amz-sns-rawdelivery") == "true" {
            let taken =
                self.flaw == Flaw::TakesRawDelivery && header("x-amz-sns-topic-arn") == told.setup.topic_arn;
            return if taken { Ok(()) } else { Err(400) };
        }
        let members: Members = serde_json::from_slice(body).map_err(|_| 400_u16)?;
        if members.twice && ![Flaw::TakesTheLastOfTwo, Flaw::ReadsTwoWays].contains(&self.flaw) {
            return Err(400);
        }
        let used = if self.flaw == Flaw::ReadsTwoWays { &members.first } else { &members.last };
        let text = |name| used.get(name).and_then(Value::as_str).ok_or(400_u16);
        if let (Flaw::ConfirmsAnything, Some(url)) = (self.flaw, members.text("SubscribeURL")) {
            let _ = self.get(&told, url).await;
        }
        let topic = text("TopicArn")?;
        let topic = if self.flaw == Flaw::BelievesHeaders { header("x-amz-sns-topic-arn") } else { topic };
        if topic != told.setup.topic_arn && self.flaw != Flaw::ListensToEveryTopic {
            return Err(403);
        }
        let at = text("Timestamp")?.parse::<chrono::DateTime<Utc>>().map_err(|_| 400_u16)?;
        if (Utc::now() - at).abs() > TimeDelta::hours(2) && self.flaw != Flaw::KnowsNoTime {
            return Err(403);
        }
        if !members.borders_are_fixed() && self.flaw != Flaw::LetsBordersMove {
            return Err(400);
        }
        if self.flaw == Flaw::NeedsSubject && members.text("Token").is_none() {
            text("Subject")?;
        }
        members.signed_text().ok_or(400_u16)?;
        if self.flaw != Flaw::ChecksNoSignature {
            let certificate = self.certificate(&told, text("SigningCertURL")?).await?;
            if !members.is_signed_by(&certificate) {
                return Err(403);
            }
        }
        if members.text("Type") == Some("SubscriptionConfirmation") {
            self.confirm(&told, text("Token")?, text("SubscribeURL")?).await?;
        }
        Ok(())
    }

    async fn confirm(&self, told: &Told, token: &str, url: &str) -> Result<(), u16> {
        let arn = &told.setup.topic_arn;
        let own =
            format!("https://{}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}", told.setup.host);
        let url = match self.flaw {
            Flaw::ConfirmsAsTold | Flaw::FollowsRedirects => url,
            _ if url != own => return Err(403),
            _ => &own,
        };
        let answer = self.get(told, url).await;
        if answer.is_some_and(|answer| answer.status == 200) { Ok(()) } else { Err(403) }
    }

    async fn certificate(&self, told: &Told, url: &str) -> Result<Certificate, u16> {
        if !self.believes(told, url) {
            return Err(403);
        }
        let known = self.known.lock().unwrap().get(url).cloned();
        let certificate = match known {
            Some(known) => known,
            None if self.known.lock().unwrap().len() > 40 && self.flaw != Flaw::FetchesWithoutLimit => {
                return Err(503);
            }
            None => {
                let answer = self.get(told, url).await.filter(|answer| answer.status == 200);
                let certificate = answer.and_then(|answer| {
                    Certificate::read(&answer.body, self.flaw == Flaw::TakesTheLastCertificate)
                });
                self.known.lock().unwrap().insert(url.to_owned(), certificate.clone());
                certificate
            }
        };
        let certificate = certificate.ok_or(403_u16)?;
        let [from, to] = certificate.valid;
        let good = certificate.names == ["sns.amazonaws.com"] && (from..=to).contains(&Utc::now());
        if good || self.flaw == Flaw::ChecksNoCertificate { Ok(certificate) } else { Err(403) }
    }

    fn believes(&self, told: &Told, url: &str) -> bool {
        match self.flaw {
            Flaw::ChecksNoUrl => true,
            Flaw::ChecksUrlByPattern => Url::parse(url).is_ok_and(|parsed| {
                let labels: Vec<&str> = parsed.host_str().unwrap_or_default().split('.').collect();
                let host = matches!(labels[..], ["sns", region, "amazonaws", "com"] if region.len() > 2);
                parsed.scheme() == "https" && host && url.strip_suffix(".pem").is_some()
            }),
            _ => {
                let start = format!("https://{}/SimpleNotificationService-", told.setup.host);
                let hex = url.strip_prefix(&start).and_then(|rest| rest.strip_suffix(".pem"));
                hex.is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            }
        }
    }

    /// The names of the kit's hosts lead to the kit, as a resolver could do it.
    async fn get(&self, told: &Told, url: &str) -> Option<PostAnswer> {
        let (mut poster, address) = (told.poster.clone(), told.setup.address);
        for name in told.setup.names() {
            let port = Url::parse(url).ok().and_then(|url| url.port());
            let address = SocketAddr::new(address.ip(), port.unwrap_or(address.port()));
            poster = poster.resolve(&name, address);
        }
        let answer = poster.get(url).await.ok()?;
        match answer.header("location") {
            Some(elsewhere) if self.flaw == Flaw::FollowsRedirects => poster.get(elsewhere).await.ok(),
            _ => Some(answer),
        }
    }
}
