//! The project's own template: every alarm opens an alert, and closes it.

use chrono::TimeDelta;

use super::{Journey, Scheme, alarm_arn};

const TEMPLATE: &str = include_str!("../../../simulator/templates/cloudtrail-alarms.yaml");

/// Alarm, the event that it is for, and how many of them it takes.
const ALARMS: [(&str, &str, usize); 11] = [
    ("CloudTrailSecurityGroupChanges", "AuthorizeSecurityGroupIngress", 1),
    ("CloudTrailNetworkAclChanges", "CreateNetworkAclEntry", 1),
    ("CloudTrailGatewayChanges", "AttachInternetGateway", 1),
    ("CloudTrailVpcChanges", "CreateVpcPeeringConnection", 1),
    ("CloudTrailEC2InstanceChanges", "StopInstances", 1),
    ("CloudTrailEC2LargeInstanceChanges", "RunInstances/8xlarge", 1),
    ("CloudTrailChanges", "StopLogging", 1),
    ("CloudTrailConsoleSignInFailures", "ConsoleLogin/failed", 3),
    ("CloudTrailAuthorizationFailures", "iam:ListUsers/denied", 1),
    ("CloudTrailIAMPolicyChanges", "AttachUserPolicy", 1),
    ("CloudTrailS3BucketChanges", "PutBucketPolicy", 1),
];

#[tokio::test]
async fn each_alarm_opens_an_alert_and_closes_it_over_http() {
    each_opens_and_closes(Scheme::Http).await;
}

#[tokio::test]
async fn each_alarm_opens_an_alert_and_closes_it_over_https() {
    each_opens_and_closes(Scheme::Https).await;
}

async fn each_opens_and_closes(scheme: Scheme) {
    let journey = Journey::start(TEMPLATE, scheme).await;
    journey.pass(TimeDelta::minutes(10)).await;
    assert!(journey.pager.alerts().is_empty(), "the OK of a new alarm opens nothing");
    for (alarm, event, count) in ALARMS {
        let happened = journey.clock.now();
        journey.happen(event, count);
        let opened = journey.until(alarm, true, TimeDelta::minutes(10)).await;
        // Four minutes until CloudTrail has delivered, and the evaluation of the minute that is whole by then.
        let after = opened - happened;
        assert!((4..=6).contains(&after.num_minutes()), "{alarm} pages after {after}");
        let alert = &journey.alerts_of(alarm)[0];
        assert_eq!(alert.message, format!("ALARM: \"{alarm}\" in us-east-1, account 123456789012"));
        assert_eq!(alert.details["AlarmArn"], alarm_arn(alarm));
        assert_eq!(alert.details["NewStateValue"], "ALARM");

        journey.until(alarm, false, TimeDelta::minutes(20)).await;
        let alerts = journey.alerts_of(alarm);
        let last = alerts.last().unwrap();
        assert!(last.notes.iter().any(|note| note.note.starts_with("OK: ")), "{alarm}: {:?}", last.notes);
        // RunInstances, which two alarms watch for, is over for both of them.
        journey.pass(TimeDelta::minutes(10)).await;
        let open: Vec<_> =
            journey.pager.alerts().into_iter().filter(trailbell_sim::pager::Alert::is_open).collect();
        assert!(open.is_empty(), "{alarm}: {open:#?}");
    }
    // One alert each; a large instance is an instance, too.
    for (alarm, ..) in ALARMS {
        let alerts = journey.alerts_of(alarm);
        let expected = if alarm == "CloudTrailEC2InstanceChanges" { 2 } else { 1 };
        assert_eq!(alerts.len(), expected, "{alarm}");
        assert!(alerts.iter().all(|alert| alert.count == 1), "{alarm}");
    }
}
