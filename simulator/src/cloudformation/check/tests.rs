#![allow(clippy::unwrap_used)]
//! A stack that is right, and what each change makes wrong with it.

use super::super::environment::Environment;
use super::super::stack::Stack;
use super::{Severity, check};

const RIGHT: &str = r#"
Resources:
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      FilterName: stopped
      LogGroupName: trail
      FilterPattern: "{ $.eventName = StopLogging }"
      MetricTransformations:
        - MetricNamespace: Trail
          MetricName: Stopped
          MetricValue: "1"
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: Stopped
      Namespace: Trail
      MetricName: Stopped
      Statistic: Sum
      Period: "300"
      EvaluationPeriods: 2
      DatapointsToAlarm: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      Threshold: 1
      TreatMissingData: notBreaching
      AlarmActions: [!Ref Topic]
      OKActions: [!Ref Topic]
  Composite:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmName: Any
      AlarmRule: ALARM(Stopped)
      AlarmActions: [!Ref Topic]
      OKActions: [!Ref Topic]
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: alarms}}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Topic, Protocol: https, Endpoint: "https://pager.example/hook"}
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Topic]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: cloudwatch.amazonaws.com}, Action: "SNS:Publish"}
"#;

fn found(template: &str) -> Vec<String> {
    let stack = Stack::read(template, &Environment::default())
        .unwrap_or_else(|errors| panic!("{template}\n{errors}"));
    check(&stack)
        .iter()
        .map(|it| format!("{} {} {}: {}", it.severity, it.resource, it.rule, it.message))
        .collect()
}

#[test]
fn nothing_is_found_where_all_is_right() {
    assert_eq!(found(RIGHT), Vec::<String>::new());
}

