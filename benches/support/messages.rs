//! The seed's sample alarm, as SNS would sign it today.

use std::thread;

use chrono::{DateTime, Utc};
use trailbell_sim::sns::{
    CertificateAuthority, CertificateProfile, Delivery, RsaKey, SignatureVersion, SignedEnvelope, Signer,
    SigningCertificate, Subscription, Topic,
};

use super::Result;

/// The alarm of the sample payload in Opsgenie's page on the CloudTrail integration (2018).
const ALARM: &str = r#"{"AlarmName":"CloudTrailChanges","AlarmDescription":"Alarms when an API call is made to create, update or delete a CloudTrail trail, or to start or stop logging to a trail.","AWSAccountId":"825426534673","NewStateValue":"ALARM","NewStateReason":"Threshold Crossed: 1 datapoint [1.0 (03/07/18 14:18:00)] was greater than or equal to the threshold (1.0).","StateChangeTime":"2018-07-03T14:23:28.949+0000","Region":"US East (N. Virginia)","OldStateValue":"INSUFFICIENT_DATA","Trigger":{"MetricName":"CloudTrailEventCount","Namespace":"CloudTrailMetrics","StatisticType":"Statistic","Statistic":"SUM","Unit":null,"Dimensions":[],"Period":300,"EvaluationPeriods":1,"ComparisonOperator":"GreaterThanOrEqualToThreshold","Threshold":1.0,"TreatMissingData":"","EvaluateLowSampleCountPercentile":""}}"#;
const SUBJECT: &str = "ALARM: \"CloudTrailChanges\" in US East (N. Virginia)";
const REGION: &str = "us-east-1";
const TOPIC_ACCOUNT: &str = "485823035610";
const TOPIC_NAME: &str = "CloudWatchAlarmsForCloudTrail-AlarmNotificationTopic-1OGWTWXTZ9W5X";

/// A topic with its signing key. Every message is the sample's alarm under a fresh id, signed with version 2.
pub(crate) struct SampleTopic {
    /// Signed the certificates.
    pub authority: CertificateAuthority,
    /// What the messages are verified with.
    pub certificate: SigningCertificate,
    key: RsaKey,
    signing_cert_url: String,
    topic: Topic,
    subscription: Subscription,
}

impl SampleTopic {
    /// Signs in the name of `signing_host`, with certificates that are valid at `now`.
    pub(crate) fn new(signing_host: &str, now: DateTime<Utc>) -> Result<Self> {
        let authority = CertificateAuthority::new(1, now)?;
        let key = RsaKey::from_seed(1)?;
        let certificate = authority.issue_signing(&key, &CertificateProfile::for_region(REGION, now))?;
        let mut topic = Topic::new(REGION, TOPIC_ACCOUNT, TOPIC_NAME, 1)?.hosted_at(signing_host);
        let subscription = topic.subscribe();
        let signing_cert_url = certificate.url(signing_host);
        Ok(Self { authority, certificate, key, signing_cert_url, topic, subscription })
    }

    /// Which topic it is.
    pub(crate) fn arn(&self) -> &str {
        self.topic.arn()
    }

    /// One message, published `now`.
    pub(crate) fn message(&mut self, now: DateTime<Utc>) -> Result<SignedEnvelope> {
        let envelope = self.topic.notification(&self.subscription, ALARM, now).subject(SUBJECT);
        Ok(Signer::new(&self.key, SignatureVersion::V2, &self.signing_cert_url).sign(envelope)?)
    }

    /// `count` messages as SNS posts them, published `now`. Signing takes most of a millisecond each, so all cores help.
    pub(crate) fn deliveries(&mut self, count: usize, now: DateTime<Utc>) -> Result<Vec<Delivery>> {
        let mut envelopes = Vec::with_capacity(count);
        for _ in 0..count {
            envelopes.push(self.topic.notification(&self.subscription, ALARM, now).subject(SUBJECT));
        }
        let subscription_arn = self.subscription.arn();
        let sign = |envelopes: Vec<_>| -> Result<Vec<Delivery>> {
            let signer = Signer::new(&self.key, SignatureVersion::V2, &self.signing_cert_url);
            let signed = envelopes.into_iter().map(|envelope| signer.sign(envelope));
            signed.map(|signed| Ok(Delivery::envelope(&signed?, subscription_arn))).collect()
        };
        let second_half = envelopes.split_off(count / 2);
        thread::scope(|scope| {
            let first_half = scope.spawn(|| sign(envelopes));
            let second_half = sign(second_half);
            let mut deliveries = first_half.join().map_err(|_| "a signing thread panicked")??;
            deliveries.extend(second_half?);
            Ok(deliveries)
        })
    }
}
