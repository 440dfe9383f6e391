use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use cloudwatch_filter_pattern::{FilterPattern, PatternSet};
use serde_json::{Value, json};
use trailbell_sim::cloudtrail::{Appearance, Generator, Part, Record, Settings, event_names, stories};
use trailbell_sim::logs::{Latency, LogGroup, Logs, Trail};

use crate::support;

/// The patterns of the published template by the name of the alarm that they feed, and of CIS 4.1 to 4.15 by number.
struct Watch {
    names: Vec<String>,
    patterns: PatternSet,
}

impl Watch {
    fn new(patterns: Vec<(String, String)>) -> Self {
        let (names, texts): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
        Self {
            names,
            patterns: PatternSet::new(texts.iter().map(|text| FilterPattern::parse(text).unwrap())),
        }
    }

    fn template() -> Option<Self> {
        let template = support::json(
            "templates/opsgenie-integration/cloudtrail_CloudWatch_Alarms_for_CloudTrail_API_Activity_OpsGenie.json",
        )?;
        let resources: Vec<&Value> = template["Resources"].as_object().unwrap().values().collect();
        let of = |kind: &'static str| resources.iter().filter(move |resource| resource["Type"] == kind);
        let alarm_of = |metric: &Value| {
            let alarm =
                of("AWS::CloudWatch::Alarm").find(|alarm| alarm["Properties"]["MetricName"] == *metric);
            alarm.unwrap()["Properties"]["AlarmName"].as_str().unwrap().to_owned()
        };
        let filters = of("AWS::Logs::MetricFilter").map(|filter| {
            let filter = &filter["Properties"];
            let metric = &filter["MetricTransformations"][0]["MetricName"];
            (alarm_of(metric), filter["FilterPattern"].as_str().unwrap().to_owned())
        });
        Some(Self::new(filters.collect()))
    }