// A table, not a procedure.
#[allow(clippy::too_many_lines)]
#[test]
fn each_change_is_found() {
    let long = "x".repeat(1025);
    for (from, to, expected) in [
        // What never pages, or always
        (
            "MetricValue: \"1\"",
            "MetricValue: \"0\"",
            "warning Alarm never-fires: each match counts 0, so Sum never gets beyond 1",
        ),
        (
            "GreaterThanOrEqualToThreshold",
            "LessThanThreshold",
            "warning Alarm never-fires: it watches for too few matches",
        ),
        (
            "MetricValue: \"1\"",
            "MetricValue: \"1\"\n          DefaultValue: 1",
            "warning Alarm default-breaches: minutes without a match count 1, which breaches",
        ),
        (
            "Protocol: https,",
            "Protocol: https, RawMessageDelivery: true,",
            "warning Subscription subscription: raw message delivery sends no envelope",
        ),
        // Metric filters
        (
            "$.eventName = StopLogging",
            long.as_str(),
            "error Filter limits: FilterPattern has 1029 characters; 1024 are",
        ),
        (
            "      FilterPattern: \"{ $.eventName = StopLogging }\"\n",
            "",
            "error Filter limits: FilterPattern is missing",
        ),
        (
            "$.eventName = StopLogging",
            "$.eventName StopLogging",
            "error Filter pattern: CloudWatch Logs refuses the pattern: ",
        ),
        ("FilterName: stopped", "FilterName: 'a:b'", "error Filter limits: FilterName has to have"),
        ("LogGroupName: trail", "LogGroupName: 'my trail'", "error Filter limits: LogGroupName has to have"),
        (
            "MetricName: Stopped\n          MetricValue",
            "MetricName: '$x'\n          MetricValue",
            "error Filter limits: MetricName has",
        ),
        ("MetricValue: \"1\"", "MetricValue: one", "error Filter limits: MetricValue \"one\" is neither"),
        (
            "MetricValue: \"1\"",
            "MetricValue: 1\n          DefaultValue: none",
            "error Filter limits: DefaultValue has to be",
        ),
        (
            "MetricValue: \"1\"",
            "MetricValue: 1\n          Unit: Apples",
            "error Filter limits: Unit \"Apples\"",
        ),
        (
            "MetricValue: \"1\"",
            "MetricValue: 1\n          DefaultValue: 0\n          Dimensions: [{Key: r, Value: $.awsRegion}]",
            "error Filter limits: DefaultValue and Dimensions exclude each other",
        ),
        (
            "MetricValue: \"1\"",
            "MetricValue: 1\n        - {MetricNamespace: T, MetricName: M, MetricValue: 1}",
            "error Filter limits: MetricTransformations has to have one entry, not 2",
        ),
        // What an alarm watches
        (
            "MetricNamespace: Trail",
            "MetricNamespace: trail",
            "warning Alarm metric-not-fed: no filter feeds Trail Stopped; Filter feeds trail Stopped",
        ),
        (
            "MetricNamespace: Trail",
            "MetricNamespace: Other",
            "warning Alarm metric-not-fed: no filter feeds Trail Stopped; Filter feeds Other Stopped",
        ),
        (
            "      Namespace: Trail",
            "      Namespace: AWS/SNS",
            "warning Alarm metric-not-fed: AWS/SNS Stopped comes from AWS",
        ),
        (
            "MetricValue: \"1\"",
            "MetricValue: 1\n          Dimensions: [{Key: r, Value: $.awsRegion}]",
            "warning Alarm metric-not-fed: Trail Stopped has the dimensions r from Filter, and the alarm reads none",
        ),
        (
            "Statistic: Sum",
            "Statistic: Sum\n      Unit: Count",
            "warning Alarm unit: the alarm reads the unit Count, and Filter publishes None",
        ),
        (
            "      TreatMissingData: notBreaching\n",
            "",
            "warning Alarm missing-data: missing data is treated as missing",
        ),
        (
            "TreatMissingData: notBreaching",
            "TreatMissingData: ignore",
            "warning Alarm missing-data: missing data is treated as ignore",
        ),
        (
            "TreatMissingData: notBreaching",
            "TreatMissingData: breaching",
            "warning Alarm missing-data: missing data is treated as breaching",
        ),
        ("Period: \"300\"", "Period: 10", "warning Alarm period-below-minute"),
        ("Threshold: 1\n", "ThresholdMetricId: ad1\n", "warning Alarm not-simulated: anomaly detection"),
        // An alarm's settings
        ("Period: \"300\"", "Period: 90", "error Alarm limits: Period 90 is neither"),
        ("Period: \"300\"", "Period: five", "error Alarm limits: Period has to be a whole number"),
        (
            "EvaluationPeriods: 2",
            "EvaluationPeriods: 289",
            "error Alarm limits: EvaluationPeriods × Period has to be at most a day",
        ),
        (
            "EvaluationPeriods: 2",
            "EvaluationPeriods: 0",
            "error Alarm limits: EvaluationPeriods has to be a whole number",
        ),
        (
            "DatapointsToAlarm: 1",
            "DatapointsToAlarm: 3",
            "error Alarm limits: DatapointsToAlarm (3) exceeds EvaluationPeriods (2)",
        ),
        (
            "GreaterThanOrEqualToThreshold",
            "AtLeast",
            "error Alarm limits: ComparisonOperator \"AtLeast\" is none of",
        ),
        ("Statistic: Sum", "Statistic: sum", "error Alarm limits: Statistic \"sum\" is none of"),
        ("Statistic: Sum", "ExtendedStatistic: p101", "error Alarm limits: ExtendedStatistic \"p101\""),
        (
            "Statistic: Sum",
            "Statistic: Sum\n      ExtendedStatistic: p99",
            "error Alarm limits: exactly one of Statistic",
        ),
        (
            "TreatMissingData: notBreaching",
            "TreatMissingData: notbreaching",
            "error Alarm limits: TreatMissingData \"notbreaching\"",
        ),
        ("Threshold: 1\n", "Threshold: high\n", "error Alarm limits: Threshold has to be a number"),
        ("      Threshold: 1\n", "", "error Alarm limits: Threshold is missing"),
        (
            "Statistic: Sum",
            "Statistic: Sum\n      Metrics: [{Id: m, Expression: '1'}]",
            "error Alarm limits: Metrics excludes MetricName",
        ),
        (
            "AlarmRule: ALARM(Stopped)",
            "ActionsSuppressor: Stopped",
            "error Composite limits: AlarmRule is missing",
        ),
        (
            "AlarmRule: ALARM(Stopped)",
            "AlarmRule: 'TRUE'\n      ActionsSuppressor: x",
            "error Composite limits: ActionsSuppressor needs",
        ),
        // Whom an alarm tells
        (
            "      OKActions: [!Ref Topic]\n  Composite",
            "  Composite",
            "warning Alarm no-ok-action: no OKActions",
        ),
        (
            "OKActions: [!Ref Topic]\n  Composite",
            "OKActions: ['arn:aws:sns:us-east-1:123456789012:other']\n  Composite",
            "warning Alarm no-ok-action: OKActions goes to others",
        ),
        (
            "      AlarmActions: [!Ref Topic]\n      OKActions: [!Ref Topic]\n  Topic",
            "  Topic",
            "warning Composite no-alarm-action: no AlarmActions",
        ),
        (
            "Threshold: 1\n",
            "Threshold: 1\n      ActionsEnabled: false\n",
            "warning Alarm no-alarm-action: ActionsEnabled is false",
        ),
        (
            "AlarmActions: [!Ref Topic]\n",
            "AlarmActions: [!Ref Topic, alarms]\n",
            "error Alarm unknown-action: AlarmActions: \"alarms\" is no ARN",
        ),
        (
            "AlarmActions: [!Ref Topic]\n",
            "AlarmActions: [!Ref Topic, !Sub 'arn:aws:sns:us-east-1:1:${Topic}']\n",
            "error Alarm unknown-action: AlarmActions: \"arn:aws:sns:us-east-1:1:arn:aws:sns",
        ),
        (
            "AlarmActions: [!Ref Topic]\n",
            "AlarmActions: [!Ref Topic, 'arn:aws:sns:us-east-1:123456789012:other']\n",
            "warning Alarm unknown-action: AlarmActions: the topic arn:aws:sns:us-east-1:123456789012:other is not in",
        ),
        (
            "AlarmActions: [!Ref Topic]\n",
            "AlarmActions: [!Ref Topic, 'arn:aws:s3:::b']\n",
            "error Alarm unknown-action: AlarmActions: alarms have no actions",
        ),
        (
            "AlarmRule: ALARM(Stopped)",
            "AlarmRule: ALARM(Stopped)\n      InsufficientDataActions: ['arn:aws:automate:us-east-1:ec2:stop']",
            "error Composite unknown-action: InsufficientDataActions: a composite alarm cannot do",
        ),
        // Topics
        ("TopicName: alarms", "TopicName: 'my alarms'", "error Topic limits: TopicName has to have"),
        (
            "TopicName: alarms",
            "TopicName: alarms, FifoTopic: true",
            "error Topic limits: the name of a FIFO topic has to end in .fifo",
        ),
        (
            "TopicName: alarms",
            "TopicName: alarms, SignatureVersion: 3",
            "error Topic limits: SignatureVersion has to be 1 or 2",
        ),
        (
            "TopicName: alarms",
            "TopicName: alarms, KmsMasterKeyId: alias/aws/sns",
            "warning Topic topic-key: alarms cannot publish",
        ),
        (
            "TopicArn: !Ref Topic,",
            "TopicArn: 'arn:aws:sns:us-east-1:123456789012:other',",
            "warning Topic no-subscription",
        ),
        (
            "TopicArn: !Ref Topic,",
            "TopicArn: alarms,",
            "error Subscription subscription: TopicArn is no topic's ARN",
        ),
        (
            "Protocol: https",
            "Protocol: http",
            "error Subscription subscription: Endpoint does not fit the protocol http",
        ),
        (
            "Protocol: https",
            "Protocol: pager",
            "error Subscription subscription: Protocol \"pager\" is none of",
        ),
        (
            "Protocol: https,",
            "Protocol: https, FilterPolicy: {team: [ops]},",
            "warning Subscription filter-policy: FilterPolicy looks at message attributes, and what alarms send has none",
        ),
        (
            "Protocol: https,",
            "Protocol: https, FilterPolicy: {AlarmName: [a]}, FilterPolicyScope: MessageBody,",
            "warning Subscription filter-policy: FilterPolicy may hold back what alarms send",
        ),
        (
            "cloudwatch.amazonaws.com",
            "events.amazonaws.com",
            "warning Policy topic-policy: it replaces the policy of Topic",
        ),
        ("SNS:Publish", "SNS:Subscribe", "warning Policy topic-policy"),
        // Names
        (
            "AlarmName: Any",
            "AlarmName: Stopped",
            "error Composite duplicate-name: Alarm has the name \"Stopped\", too",
        ),
    ] {
        assert!(RIGHT.contains(from), "{from}");
        let findings = found(&RIGHT.replacen(from, to, 1));
        assert!(findings.iter().any(|it| it.starts_with(expected)), "{from:?} -> {to:?}: {findings:#?}");
    }
}

