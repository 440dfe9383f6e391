//! The two unsigned calls of SNS's query API that an endpoint makes: `ConfirmSubscription` and `Unsubscribe`.

use std::collections::HashMap;
use std::fmt;

use url::form_urlencoded;

use super::seed::{Purpose, uuid};
use super::topic::Subscription;

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionState {
    /// Made, and not yet confirmed.
    Pending,
    /// Confirmed.
    Confirmed,
    /// Ended by a GET of its `UnsubscribeURL`. A token of it restores it under the same ARN (recorded).
    Deleted,
}

/// An answer of the API: `text/xml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAnswer {
    /// HTTP status.
    pub status: u16,
    /// The XML, to the byte of the recorded ones.
    pub body: String,
}

/// The API of one region, with the subscriptions that it knows.
pub struct QueryApi {
    region: String,
    seed: u64,
    requests: u64,
    /// Token → subscription ARN. All tokens of a subscription stay good.
    tokens: HashMap<String, String>,
    states: HashMap<String, SubscriptionState>,
}

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

impl QueryApi {
    /// The API of `region`, without subscriptions. The seed gives request ids.
    #[must_use]
    pub fn new(region: &str, seed: u64) -> Self {
        let (tokens, states) = (HashMap::new(), HashMap::new());
        Self { region: region.to_owned(), seed, requests: 0, tokens, states }
    }

    /// Makes the subscription known, with the tokens that it has by now. Its state stays what it is.
    pub fn register(&mut self, subscription: &Subscription) {
        let arn = subscription.arn();
        self.tokens.extend(subscription.tokens().iter().map(|token| (token.clone(), arn.to_owned())));
        self.states.entry(arn.to_owned()).or_insert(SubscriptionState::Pending);
    }

    /// Where a subscription stands; `None` if it is not known.
    #[must_use]
    pub fn state(&self, subscription_arn: &str) -> Option<SubscriptionState> {
        self.states.get(subscription_arn).copied()
    }

    /// The answer to `GET /?query`.
    pub fn answer(&mut self, query: &str) -> ApiAnswer {
        let parameters: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
        let parameter = |name: &str| parameters.get(name).map_or("", |value| value.as_ref());
        let request_id = uuid(5, self.seed, Purpose::RequestId, self.requests);
        self.requests += 1;
        let result = match parameter("Action") {
            "ConfirmSubscription" => {
                self.confirm(parameter("TopicArn"), parameter("Token")).map(|arn| confirmed(arn, &request_id))
            }
            "Unsubscribe" => {
                self.unsubscribe(parameter("SubscriptionArn")).map(|()| unsubscribed(&request_id))
            }
            // Not recorded: a query without a known action is outside of the path.
            _ => Err("Invalid parameter: Action".to_owned()),
        };
        match result {
            Ok(body) => ApiAnswer { status: 200, body },
            Err(message) => ApiAnswer { status: 400, body: refused(&message, &request_id) },
        }
    }

    /// The topic is only checked for its form and region: the token decides (recorded).
    fn confirm(&mut self, topic_arn: &str, token: &str) -> Result<&str, String> {
        let parts: Vec<&str> = topic_arn.split(':').collect();
        if !matches!(parts[..], ["arn", _, "sns", region, _, _] if region == self.region) {
            return Err("Invalid parameter: Topic".to_owned());
        }
        // Recorded: "Invalid token" for `randomtoken`, the longer text for `abc123` and for a well-formed one.
        if !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("Invalid token".to_owned());
        }
        let arn = self.tokens.get(token).ok_or("Invalid parameter: Token")?;
        self.states.insert(arn.clone(), SubscriptionState::Confirmed);
        Ok(arn)
    }

    /// A well-formed ARN that is not known is no error (recorded).
    fn unsubscribe(&mut self, subscription_arn: &str) -> Result<(), String> {
        let elements = subscription_arn.split(':').count();
        if elements < 6 {
            return Err(format!(
                "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not {elements}"
            ));
        }
        if let Some(state) = self.states.get_mut(subscription_arn) {
            *state = SubscriptionState::Deleted;
        }
        Ok(())
    }
}

impl fmt::Debug for QueryApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryApi")
            .field("region", &self.region)
            .field("states", &self.states)
            .finish_non_exhaustive()
    }
}

fn confirmed(subscription_arn: &str, request_id: &str) -> String {
    format!(
        "<ConfirmSubscriptionResponse xmlns=\"{NAMESPACE}\">
  <ConfirmSubscriptionResult>
    <SubscriptionArn>{subscription_arn}</SubscriptionArn>
  </ConfirmSubscriptionResult>
  <ResponseMetadata>
    <RequestId>{request_id}</RequestId>
  </ResponseMetadata>
</ConfirmSubscriptionResponse>
"
    )
}

