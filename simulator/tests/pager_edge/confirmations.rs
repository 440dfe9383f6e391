//! Subscriptions of the hosted integration, confirmed at SNS.

use serde_json::json;
use trailbell_sim::clock::Clock;
use trailbell_sim::pager::{ConfirmSettings, PagerTwin, Settings};
use trailbell_sim::sns::{
    CertificateAuthority, CertificateProfile, Delivery, Poster, QueryApi, RsaKey, SignatureVersion, Signer,
    SigningEndpoint, SubscriptionState, Topic, sns_host,
};

use crate::support::{Client, KEY};

#[tokio::test]
async fn a_subscription_is_confirmed_at_a_host_that_is_allowed_and_at_no_other() {
    let now = Clock::real().now();
    let host = sns_host("eu-west-1");
    let authority = CertificateAuthority::new(1, now).unwrap();
    let tls = authority.issue_server(2, &[&host]).unwrap();
    let sns = SigningEndpoint::start(QueryApi::new("eu-west-1", 1), Some(&tls)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("sns.pem");
    std::fs::write(&ca_file, authority.pem()).unwrap();

    let key = RsaKey::from_seed(1).unwrap();
    let certificate =
        authority.issue_signing(&key, &CertificateProfile::for_region("eu-west-1", now)).unwrap();
    let signer = Signer::new(&key, SignatureVersion::V2, certificate.url(&host));

    for (hosts, confirmed) in
        [(vec!["sns.*.amazonaws.com"], true), (vec!["sns.example.org"], false), (vec![], false)]
    {
        let mut topic = Topic::new("eu-west-1", "123456789012", "alarms", 1).unwrap();
        let mut subscription = topic.subscribe();
        let envelope = topic.subscription_confirmation(&mut subscription, now);
        sns.register(&subscription);
        let before = sns.requests().len();
        let mut settings = Settings::default();
        settings.edge.confirm = ConfirmSettings {
            hosts: hosts.into_iter().map(str::to_owned).collect(),
            ca_file: Some(ca_file.clone()),
            addresses: [(host.clone(), sns.address())].into(),
        };
        let pager = PagerTwin::with(settings).start().await.unwrap();
        let url = format!("{}/v1/json/cloudwatch?apiKey={KEY}", pager.base_url());
        let delivery = Delivery::envelope(&signer.sign(envelope).unwrap(), subscription.arn());
        let answer = Poster::new("").unwrap().post(&url, &delivery).await.unwrap();
        assert_eq!(answer.status / 100, 2);
        let visit = loop {
            if let Some(visit) = pager.confirmations().pop() {
                break visit;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!((visit.host.as_str(), visit.topic_arn.as_str()), (host.as_str(), topic.arn()));
        assert_eq!(visit.outcome.clone().ok(), confirmed.then_some(200), "{visit:?}");
        assert_eq!(sns.requests().len() - before, usize::from(confirmed));
        let told = Client::new(&pager.base_url()).get("/_twin/confirmations").await;
        assert!(!String::from_utf8_lossy(&told.body).contains("Token"));
        let want = if confirmed { json!(200) } else { json!(null) };
        assert_eq!(told.json()["confirmations"][0]["status"], want);
        if confirmed {
            assert_eq!(sns.subscription_state(subscription.arn()), Some(SubscriptionState::Confirmed));
        }
    }
}