    #[allow(clippy::too_many_lines, reason = "one table")]
    fn cis() -> Self {
        let names = |names: &str| {
            let names: Vec<String> = names.split(' ').map(|name| format!("($.eventName = {name})")).collect();
            names.join(" || ")
        };
        let of_service = |service: &str, list: &str| {
            format!("{{ ($.eventSource = {service}.amazonaws.com) && ({}) }}", names(list))
        };
        let patterns = [
            ("4.1", r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }"#.to_owned()),
            ("4.2", r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }"#.to_owned()),
            (
                "4.3",
                r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#
                    .to_owned(),
            ),
            (
                "4.4",
                of_service(
                    "iam",
                    "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy \
                     CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy \
                     AttachUserPolicy DetachUserPolicy AttachGroupPolicy DetachGroupPolicy",
                ),
            ),
            ("4.5", format!("{{ {} }}", names("CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging"))),
            ("4.6", r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#.to_owned()),
            ("4.7", of_service("kms", "DisableKey ScheduleKeyDeletion")),
            (
                "4.8",
                of_service(
                    "s3",
                    "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication \
                     DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
                ),
            ),
            (
                "4.9",
                of_service(
                    "config",
                    "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder",
                ),
            ),
            (
                "4.10",
                format!(
                    "{{ {} }}",
                    names(
                        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress \
                         RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup ModifySecurityGroupRules"
                    )
                ),
            ),
            (
                "4.11",
                format!(
                    "{{ {} }}",
                    names(
                        "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry \
                         ReplaceNetworkAclEntry ReplaceNetworkAclAssociation"
                    )
                ),
            ),
            (
                "4.12",
                format!(
                    "{{ {} }}",
                    names(
                        "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway \
                         DeleteInternetGateway DetachInternetGateway"
                    )
                ),
            ),
            (
                "4.13",
                of_service(
                    "ec2",
                    "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable \
                     DeleteRoute DisassociateRouteTable",
                ),
            ),
            (
                "4.14",
                format!(
                    "{{ {} }}",
                    names(
                        "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection \
                         DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc \
                         DetachClassicLinkVpc DisableVpcClassicLink EnableVpcClassicLink"
                    )
                ),
            ),
            (
                "4.15",
                of_service(
                    "organizations",
                    "AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy \
                     DeclineHandshake DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy \
                     DisablePolicyType EnablePolicyType InviteAccountToOrganization LeaveOrganization MoveAccount \
                     RemoveAccountFromOrganization UpdatePolicy UpdateOrganizationalUnit",
                ),
            ),
        ];
        Self::new(patterns.map(|(name, pattern)| (format!("CIS {name}"), pattern)).into())
    }

    fn matches(&self, text: &str) -> Vec<&str> {
        self.patterns.matches(text).into_iter().map(|place| self.names[place].as_str()).collect()
    }
}

/// Plays one part and nothing else.
fn play(part: Part) -> Vec<String> {
    let cast = vec![Appearance { part, after: None }];
    Generator::new(&Settings { rate: 0.0, cast, ..Settings::default() }).map(|event| event.text).collect()
}

/// Every event by its name, and the alarms that look for it.
fn alarms_by_event(watch: &Watch) -> BTreeMap<String, Vec<String>> {
    event_names()
        .map(|name| {
            let [text] = &play(Part::event(&name).unwrap())[..] else { panic!("one event: {name}") };
            let alarms = watch.matches(text).into_iter().map(str::to_owned).collect();
            (name, alarms)
        })
        .collect()
}

/// `alarm: events`, for a snapshot that reads as a specification.
fn events_by_alarm(watch: &Watch) -> String {
    let mut events: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (event, alarms) in alarms_by_event(watch) {
        for alarm in if alarms.is_empty() { vec!["none".to_owned()] } else { alarms } {
            events.entry(alarm).or_default().push(event.clone());
        }
    }
    let rows = events.iter().map(|(alarm, events)| format!("{alarm}\n  {}\n", events.join("\n  ")));
    rows.collect::<Vec<_>>().concat()
}

#[test]
fn every_alarm_of_the_published_template_has_events_and_near_misses() {
    let Some(watch) = Watch::template() else { return };
    assert_eq!(watch.names.len(), 10);
    insta::assert_snapshot!(events_by_alarm(&watch));
}

#[test]
fn every_alarm_of_cis_has_events_and_near_misses() {
    insta::assert_snapshot!(events_by_alarm(&Watch::cis()));
}

/// Every `$.eventName = X` of the patterns has an event that matches just there.
#[test]
fn every_event_name_that_a_pattern_looks_for_is_generated_and_matched() {
    let watches = [Watch::template(), Some(Watch::cis())];
    let mut names = 0;
    for watch in watches.iter().flatten() {
        let found = alarms_by_event(watch);
        for (place, pattern) in watch.patterns.patterns().iter().enumerate() {
            let compact = pattern.as_str().replace([' ', '"'], "");
            for asked in compact.split("$.eventName=").skip(1) {
                let asked: String = asked.chars().take_while(char::is_ascii_alphanumeric).collect();
                let alarm = &watch.names[place];
                let matched = found.iter().any(|(event, alarms)| {
                    let name = event.split([':', '/']).nth(1).unwrap();
                    name == asked && alarms.contains(alarm)
                });
                assert!(matched, "no event {asked} is matched for {alarm}");
                names += 1;
            }
        }
    }
    assert!(names > 120, "only {names} names");
}

#[test]
fn stories_raise_the_alarms_that_they_are_told_for() {
    let Some(template) = Watch::template() else { return };
    let cis = Watch::cis();
    let mut said = String::new();
    for (story, _) in stories() {
        let mut alarms: BTreeMap<&str, u32> = BTreeMap::new();
        for text in play(Part::story(story).unwrap()) {
            for alarm in template.matches(&text).into_iter().chain(cis.matches(&text)) {
                *alarms.entry(alarm).or_default() += 1;
            }
        }
        let alarms: Vec<String> = alarms.iter().map(|(alarm, count)| format!("{alarm} {count}")).collect();
        said.extend([story, ": ", alarms.join(", ").as_str(), "\n"]);
    }
    insta::assert_snapshot!(said);
}

#[test]
fn background_raises_no_alarm_unless_asked_to() {
    let watches = [Watch::template(), Some(Watch::cis())];
    let patterns = watches.iter().flatten().flat_map(|watch| watch.patterns.patterns().iter().cloned());
    let patterns = PatternSet::new(patterns);
    let alarms = |everyday_changes: bool, enough: usize| -> BTreeSet<usize> {
        let settings = Settings { duration: TimeDelta::hours(24), everyday_changes, ..Settings::default() };
        let mut matched = BTreeSet::new();
        for event in Generator::new(&settings) {
            matched.extend(patterns.matches(&event.text));
            if matched.len() >= enough {
                break;
            }
        }
        matched
    };
    assert_eq!(alarms(false, 1), BTreeSet::new());
    assert_eq!(alarms(true, 4).len(), 4);
}

/// The whole way of these stages: events, delivered by a trail, counted by the template's filters.
#[test]
fn generated_events_become_samples_when_they_are_delivered() {
    let cast =
        vec![Appearance { part: Part::event("StopLogging").unwrap(), after: Some(TimeDelta::minutes(10)) }];
    let settings = Settings { cast, ..Settings::default() };
    let mut logs = Logs::new(&settings.account, &settings.region);
    logs.create_log_group(&LogGroup::named("trail")).unwrap();
    let filter = json!({"FilterName": "f", "LogGroupName": "trail", "FilterPattern": "{ $.eventName = StopLogging }",
        "MetricTransformations": [{"MetricName": "Stopped", "MetricNamespace": "Trail", "MetricValue": "1", "DefaultValue": "0"}]});
    logs.put_metric_filter(&serde_json::from_value(filter).unwrap()).unwrap();
    let mut trail =
        Trail::new(&settings.account, &settings.region, Latency::Fixed(TimeDelta::minutes(5)), settings.seed);
    let (mut samples, mut count) = (Vec::new(), 0);
    for event in Generator::new(&settings) {
        count += 1;
        let record = Record::parse(&event.text).unwrap();
        trail
            .record(event.time, record.recipient_account_id.text(), record.aws_region.text(), &event.text)
            .unwrap();
        for batch in trail.due(event.time) {
            logs.deliver("trail", &batch, &mut samples).unwrap();
        }
    }
    for batch in trail.due(DateTime::<Utc>::MAX_UTC) {
        logs.deliver("trail", &batch, &mut samples).unwrap();
    }
    assert_eq!(samples.len(), count, "one sample an event: the default of those that do not match");
    let matched: Vec<_> = samples.iter().filter(|sample| sample.value > 0.0).collect();
    assert_eq!(matched.len(), 1);
    assert_eq!(matched[0].timestamp, settings.start + TimeDelta::minutes(15));
    let streams: Vec<&str> = logs.log_streams("trail").map(|(name, _)| name).collect();
    assert_eq!(streams, ["123456789012_CloudTrail_us-east-1"]);
}