#[test]
fn a_default_value_closes_what_missing_data_would_not() {
    let template = RIGHT.replace("      TreatMissingData: notBreaching\n", "");
    assert!(found(&template).iter().any(|it| it.contains("missing-data")));
    let template = template.replace("MetricValue: \"1\"", "MetricValue: \"1\"\n          DefaultValue: 0");
    assert_eq!(found(&template), Vec::<String>::new());
}

#[test]
fn the_same_endpoint_twice_is_found() {
    let again = "  Again:\n    Type: AWS::SNS::Subscription\n    Properties: {TopicArn: !Ref Topic, Protocol: https, \
                 Endpoint: \"https://pager.example/hook\"}\n";
    let findings = found(&format!("{RIGHT}{again}"));
    assert_eq!(
        findings,
        ["error Again duplicate-name: subscribes the same endpoint to the same topic as Subscription"]
    );
}

#[test]
fn errors_come_before_warnings_of_the_same_resource() {
    let template = RIGHT
        .replace("Period: \"300\"", "Period: 90")
        .replace("TreatMissingData: notBreaching", "TreatMissingData: ignore");
    let stack = Stack::read(&template, &Environment::default()).unwrap();
    let severities: Vec<_> = check(&stack).iter().map(|it| it.severity).collect();
    assert_eq!(severities, [Severity::Error, Severity::Warning]);
}

#[test]
fn a_threshold_that_no_single_match_reaches_is_found() {
    let template = RIGHT.replace("Threshold: 1\n", "Threshold: 3\n");
    assert_eq!(found(&template), Vec::<String>::new());
    for statistic in ["Average", "Maximum", "Minimum"] {
        let findings = found(&template.replace("Statistic: Sum", &format!("Statistic: {statistic}")));
        assert_eq!(
            findings,
            [format!(
                "warning Alarm never-fires: each match counts 1, so {statistic} never gets beyond 3; Sum would"
            )]
        );
    }
}
