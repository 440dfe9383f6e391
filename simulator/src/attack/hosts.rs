//! The kit's own hosts: SNS's, and those that nobody must call.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::form_urlencoded;

use super::evidence::Call;
use super::forge::{Forge, ForgeError};
use super::plan::Calls;
use crate::sns::{Behaviour, EndpointError, QueryApi, RecordedRequest, SigningEndpoint, SubscriptionState};

/// A port that counts who connects. It stays until the run is over, so that late callers are seen, too.
pub(super) struct Trap {
    pub(super) address: SocketAddr,
    called: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl Trap {
    pub(super) async fn set(ip: IpAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((ip, 0)).await?;
        let address = listener.local_addr()?;
        let called = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&called);
        let accepting = tokio::spawn(async move {
            loop {
                if listener.accept().await.is_ok() {
                    counter.fetch_add(1, Ordering::Relaxed);
                } else {
                    tokio::task::yield_now().await;
                }
            }
        });
        Ok(Self { address, called, accepting })
    }

    pub(super) fn called(&self) -> usize {
        self.called.load(Ordering::Relaxed)
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// SNS's host.
pub(super) struct SnsHost(SigningEndpoint);

impl SnsHost {
    /// Serves the forge's certificate by TLS, under these names.
    pub(super) fn serve(
        listener: TcpListener,
        forge: &Forge,
        names: &[String],
        seed: u64,
    ) -> Result<Self, SnsHostError> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let tls = forge.authority().issue_server(seed, &names).map_err(ForgeError::from)?;
        let api = QueryApi::new(forge.topic().region(), seed);
        let endpoint = SigningEndpoint::on(listener, api, Some(&tls))?;
        endpoint.publish(forge.certificate());
        Ok(Self(endpoint))
    }

    /// Makes known what an attack made, and how it wants requests to be answered.
    pub(super) fn prepare(&self, forge: &Forge, plan: &super::plan::Plan) {
        for subscription in forge.subscriptions() {
            self.0.register(subscription);
        }
        for certificate in &plan.certificates {
            self.0.publish(certificate);
        }
        self.0.set_certificate_behaviour(plan.certificate_behaviour.clone().unwrap_or(Behaviour::Honest));
        self.0.set_api_behaviour(plan.api_behaviour.clone().unwrap_or(Behaviour::Honest));
    }

    /// Answers as SNS does again.
    pub(super) fn behave(&self) {
        self.0.set_certificate_behaviour(Behaviour::Honest);
        self.0.set_api_behaviour(Behaviour::Honest);
    }

    pub(super) fn is_confirmed(&self, subscription_arn: &str) -> bool {
        self.0.subscription_state(subscription_arn) == Some(SubscriptionState::Confirmed)
    }

    pub(super) fn count(&self) -> usize {
        usize::try_from(self.0.request_count()).unwrap_or(usize::MAX)
    }

    pub(super) fn requests(&self) -> Vec<RecordedRequest> {
        self.0.requests()
    }
}

/// Why SNS's host is not served.
#[derive(Debug, thiserror::Error)]
pub enum SnsHostError {
    /// It cannot listen, or has no TLS.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// Its certificate could not be made.
    #[error(transparent)]
    Forge(#[from] ForgeError),
}

/// What belongs to one attack, so that a late request is laid at the right door.
pub(super) struct Marks {
    /// How many requests there were before it.
    pub(super) before: usize,
    pub(super) paths: Vec<String>,
    pub(super) tokens: Vec<String>,
    pub(super) calls: Calls,
}

/// What each attack caused at SNS's host: certificates fetched, and calls. `genuine` is the path of SNS's certificate.
pub(super) fn caused(
    requests: &[RecordedRequest],
    marks: &[Marks],
    genuine: &str,
) -> Vec<(usize, Vec<Call>)> {
    let mut by_mark = HashMap::new();
    for (index, mark) in marks.iter().enumerate() {
        by_mark.extend(mark.paths.iter().chain(&mark.tokens).map(|text| (text.as_str(), index)));
    }
    let mut all = vec![(0, Vec::new()); marks.len()];
    for (number, request) in requests.iter().enumerate() {
        if request.path == genuine {
            continue;
        }
        let parameters: Vec<_> =
            form_urlencoded::parse(request.query.as_deref().unwrap_or_default().as_bytes()).collect();
        let token =
            parameters.iter().find(|(name, _)| name == "Token").map_or("", |(_, value)| value.as_ref());
        let owner = by_mark.get(request.path.as_str()).or_else(|| by_mark.get(token)).copied();
        let last_begun = || marks.iter().rposition(|mark| mark.before <= number);
        let Some(index) = owner.or_else(last_begun) else { continue };
        let (Some((fetched, calls)), Some(mark)) = (all.get_mut(index), marks.get(index)) else { continue };
        if request.path.starts_with("/SimpleNotificationService-") {
            *fetched += 1;
        } else {
            calls.push(call(&request.path, &parameters, &mark.calls));
        }
    }
    all
}

fn call(
    path: &str,
    parameters: &[(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)],
    allowed: &Calls,
) -> Call {
    let value =
        |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_ref());
    if let Calls::Confirmation { topic_arn, token } = allowed {
        let right = path == "/"
            && parameters.len() == 3
            && value("Action") == Some("ConfirmSubscription")
            && value("TopicArn") == Some(topic_arn)
            && value("Token") == Some(token);
        if right {
            return Call::Allowed;
        }
    }
    Call::Other(match value("Action") {
        // Paths and actions are the attack's own and short; tokens are in neither.
        Some("ConfirmSubscription") if path == "/" => {
            "Action=ConfirmSubscription with a topic, a token or a parameter that is not the message's"
                .to_owned()
        }
        Some(action) if path == "/" => format!("Action={}", action.chars().take(40).collect::<String>()),
        _ => format!("a path that is no certificate's ({} characters)", path.chars().count()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use hyper::{HeaderMap, Method};

    use super::*;

    fn request(target: &str) -> RecordedRequest {
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        RecordedRequest {
            method: Method::GET,
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: HeaderMap::new(),
        }
    }

    fn marks(before: usize, path: &str, token: &str) -> Marks {
        Marks {
            before,
            paths: vec![path.to_owned()],
            tokens: vec![token.to_owned()],
            calls: Calls::Confirmation { topic_arn: "arn".to_owned(), token: token.to_owned() },
        }
    }

    #[test]
    fn a_request_is_laid_at_the_door_of_the_attack_that_caused_it() {
        let own = "/SimpleNotificationService-0.pem";
        let confirm = |token: &str| format!("/?Action=ConfirmSubscription&TopicArn=arn&Token={token}");
        let requests: Vec<_> = [
            own,
            "/SimpleNotificationService-1.pem",
            // Late: the second attack has begun.
            &confirm("one"),
            "/SimpleNotificationService-1.pem",
            &confirm("two"),
            "/?Action=Unsubscribe&SubscriptionArn=x",
            "/elsewhere?x",
        ]
        .map(request)
        .into();
        let marks = [
            marks(1, "/SimpleNotificationService-1.pem", "one"),
            marks(2, "/SimpleNotificationService-2.pem", "two"),
        ];
        let caused = caused(&requests, &marks, own);
        let other = |text: &str| Call::Other(text.to_owned());
        assert_eq!(
            caused,
            [
                (2, vec![Call::Allowed]),
                (
                    0,
                    vec![
                        Call::Allowed,
                        other("Action=Unsubscribe"),
                        other("a path that is no certificate's (10 characters)")
                    ]
                ),
            ]
        );
    }

    #[test]
    fn a_confirmation_with_anything_more_is_another_call() {
        let allowed = Calls::Confirmation { topic_arn: "arn".to_owned(), token: "t".to_owned() };
        for (query, is_right) in [
            ("Action=ConfirmSubscription&TopicArn=arn&Token=t", true),
            ("Token=t&TopicArn=arn&Action=ConfirmSubscription", true),
            ("Action=ConfirmSubscription&TopicArn=arn&Token=t&AuthenticateOnUnsubscribe=true", false),
            ("Action=ConfirmSubscription&TopicArn=other&Token=t", false),
            ("Action=ConfirmSubscription&TopicArn=arn&Token=u", false),
            ("Action=ConfirmSubscription&Action=ConfirmSubscription&Token=t", false),
        ] {
            let parameters: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
            assert_eq!(call("/", &parameters, &allowed) == Call::Allowed, is_right, "{query}");
            assert_ne!(call("/", &parameters, &Calls::None), Call::Allowed, "{query}");
        }
    }
}
