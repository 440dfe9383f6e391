//! The two unsigned calls of SNS's query API that an endpoint makes: `ConfirmSubscription` and `Unsubscribe`.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use url::form_urlencoded;

use super::api_answer::{ApiAnswer, confirmed, refused, unsubscribed};
use super::seed::{Purpose, uuid};
use super::topic::Subscription;

/// How long a token confirms (SNS API reference, `ConfirmSubscription`).
pub const TOKEN_LIFE: TimeDelta = TimeDelta::days(2);
/// How long a subscription waits to be confirmed before it is removed (SNS developer guide).
pub const PENDING_LIFE: TimeDelta = TimeDelta::days(3);

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

/// What a call changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiChange {
    /// This subscription is confirmed now and was not.
    Confirmed(String),
    /// This subscription is ended now and was confirmed. Its endpoint is to be told.
    Deleted(String),
}

/// The API of one region, with the subscriptions that it knows.
pub struct QueryApi {
    region: String,
    seed: u64,
    requests: u64,
    /// Token → subscription ARN, and when it was issued. All tokens of a subscription stay good for their time.
    tokens: HashMap<String, (String, DateTime<Utc>)>,
    states: BTreeMap<String, (SubscriptionState, DateTime<Utc>)>,
}

impl QueryApi {
    /// The API of `region`, without subscriptions. The seed gives request ids.
    #[must_use]
    pub fn new(region: &str, seed: u64) -> Self {
        let (tokens, states) = (HashMap::new(), BTreeMap::new());
        Self { region: region.to_owned(), seed, requests: 0, tokens, states }
    }

    /// Makes the subscription known, with the tokens that it has by now, where time does not matter: see
    /// [`QueryApi::register_at`].
    pub fn register(&mut self, subscription: &Subscription) {
        self.register_at(subscription, DateTime::UNIX_EPOCH);
    }

    /// Makes the subscription known, with the tokens that it has by now. Those that are new count as issued now. Its
    /// state stays what it is.
    pub fn register_at(&mut self, subscription: &Subscription, now: DateTime<Utc>) {
        let arn = subscription.arn();
        for token in subscription.tokens() {
            self.tokens.entry(token.clone()).or_insert_with(|| (arn.to_owned(), now));
        }
        self.states.entry(arn.to_owned()).or_insert((SubscriptionState::Pending, now));
    }

    /// Where a subscription stands; `None` if it is not known, or not any more.
    #[must_use]
    pub fn state(&self, subscription_arn: &str) -> Option<SubscriptionState> {
        self.states.get(subscription_arn).map(|(state, _)| *state)
    }

    /// Puts a subscription where it stood at the start of a story, without a call.
    pub fn set_state(&mut self, subscription_arn: &str, state: SubscriptionState, now: DateTime<Utc>) {
        self.states.insert(subscription_arn.to_owned(), (state, now));
    }

    /// Forgets tokens that no longer confirm, and removes subscriptions that were not confirmed in time: their ARNs.
    pub fn expire(&mut self, now: DateTime<Utc>) -> Vec<String> {
        self.tokens.retain(|_, (_, issued)| now - *issued <= TOKEN_LIFE);
        let late = |(state, since): &(SubscriptionState, DateTime<Utc>)| {
            *state == SubscriptionState::Pending && now - *since > PENDING_LIFE
        };
        let gone: Vec<String> =
            self.states.iter().filter(|(_, entry)| late(entry)).map(|(arn, _)| arn.clone()).collect();
        self.states.retain(|_, entry| !late(entry));
        gone
    }

    /// The answer to `GET /?query`, where time does not matter: see [`QueryApi::answer_at`].
    pub fn answer(&mut self, query: &str) -> ApiAnswer {
        self.answer_at(query, DateTime::UNIX_EPOCH).0
    }

