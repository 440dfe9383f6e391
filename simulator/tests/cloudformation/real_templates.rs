//! Every template of the real data loads, or is refused for the right reason.

use std::path::Path;

use trailbell_sim::cloudformation::check::{Severity, check};
use trailbell_sim::cloudformation::{Resource, ResourceKind, Stack};

use super::support::{contents, data, environment, files_below, normal};

struct Row {
    file: &'static str,
    parameters: &'static str,
    expected: Result<&'static str, &'static [&'static str]>,
}

const fn loads(file: &'static str, parameters: &'static str, contents: &'static str) -> Row {
    Row { file, parameters, expected: Ok(contents) }
}

const fn fails(file: &'static str, parameters: &'static str, errors: &'static [&'static str]) -> Row {
    Row { file, parameters, expected: Err(errors) }
}

/// All files but the licences, with the parameters that a user would give.
const ROWS: &[Row] = &[
    fails(
        "aws-docs-cfn-reference-snippets/aws-properties-cloudwatch-alarm-dimension__2.json",
        "",
        &["no template: these are resources without their section; a template has them under Resources"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-alarm__0.json",
        "",
        &["line 5: JSON not well-formed: expected value at line 5 column 26"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-alarm__1.yaml",
        "",
        &["no template: this is one resource; a template has it under Resources, with a name"],
    ),
    loads("aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-alarm__2.json", "", "1 alarm, 1 aside"),
    loads("aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-alarm__3.yaml", "", "1 alarm, 1 aside"),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-alarmmuterule__0.json",
        "",
        &["line 5: JSON not well-formed: expected value at line 5 column 23"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-alarmmuterule__1.yaml",
        "",
        &["no template: this is one resource; a template has it under Resources, with a name"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-anomalydetector__0.json",
        "",
        &["line 5: JSON not well-formed: expected value at line 5 column 25"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-anomalydetector__1.yaml",
        "",
        &["no template: this is one resource; a template has it under Resources, with a name"],
    ),
    loads("aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-anomalydetector__2.json", "", "1 aside"),
    loads("aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-anomalydetector__3.yaml", "", "1 aside"),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-compositealarm__0.json",
        "",
        &["line 5: JSON not well-formed: expected value at line 5 column 26"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-compositealarm__1.yaml",
        "",
        &["no template: this is one resource; a template has it under Resources, with a name"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-compositealarm__2.json",
        "",
        &["line 8: YAML not well-formed: while parsing a flow sequence, expected ',' or ']'"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-cloudwatch-compositealarm__3.yaml",
        "",
        &[
            "Resources.DeploymentInProgress.Properties.AlarmRule, line 20: 'null' values are not allowed in templates",
        ],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-codedeploy-deploymentgroup__10.json",
        "CodeDeployServiceRole=arn:aws:iam::123456789012:role/r DeploymentGroupName=g",
        &[
            "Resources.DeploymentGroup.Properties.ServiceRoleArn.Fn::GetAtt: CodeDeployServiceRole is a parameter, and only resources have attributes",
        ],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-codedeploy-deploymentgroup__8.json",
        "CodeDeployServiceRole=arn:aws:iam::123456789012:role/r DeploymentGroupName=g",
        &[
            "Resources.DeploymentGroup.Properties.ServiceRoleArn.Fn::GetAtt: CodeDeployServiceRole is a parameter, and only resources have attributes",
        ],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-codedeploy-deploymentgroup__9.yaml",
        "CodeDeployServiceRole=arn:aws:iam::123456789012:role/r DeploymentGroupName=g",
        &[
            "Resources.DeploymentGroup.Properties.ServiceRoleArn.Fn::GetAtt, line 62: CodeDeployServiceRole is a parameter, and only resources have attributes",
        ],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-logs-metricfilter__0.json",
        "",
        &["line 5: JSON not well-formed: expected value at line 5 column 34"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-logs-metricfilter__1.yaml",
        "",
        &["no template: this is one resource; a template has it under Resources, with a name"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-logs-metricfilter__2.json",
        "",
        &["line 15: YAML not well-formed: invalid indentation"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/aws-resource-logs-metricfilter__3.yaml",
        "",
        &["no template: these are resources without their section; a template has them under Resources"],
    ),
    loads(
        "aws-docs-cfn-reference-snippets/aws-resource-sqs-queue__2.json",
        "",
        "1 alarm, 1 topic, 1 subscription, 1 aside",
    ),
    loads(
        "aws-docs-cfn-reference-snippets/aws-resource-sqs-queue__3.yaml",
        "",
        "1 alarm, 1 topic, 1 subscription, 1 aside",
    ),
    loads(
        "aws-docs-cfn-reference-snippets/intrinsic-function-reference-ref__10.json",
        "",
        "1 alarm, 1 topic, 1 aside, 2 not created",
    ),
    loads(
        "aws-docs-cfn-reference-snippets/intrinsic-function-reference-ref__11.yaml",
        "",
        "1 alarm, 1 topic, 1 aside, 2 not created",
    ),
    loads("aws-docs-cfn-reference-snippets/pseudo-parameter-reference__4.json", "", "1 alarm, 1 topic"),
    loads("aws-docs-cfn-reference-snippets/pseudo-parameter-reference__5.yaml", "", "1 alarm, 1 topic"),
    fails(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatch__0.json",
        "",
        &["line 27: YAML not well-formed: invalid indentation"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatch__1.yaml",
        "",
        &["line 9: unknown tag !Ref: (a short form has no colon)"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatch__2.json",
        "",
        &["line 19: YAML not well-formed: invalid indentation"],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatch__3.yaml",
        "",
        &["line 7: unknown tag !Ref: (a short form has no colon)"],
    ),
    loads(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatch__4.json",
        "RecoveryInstance=i-0123456789abcdef0",
        "1 alarm",
    ),
    fails(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatch__5.yaml",
        "",
        &["line 23: unknown tag !Ref: (a short form has no colon)"],
    ),
    loads(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatchlogs__0.json",
        "KeyName=k OperatorEmail=ops@example.com",
        "2 filter, 2 alarm, 1 topic, 1 subscription, 1 group, 4 aside",
    ),
    loads(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatchlogs__1.yaml",
        "KeyName=k OperatorEmail=ops@example.com",
        "2 filter, 2 alarm, 1 topic, 1 subscription, 1 group, 4 aside",
    ),
    loads(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatchlogs__2.json",
        "KeyPair=k OperatorEmail=ops@example.com",
        "1 filter, 1 alarm, 1 topic, 1 subscription, 1 group, 4 aside",
    ),
    loads(
        "aws-docs-cfn-reference-snippets/quickref-cloudwatchlogs__3.yaml",
        "KeyPair=k OperatorEmail=ops@example.com",
        "1 filter, 1 alarm, 1 topic, 1 subscription, 1 group, 4 aside",
    ),
    fails(
        "aws-docs-cfn-reference-snippets/quickref-ec2-auto-scaling__8.json",
        "",
        &[
            "Resources.ASGScalingPolicyHigh.Properties.AutoScalingGroupName.Ref: unresolved resource dependency [logicalName]: no parameter or resource has this name",
            "Resources.CPUAlarmHigh.Properties.Dimensions.0.Value.Ref: unresolved resource dependency [logicalName]: no parameter or resource has this name",
        ],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/quickref-ec2-auto-scaling__9.yaml",
        "",
        &[
            "Resources.ASGScalingPolicyHigh.Properties.AutoScalingGroupName.Ref, line 7: unresolved resource dependency [logicalName]: no parameter or resource has this name",
            "Resources.CPUAlarmHigh.Properties.Dimensions.0.Value.Ref, line 27: unresolved resource dependency [logicalName]: no parameter or resource has this name",
        ],
    ),
    fails(
        "aws-docs-cfn-reference-snippets/quickstartcloudformation__0.json",
        "",
        &["line 7: YAML not well-formed: while parsing a block mapping, did not find expected key"],
    ),
    loads("localstack/cfn_cw_composite_alarm.yml", "", "2 alarm, 1 composite, 1 topic"),
    loads("localstack/cfn_cw_simple_alarm.yml", "", "1 alarm"),
    loads("localstack/cfn_getatt_ref.yaml", "MyParam=topic CustomOutputName=TopicName", "1 topic"),
    fails(
        "localstack/cfn_languageextensions_foreach.yml",
        "pRepoARNs=a,b",
        &[
            "Resources.Fn::ForEach::Topics, line 12: Fn::ForEach::Topics makes parts of the template during deployment, which is not done here; give the processed template ",
        ],
    ),
    loads("localstack/cfn_sub_resovling.yaml", "MyParam=topic", "1 topic"),
    loads("localstack/cfn_unsupported.yaml", "", "1 topic, 1 aside"),
    loads(
        "localstack/conditions_conditional-resource-getatt-delete.yaml",
        "EnableQueue=true",
        "1 alarm, 2 aside",
    ),
    fails(
        "localstack/conditions_get-att-condition.yml",
        "OptionParameter=option-b",
        &[
            "Resources.MySsmParam.Properties.Value.Fn::GetAtt, line 16: unresolved resource dependency [MyTopic]: not created, as its condition ShouldCreateTopic is false",
        ],
    ),
    loads(
        "localstack/conditions_intrinsic-functions-in-conditions.yaml",
        "TopicName=t-us-east-1 TopicPrefix=t TopicNameWithSuffix=t-us-east-1-s TopicNameSuffix=s",
        "2 topic",
    ),
    loads(
        "localstack/conditions_ref-condition-intrinsic-condition.yaml",
        "TopicName=t SsmParamName=p OptionParameter=option-b",
        "1 aside, 1 not created",
    ),
    fails(
        "localstack/conditions_ref-condition-output.yaml",
        "OptionParameter=option-b",
        &[
            "Outputs.TopicRef.Value.Ref, line 19: unresolved resource dependency [MyTopic]: not created, as its condition ShouldCreateTopic is false",
        ],
    ),
    fails(
        "localstack/conditions_ref-condition.yaml",
        "TopicName=t SsmParamName=p OptionParameter=option-b",
        &[
            "Resources.MySsmParam.Properties.Value.Ref, line 23: unresolved resource dependency [MyTopic]: not created, as its condition ShouldCreateTopic is false",
        ],
    ),
    loads("localstack/conditions_simple-condition.yaml", "TopicName=t OptionParameter=option-a", "1 topic"),
    loads(
        "localstack/conditions_simple-intrinsic-condition-name-conflict.yaml",
        "TopicName=t ShouldSetCustomName=yep",
        "1 topic",
    ),
    loads(
        "localstack/conditions_simple-intrinsic-condition.yaml",
        "TopicName=t ShouldSetCustomName=nope",
        "1 topic",
    ),
    loads("localstack/engine_implicit_type_conversion.yml", "", "1 topic, 1 aside"),
    fails(
        "localstack/mappings_mapping-aws-ref-map-key.yaml",
        "",
        &["line 2: a key has to be a text, not a list, a map or a function"],
    ),
    loads(
        "localstack/mappings_mapping-ref-map-key.yaml",
        "MapName=MyMap MapKey=B TopicName=t",
        "1 topic, 1 not created",
    ),
    fails(
        "localstack/mappings_simple-mapping-invalid-ref.yaml",
        "TopicName=t TopicNameSuffixSelector=A TopicNameSuffix=s",
        &["Mappings.TopicSuffixMap.A.Suffix, line 24: every Mappings attribute must be a String or a List"],
    ),
    fails(
        "localstack/mappings_simple-mapping-nesting-depth.yaml",
        "TopicName=t TopicNameSuffixSelector=A",
        &[
            "Mappings.TopicSuffixMap.A.Suffix, line 22: every Mappings attribute must be a String or a List",
            "Mappings.TopicSuffixMap.B.Suffix, line 25: every Mappings attribute must be a String or a List",
        ],
    ),
    fails(
        "localstack/mappings_simple-mapping-single-level.yaml",
        "TopicName=t TopicNameSuffixSelector=A",
        &[
            "Mappings.TopicSuffixMap.A, line 20: every Mappings member must be a map of keys to values",
            "Mappings.TopicSuffixMap.B, line 21: every Mappings member must be a map of keys to values",
        ],
    ),
    loads("localstack/mappings_simple-mapping.yaml", "TopicName=t TopicNameSuffixSelector=A", "1 topic"),
    fails(
        "localstack/resolve_ssm.yaml",
        "DynamicParameter=/name ParameterName=/other",
        &[
            "Resources.topic69831491.Properties.TopicName.Fn::Join, line 12: the value of {{resolve:ssm:/name}} is not in the template (give --resolve ssm:/name=VALUE)",
        ],
    ),
    loads("localstack/simple_no_change_with_transformation.yaml", "", "1 topic"),
    loads(
        "localstack/sns_subscription.yml",
        "TopicArn=arn:aws:sns:eu-west-1:123456789012:t QueueArn=arn:aws:sqs:eu-west-1:123456789012:q",
        "1 subscription",
    ),
    loads(
        "localstack/sns_subscription_cross_region.yml",
        "TopicArn=arn:aws:sns:eu-west-1:123456789012:t QueueArn=arn:aws:sqs:eu-west-1:123456789012:q TopicRegion=eu-west-1",
        "1 subscription",
    ),
    loads("localstack/sns_topic_fifo_dedup.yaml", "", "1 topic"),
    loads("localstack/sns_topic_parameter.yml", "", "1 topic"),
    loads("localstack/sns_topic_simple.yaml", "", "1 topic"),
    loads("localstack/sns_topic_subscription.yaml", "", "1 topic, 1 subscription, 1 aside"),
    loads("localstack/sns_topic_template.json", "", "1 topic"),
    loads("localstack/sns_topic_template.yaml", "", "1 topic"),
    loads(
        "localstack/sub_number_type.yml",
        "ResourceNamePrefix=p RestLatencyPreemptiveAlarmPeriod=300 RestLatencyPreemptiveAlarmThreshold=1.5",
        "1 alarm",
    ),
    loads(
        "opsgenie-integration/cloudtrail_CloudWatch_Alarms_for_CloudTrail_API_Activity_OpsGenie.json",
        "Endpoint=https://pager.example/hook",
        "10 filter, 10 alarm, 1 topic, 1 subscription",
    ),
    loads(
        "riponbanik-aws-cis/CloudWatch_Alarms_for_CloudTrail_API_Activity.json",
        "Email=ops@example.com",
        "16 filter, 16 alarm, 1 topic, 1 subscription",
    ),
    loads(
        "riponbanik-aws-cis/serverless_stack.yaml",
        "LambdaExecutionRole=r KMSKey=k s3BucketName=b snsTopicName=t notificationEmail=ops@example.com",
        "1 subscription, 3 aside",
    ),
    loads("robotocore/tests_iac_cloudformation_monitoring_template.yaml", "", "1 alarm, 1 topic, 1 group"),
    loads("robotocore/tests_iac_sam_monitoring_template.yaml", "", "1 alarm, 1 topic, 1 group"),
    fails(
        "robotocore/tests_iac_serverless_monitoring_serverless.yml",
        "",
        &[
            "no template: this is a configuration of the Serverless Framework; package it, and give the template that it writes",
        ],
    ),
    fails(
        "tf-cloudposse/alarms.tf",
        "",
        &[
            "no template: this is Terraform's language; make a plan, and give the output of `terraform show -json PLAN`",
        ],
    ),
    fails("tf-cloudposse/catalog_cis_benchmark.yaml", "", &["no template: it has no section Resources"]),
    fails("tf-cloudposse/catalog_custom_alerts.yaml", "", &["no template: it has no section Resources"]),
    fails(
        "tf-cloudposse/main.tf",
        "",
        &[
            "no template: this is Terraform's language; make a plan, and give the output of `terraform show -json PLAN`",
        ],
    ),
    fails(
        "tf-cloudposse/variables.tf",
        "",
        &[
            "no template: this is Terraform's language; make a plan, and give the output of `terraform show -json PLAN`",
        ],
    ),
    loads(
        "widdix-aws-cf-templates/ecs_cluster.yaml",
        "ParentVPCStack=vpc ParentAlertStack=alerts",
        "17 alarm, 3 group, 28 aside, 8 not created",
    ),
    fails(
        "widdix-aws-cf-templates/fargate_service-cluster-alb.yaml",
        "ParentClusterStack=cluster ParentVPCStack=vpc ParentAlertStack=alerts",
        &[
            "Resources.HTTPCodeTarget5XXTooHighAlarm.Properties.Dimensions.0.Value.Fn::ImportValue, line 493: what another stack exports as \"cluster-LoadBalancerFullName\" is not in the template (give --import cluster-LoadBalancerFullName=VALUE)",
            "Resources.TargetConnectionErrorCountTooHighAlarm.Properties.Dimensions.0.Value.Fn::ImportValue, line 513: what another stack exports as \"cluster-LoadBalancerFullName\" is not in the template (give --import cluster-LoadBalancerFullName=VALUE)",
        ],
    ),
    loads(
        "widdix-aws-cf-templates/operations_alb-access-logs-anonymizer.yaml",
        "ParentAlertStack=alerts",
        "2 alarm, 1 group, 4 aside",
    ),
    loads(
        "widdix-aws-cf-templates/operations_alert.yaml",
        "Email=ops@example.com HttpsEndpoint=https://pager.example/hook",
        "1 alarm, 2 topic, 2 subscription, 1 policy, 2 not created",
    ),
    loads(
        "widdix-aws-cf-templates/security_auth-proxy-ha-github-orga.yaml",
        "CertificateArn=c CookieSecret=0123456789abcdef GitHubClientId=i GitHubClientSecret=s GitHubOrganization=o ParentVPCStack=vpc Upstream=https://up.example ParentAlertStack=alerts",
        "5 alarm, 1 group, 11 aside, 4 not created",
    ),
    loads(
        "widdix-aws-cf-templates/security_cloudtrail.yaml",
        "ParentAlertStack=alerts",
        "14 filter, 14 alarm, 1 topic, 1 policy, 1 group, 4 aside, 1 not created",
    ),
    loads(
        "widdix-aws-cf-templates/state_elasticsearch.yaml",
        "DomainName=d ParentClientStack=c ParentVPCStack=vpc ElasticsearchVersion=7.10 ParentAlertStack=alerts",
        "14 alarm, 3 aside, 3 not created",
    ),
    loads(
        "widdix-aws-cf-templates/state_rds-postgres.yaml",
        "EngineVersion=13.7 ParentClientStack=c ParentVPCStack=vpc ParentAlertStack=alerts",
        "7 alarm, 4 aside, 3 not created",
    ),
    loads(
        "widdix-aws-cf-templates/static-website_monitoring.yaml",
        "DistributionId=E1 ParentAlertStack=alerts",
        "3 alarm",
    ),
    loads(
        "widdix-aws-cf-templates/vpc_vpc-nat-gateway.yaml",
        "ParentVPCStack=vpc ParentAlertStack=alerts",
        "4 alarm, 3 aside",
    ),
    fails(
        "widdix-aws-cf-templates/vpc_zone-dnssec.yaml",
        "ParentKmsKeyStack=key ParentZoneStack=zone ParentAlertStack=alerts",
        &[
            "Resources.DNSSECInternalFailureAlarm.Properties.Dimensions.0.Value.Fn::ImportValue, line 62: what another stack exports as \"zone-HostedZoneId\" is not in the template (give --import zone-HostedZoneId=VALUE)",
            "Resources.DNSSECKeySigningKeysNeedingActionAlarm.Properties.Dimensions.0.Value.Fn::ImportValue, line 82: what another stack exports as \"zone-HostedZoneId\" is not in the template (give --import zone-HostedZoneId=VALUE)",
        ],
    ),
];

#[test]
fn each_loads_or_fails_for_the_right_reason() {
    let Some(folder) = data("templates") else { return };
    let mut files = files_below(&folder);
    files.retain(|file| !file.contains("LICENSE"));
    assert_eq!(files, ROWS.iter().map(|row| row.file).collect::<Vec<_>>(), "the table lists the folder");
    for Row { file, parameters, expected } in ROWS {
        match (read(&folder, file, parameters), expected) {
            (Ok(stack), Ok(expected)) => assert_eq!(contents(&stack), *expected, "{file}"),
            (Err(errors), Err(expected)) => {
                assert_eq!(errors.len(), expected.len(), "{file}: {errors:#?}");
                for (error, expected) in errors.iter().zip(*expected) {
                    assert!(error.starts_with(expected), "{file}: {error}");
                }
            }
            (outcome, _) => panic!("{file}: {outcome:#?}"),
        }
    }
}

fn read(folder: &Path, file: &str, parameters: &str) -> Result<Stack, Vec<String>> {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let mut environment = environment(parameters);
    for (name, value) in
        [("alerts-TopicARN", "arn:aws:sns:us-east-1:123456789012:alerts"), ("cluster-Cluster", "c")]
    {
        environment.imports.insert(name.into(), value.into());
    }
    Stack::read(&text, &environment)
        .map_err(|errors| errors.as_slice().iter().map(ToString::to_string).collect())
}

#[test]
fn json_and_yaml_of_one_template_make_the_same() {
    let Some(folder) = data("templates/aws-docs-cfn-reference-snippets") else { return };
    for (json, yaml, parameters) in [
        ("aws-resource-cloudwatch-alarm__2.json", "aws-resource-cloudwatch-alarm__3.yaml", ""),
        ("aws-resource-sqs-queue__2.json", "aws-resource-sqs-queue__3.yaml", ""),
        ("pseudo-parameter-reference__4.json", "pseudo-parameter-reference__5.yaml", ""),
        (
            "quickref-cloudwatchlogs__0.json",
            "quickref-cloudwatchlogs__1.yaml",
            "KeyName=k OperatorEmail=a@example.com",
        ),
        (
            "quickref-cloudwatchlogs__2.json",
            "quickref-cloudwatchlogs__3.yaml",
            "KeyPair=k OperatorEmail=a@example.com",
        ),
    ] {
        let [json, yaml] = [json, yaml].map(|file| {
            let mut resources = read(&folder, file, parameters).unwrap().resources;
            resources.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
            resources.iter().map(normal).collect::<Vec<_>>()
        });
        assert_eq!(json, yaml);
    }
}

#[test]
fn the_published_opsgenie_template_pages_and_never_closes() {
    let Some(folder) = data("templates/opsgenie-integration") else { return };
    let file = "cloudtrail_CloudWatch_Alarms_for_CloudTrail_API_Activity_OpsGenie.json";
    let stack = read(&folder, file, "Endpoint=https://pager.example/hook?apiKey=none").unwrap();
    let arns = |kind| stack.of_kind(kind).map(|it: &Resource| it.arn.clone().unwrap()).collect::<Vec<_>>();
    let topic = arns(ResourceKind::Topic).concat();
    assert!(
        topic.starts_with("arn:aws:sns:us-east-1:123456789012:trailbell-AlarmNotificationTopic-"),
        "{topic}"
    );
    let metric = |it: &Resource, key: &str| it.properties[key].as_str().unwrap().to_owned();
    let watched: Vec<_> =
        stack.of_kind(ResourceKind::Alarm).map(|alarm| metric(alarm, "MetricName")).collect();
    let fed: Vec<_> = stack
        .of_kind(ResourceKind::MetricFilter)
        .map(|filter| {
            filter.properties["MetricTransformations"][0]["MetricName"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(watched, fed);
    for alarm in stack.of_kind(ResourceKind::Alarm) {
        assert_eq!(alarm.properties["AlarmActions"], serde_json::json!([topic]));
        assert_eq!(
            alarm.arn,
            Some(format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{}", alarm.name))
        );
        assert!(alarm.name.starts_with("CloudTrail"), "{}", alarm.name);
    }
    let subscription = stack.of_kind(ResourceKind::Subscription).next().unwrap();
    assert_eq!(subscription.properties["TopicArn"].as_str(), Some(topic.as_str()));
    assert_eq!(subscription.properties["Endpoint"].as_str(), Some("https://pager.example/hook?apiKey=none"));

    let findings = check(&stack);
    let count = |rule: &str| findings.iter().filter(|finding| finding.rule == rule).count();
    assert_eq!((count("missing-data"), count("no-ok-action"), findings.len()), (10, 10, 20));
    assert!(findings.iter().all(|finding| finding.severity == Severity::Warning));
}
