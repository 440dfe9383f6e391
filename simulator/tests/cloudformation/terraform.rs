//! A plan with what makes plans hard: modules, `for_each`, values known only after `apply`.
//!
//! `plan.json` is written by hand in the form of `terraform show -json` of Terraform 1.11; how it lists references
//! and unknown values was compared with real plans of its built-in provider.

use serde_json::{Value, json};
use trailbell_sim::cloudformation::check::check;
use trailbell_sim::cloudformation::{Environment, Resource, ResourceKind, Stack};

use super::support::contents;

const PLAN: &str = include_str!("plan.json");

fn environment() -> Environment {
    Environment { region: "eu-west-1".into(), ..Environment::default() }
}

fn stack() -> Stack {
    Stack::read(PLAN, &environment()).unwrap()
}

fn by_address<'a>(stack: &'a Stack, address: &str) -> &'a Resource {
    stack.resources.iter().find(|resource| resource.logical_id == address).unwrap()
}

#[test]
fn resources_have_cloudformations_properties() {
    let stack = stack();
    assert_eq!(
        contents(&stack),
        "2 filter, 4 alarm, 1 composite, 3 topic, 2 subscription, 1 policy, 1 group, 1 aside"
    );
    assert_eq!(stack.left_aside[0].logical_id, "aws_sqs_queue.audit");
    let mut settings = insta::Settings::clone_current();
    // Other crates of a build may have serde_json keep the order of keys.
    settings.set_sort_maps(true);
    let _guard = settings.bind_to_scope();
    insta::assert_json_snapshot!(stack.resources.iter().map(|it| json!({
        "logical_id": it.logical_id, "kind": it.kind.as_str(), "name": it.name, "arn": it.arn,
        "physical_id": it.physical_id, "properties": it.properties,
        "known_later": it.known_later.iter().map(|it| format!("{} <- {}", it.property, it.origin)).collect::<Vec<_>>(),
    })).collect::<Vec<_>>());
}

#[test]
fn values_known_after_apply_are_found_where_they_come_from() {
    let stack = stack();
    let topic = by_address(&stack, "aws_sns_topic.alarms").arn.clone().unwrap();
    assert!(topic.starts_with("arn:aws:sns:eu-west-1:123456789012:alarms-"), "{topic}");
    let property = |address: &str, name: &str| by_address(&stack, address).properties[name].clone();
    // Through a variable of the module, in each of its instances.
    for instance in ["RootUsage", "TrailChanges"] {
        let address = format!("module.alarm[\"{instance}\"].aws_cloudwatch_metric_alarm.this");
        assert_eq!(property(&address, "AlarmActions"), json!([topic]));
        assert_eq!(property(&address, "OKActions"), json!([topic]));
    }
    // Beside one that is known.
    let known = "arn:aws:sns:eu-west-1:123456789012:existing";
    assert_eq!(property("aws_cloudwatch_metric_alarm.ratio", "AlarmActions"), json!([known, topic]));
    // By the same key, and by another one.
    let regional = "aws_cloudwatch_metric_alarm.regional[\"a\"]";
    assert_eq!(property(regional, "AlarmActions"), json!(["arn:aws:sns:eu-west-1:123456789012:each-a"]));
    assert_eq!(property(regional, "OKActions"), json!(["arn:aws:sns:eu-west-1:123456789012:each-b"]));
    assert_eq!(property("aws_sns_topic_subscription.pager", "TopicArn"), json!(topic));
    assert_eq!(property("aws_sns_topic_policy.alarms", "Topics"), json!([topic]));
    let queue = by_address(&stack, "aws_sns_topic_subscription.queue");
    assert!(
        queue.properties["Endpoint"].as_str().unwrap().starts_with("arn:aws:sqs:eu-west-1:123456789012:")
    );
    assert_eq!(queue.known_later[0].origin, "aws_sqs_queue.audit.arn");
}

#[test]
fn a_plan_is_checked_like_a_template() {
    let findings = check(&stack());
    let of = |address: &str| {
        findings.iter().filter(|it| it.resource == address).map(|it| it.rule).collect::<Vec<_>>()
    };
    assert_eq!(of("module.alarm[\"RootUsage\"].aws_cloudwatch_metric_alarm.this"), Vec::<&str>::new());
    assert_eq!(of("aws_cloudwatch_composite_alarm.any"), ["no-alarm-action"]);
    assert!(of("aws_cloudwatch_metric_alarm.ratio").contains(&"no-ok-action"));
}

/// The plan with one thing changed.
fn changed(change: impl FnOnce(&mut Value)) -> Result<Stack, String> {
    let mut plan: Value = serde_json::from_str(PLAN).unwrap();
    change(&mut plan);
    Stack::read(&plan.to_string(), &environment()).map_err(|errors| errors.to_string())
}