    /// The answer to `GET /?query` at `now`, and what it changed.
    pub fn answer_at(&mut self, query: &str, now: DateTime<Utc>) -> (ApiAnswer, Option<ApiChange>) {
        let parameters: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
        let parameter = |name: &str| parameters.get(name).map_or("", |value| value.as_ref());
        let request_id = uuid(5, self.seed, Purpose::RequestId, self.requests);
        self.requests += 1;
        let result = match parameter("Action") {
            "ConfirmSubscription" => {
                self.confirm(parameter("TopicArn"), parameter("Token"), now).map(|(arn, fresh)| {
                    (confirmed(&arn, &request_id), fresh.then_some(ApiChange::Confirmed(arn)))
                })
            }
            "Unsubscribe" => {
                let arn = parameter("SubscriptionArn");
                self.unsubscribe(arn, now).map(|ended| {
                    (unsubscribed(&request_id), ended.then(|| ApiChange::Deleted(arn.to_owned())))
                })
            }
            // Not recorded: a query without a known action is outside of the path.
            _ => Err("Invalid parameter: Action".to_owned()),
        };
        match result {
            Ok((body, change)) => (ApiAnswer { status: 200, body }, change),
            Err(message) => (ApiAnswer { status: 400, body: refused(&message, &request_id) }, None),
        }
    }

    /// The topic is only checked for its form and region: the token decides (recorded).
    fn confirm(
        &mut self,
        topic_arn: &str,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<(String, bool), String> {
        let parts: Vec<&str> = topic_arn.split(':').collect();
        if !matches!(parts[..], ["arn", _, "sns", region, _, _] if region == self.region) {
            return Err("Invalid parameter: Topic".to_owned());
        }
        // Recorded: "Invalid token" for `randomtoken`, the longer text for `abc123` and for a well-formed one.
        if !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("Invalid token".to_owned());
        }
        // Not recorded: what an expired token is told.
        let known = self.tokens.get(token).filter(|(_, issued)| now - *issued <= TOKEN_LIFE);
        let (arn, _) = known.ok_or("Invalid parameter: Token")?;
        let arn = arn.clone();
        let entry = self.states.get_mut(&arn).ok_or("Invalid parameter: Token")?;
        let fresh = entry.0 != SubscriptionState::Confirmed;
        if fresh {
            *entry = (SubscriptionState::Confirmed, now);
        }
        Ok((arn, fresh))
    }

    /// A well-formed ARN that is not known is no error (recorded). Whether it ended a confirmed subscription.
    fn unsubscribe(&mut self, subscription_arn: &str, now: DateTime<Utc>) -> Result<bool, String> {
        let elements = subscription_arn.split(':').count();
        if elements < 6 {
            return Err(format!(
                "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not {elements}"
            ));
        }
        let Some(entry) = self.states.get_mut(subscription_arn) else {
            return Ok(false);
        };
        let ended = entry.0 == SubscriptionState::Confirmed;
        if entry.0 != SubscriptionState::Deleted {
            *entry = (SubscriptionState::Deleted, now);
        }
        Ok(ended)
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
    fn tokens_confirm_for_two_days_and_pending_subscriptions_live_for_three() {
        let start = DateTime::UNIX_EPOCH;
        let hours = |hours| start + TimeDelta::hours(hours);
        let confirm = |subscription: &Subscription| {
            confirm("arn:aws:sns:eu-west-1:123456789012:ops", &subscription.tokens()[0])
        };
        for (after, status) in [(48, 200), (49, 400)] {
            let (mut api, subscription) = known();
            let (answer, change) = api.answer_at(&confirm(&subscription), hours(after));
            assert_eq!((answer.status, change.is_some()), (status, status == 200));
        }
        let (mut api, subscription) = known();
        assert!(api.expire(hours(72)).is_empty());
        assert_eq!(api.expire(hours(73)), [subscription.arn()]);
        assert_eq!(api.state(subscription.arn()), None);
        assert_eq!(api.answer_at(&confirm(&subscription), hours(1)).0.status, 400);
    }

    #[test]
    fn only_the_call_that_changes_something_says_so() {
        let (mut api, subscription) = known();
        let arn = subscription.arn().to_owned();
        let token = confirm("arn:aws:sns:eu-west-1:123456789012:ops", &subscription.tokens()[0]);
        let leave = format!("Action=Unsubscribe&SubscriptionArn={arn}");
        let now = DateTime::UNIX_EPOCH;
        let (yes, no) = (ApiChange::Confirmed(arn.clone()), ApiChange::Deleted(arn));
        for (query, want) in [
            (&token, Some(yes.clone())),
            (&token, None),
            (&leave, Some(no)),
            (&leave, None),
            (&token, Some(yes)),
        ] {
            assert_eq!(api.answer_at(query, now).1, want);
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