fn unsubscribed(request_id: &str) -> String {
    format!(
        "<UnsubscribeResponse xmlns=\"{NAMESPACE}\">
  <ResponseMetadata>
    <RequestId>{request_id}</RequestId>
  </ResponseMetadata>
</UnsubscribeResponse>
"
    )
}

fn refused(message: &str, request_id: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\">
  <Error>
    <Type>Sender</Type>
    <Code>InvalidParameter</Code>
    <Message>{message}</Message>
  </Error>
  <RequestId>{request_id}</RequestId>
</ErrorResponse>
"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::DateTime;

    use super::*;
    use crate::sns::topic::Topic;

    fn confirm(topic: &str, token: &str) -> String {
        format!("Action=ConfirmSubscription&TopicArn={topic}&Token={token}")
    }

    /// An API that knows one subscription, and that subscription with one token.
    fn known() -> (QueryApi, Subscription) {
        let mut topic = Topic::new("eu-west-1", "123456789012", "ops", 1).unwrap();
        let mut subscription = topic.subscribe();
        topic.subscription_confirmation(&mut subscription, DateTime::UNIX_EPOCH);
        let mut api = QueryApi::new("eu-west-1", 1);
        api.register(&subscription);
        (api, subscription)
    }

    #[test]
    fn the_token_decides_and_the_topic_only_needs_the_right_region() {
        let (_, subscription) = known();
        let right = subscription.tokens()[0].as_str();
        let unknown = "0".repeat(256);
        let own = "arn:aws:sns:eu-west-1:123456789012:ops";
        let other = "arn:aws:sns:eu-west-1:999999999999:other";
        for (topic, token, want) in [
            (own, right, Ok(())),
            ("arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aops", right, Ok(())),
            (other, right, Ok(())),
            ("arn:aws:sns:eu-west-2:123456789012:ops", right, Err("Invalid parameter: Topic")),
            ("not-an-arn", right, Err("Invalid parameter: Topic")),
            (own, "randomtoken", Err("Invalid token")),
            (own, "abc123", Err("Invalid parameter: Token")),
            (own, &unknown, Err("Invalid parameter: Token")),
        ] {
            let (mut api, subscription) = known();
            let answer = api.answer(&confirm(topic, token));
            let state = api.state(subscription.arn()).unwrap();
            match want {
                Ok(()) => {
                    assert_eq!(
                        (answer.status, state),
                        (200, SubscriptionState::Confirmed),
                        "{}",
                        answer.body
                    );
                    let arn = format!("<SubscriptionArn>{}</SubscriptionArn>", subscription.arn());
                    assert!(answer.body.contains(&arn), "{}", answer.body);
                }
                Err(message) => {
                    assert_eq!((answer.status, state), (400, SubscriptionState::Pending), "{}", answer.body);
                    assert!(
                        answer.body.contains(&format!("<Message>{message}</Message>")),
                        "{}",
                        answer.body
                    );
                }
            }
        }
    }

    #[test]
    fn unsubscribing_ends_it_and_the_token_restores_it() {
        let (mut api, subscription) = known();
        let token = confirm("arn:aws:sns:eu-west-1:123456789012:ops", &subscription.tokens()[0]);
        let leave = format!("Action=Unsubscribe&SubscriptionArn={}", subscription.arn());
        for (query, want) in [
            (&token, SubscriptionState::Confirmed),
            (&token, SubscriptionState::Confirmed),
            (&leave, SubscriptionState::Deleted),
            (&leave, SubscriptionState::Deleted),
            (&token, SubscriptionState::Confirmed),
        ] {
            assert_eq!(api.answer(query).status, 200);
            assert_eq!(api.state(subscription.arn()), Some(want));
        }
    }

    #[test]
    fn other_calls_are_answered_as_recorded() {
        let (mut api, _) = known();
        let unknown = "Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-west-1:123456789012:ops:1";
        assert_eq!(api.answer(unknown).status, 200);
        let answer = api.answer("Action=Unsubscribe&SubscriptionArn=x");
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("An ARN must have at least 6 elements, not 1"), "{}", answer.body);
        assert_eq!(api.answer("Action=Publish").status, 400);
        assert_eq!(api.answer("").status, 400);
    }

    #[test]
    fn debug_does_not_show_tokens() {
        let (api, subscription) = known();
        assert!(!format!("{api:?}").contains(&subscription.tokens()[0]));
    }
}