fn planned<'a>(plan: &'a mut Value, address: &str) -> &'a mut Value {
    let resources = plan["planned_values"]["root_module"]["resources"].as_array_mut().unwrap();
    resources.iter_mut().find(|resource| resource["address"] == address).unwrap()
}

fn configured<'a>(plan: &'a mut Value, address: &str) -> &'a mut Value {
    let resources = plan["configuration"]["root_module"]["resources"].as_array_mut().unwrap();
    resources.iter_mut().find(|resource| resource["address"] == address).unwrap()
}

fn change<'a>(plan: &'a mut Value, address: &str) -> &'a mut Value {
    let changes = plan["resource_changes"].as_array_mut().unwrap();
    changes.iter_mut().find(|change| change["address"] == address).unwrap()
}

#[test]
fn what_cannot_be_found_is_an_error_where_it_decides() {
    let pager = "aws_sns_topic_subscription.pager";
    let error = changed(|plan| {
        configured(plan, pager)["expressions"]["topic_arn"] = json!({"references": ["local.topic"]});
    });
    assert_eq!(
        error.unwrap_err(),
        "aws_sns_topic_subscription.pager.topic_arn: depends on local.topic, which is known only after deployment, \
         and decides what happens here"
    );
    let rule = changed(|plan| {
        change(plan, "aws_cloudwatch_composite_alarm.any")["change"]["after_unknown"]["alarm_rule"] =
            json!(true);
    });
    assert!(
        rule.unwrap_err()
            .starts_with("aws_cloudwatch_composite_alarm.any.alarm_rule: depends on module.alarm")
    );
    // An address may be anything.
    let stack = changed(|plan| {
        planned(plan, pager)["values"]["endpoint"] = Value::Null;
        change(plan, pager)["change"]["after_unknown"]["endpoint"] = json!(true);
        configured(plan, pager)["expressions"]["endpoint"] =
            json!({"references": ["aws_lb.it.dns_name", "aws_lb.it"]});
    });
    let endpoint = by_address(&stack.unwrap(), pager).properties["Endpoint"].clone();
    assert_eq!(endpoint, json!("https://known-after-apply.invalid/"));
}

#[test]
fn values_of_a_wrong_form_are_refused() {
    let error = changed(|plan| {
        planned(plan, "aws_cloudwatch_metric_alarm.ratio")["values"]["threshold"] = json!([1]);
    });
    assert_eq!(
        error.unwrap_err(),
        "aws_cloudwatch_metric_alarm.ratio.threshold: has to be a number, a boolean or a text"
    );
    let error = changed(|plan| {
        planned(plan, "aws_sns_topic_subscription.pager")["values"]["filter_policy"] = json!("{");
    });
    assert!(error.unwrap_err().ends_with("filter_policy: has to be a text with JSON in it"));
}

#[test]
fn a_state_is_read_as_well() {
    let state = json!({"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {"resources": [{
        "address": "aws_cloudwatch_log_group.trail", "mode": "managed", "type": "aws_cloudwatch_log_group",
        "name": "trail", "values": {
            "arn": "arn:aws:logs:eu-west-1:210987654321:log-group:trail", "name": "trail", "retention_in_days": 0,
        },
    }]}}});
    let stack = Stack::read(&state.to_string(), &environment()).unwrap();
    let group = stack.of_kind(ResourceKind::LogGroup).next().unwrap();
    assert_eq!(group.arn.as_deref(), Some("arn:aws:logs:eu-west-1:210987654321:log-group:trail:*"));
    assert_eq!(Value::Object(group.properties.clone()), json!({"LogGroupName": "trail"}));
}

#[test]
fn what_is_no_plan_is_said_so() {
    for (text, expected) in [
        (
            "resource \"aws_sns_topic\" \"it\" {\n  name = \"it\"\n}\n",
            "this is Terraform's language; make a plan",
        ),
        (
            "{\"@level\":\"info\",\"@message\":\"Terraform 1.11.4\"}\n",
            "this is the log of `terraform plan -json`",
        ),
        ("{\"format_version\": \"1.2\"}", "a Terraform plan without values"),
        ("{\"resource\": {\"aws_sns_topic\": {}}}", "this is Terraform; make a plan"),
        ("{\"format_version\": \"1.2\", \"planned_values\": 5}", "not the form of `terraform show -json`"),
    ] {
        let error = Stack::read(text, &environment()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let environment = Environment { parameters: [("a".into(), "b".into())].into(), ..environment() };
    let error = Stack::read(PLAN, &environment).unwrap_err().to_string();
    assert_eq!(error, "a plan holds the values of its variables; give them to `terraform plan -var`");
}
