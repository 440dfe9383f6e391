//! Terraform's attributes and CloudFormation's properties.

use serde_json::{Map, Value, json};

use super::super::kind::ResourceKind;

/// An attribute of a Terraform resource.
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) property: &'static str,
    pub(super) form: Form,
}

/// How a value changes on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A text; an empty one is none.
    Text,
    /// A text that may be empty.
    Pattern,
    /// A number or boolean, left as it is.
    Plain,
    /// A list of texts; an empty one is none.
    Texts,
    /// An ARN that becomes a list of one.
    TopicList,
    /// A map that becomes a list of `Name` and `Value`.
    Dimensions,
    /// A text with JSON in it.
    Json,
}

const fn text(name: &'static str, property: &'static str) -> Attribute {
    Attribute { name, property, form: Form::Text }
}

const fn plain(name: &'static str, property: &'static str) -> Attribute {
    Attribute { name, property, form: Form::Plain }
}

const fn texts(name: &'static str, property: &'static str) -> Attribute {
    Attribute { name, property, form: Form::Texts }
}

const fn json_text(name: &'static str, property: &'static str) -> Attribute {
    Attribute { name, property, form: Form::Json }
}

const METRIC_FILTER: &[Attribute] = &[
    text("name", "FilterName"),
    Attribute { name: "pattern", property: "FilterPattern", form: Form::Pattern },
    text("log_group_name", "LogGroupName"),
    plain("apply_on_transformed_logs", "ApplyOnTransformedLogs"),
];
const ALARM: &[Attribute] = &[
    text("alarm_name", "AlarmName"),
    text("alarm_description", "AlarmDescription"),
    plain("actions_enabled", "ActionsEnabled"),
    texts("alarm_actions", "AlarmActions"),
    texts("ok_actions", "OKActions"),
    texts("insufficient_data_actions", "InsufficientDataActions"),
    text("comparison_operator", "ComparisonOperator"),
    plain("evaluation_periods", "EvaluationPeriods"),
    plain("datapoints_to_alarm", "DatapointsToAlarm"),
    text("namespace", "Namespace"),
    text("metric_name", "MetricName"),
    Attribute { name: "dimensions", property: "Dimensions", form: Form::Dimensions },
    plain("period", "Period"),
    text("statistic", "Statistic"),
    text("extended_statistic", "ExtendedStatistic"),
    plain("threshold", "Threshold"),
    text("threshold_metric_id", "ThresholdMetricId"),
    text("treat_missing_data", "TreatMissingData"),
    text("evaluate_low_sample_count_percentiles", "EvaluateLowSampleCountPercentile"),
    text("unit", "Unit"),
];
const COMPOSITE_ALARM: &[Attribute] = &[
    text("alarm_name", "AlarmName"),
    text("alarm_description", "AlarmDescription"),
    text("alarm_rule", "AlarmRule"),
    plain("actions_enabled", "ActionsEnabled"),
    texts("alarm_actions", "AlarmActions"),
    texts("ok_actions", "OKActions"),
    texts("insufficient_data_actions", "InsufficientDataActions"),
];
const TOPIC: &[Attribute] = &[
    text("name", "TopicName"),
    text("display_name", "DisplayName"),
    plain("fifo_topic", "FifoTopic"),
    plain("content_based_deduplication", "ContentBasedDeduplication"),
    text("kms_master_key_id", "KmsMasterKeyId"),
    plain("signature_version", "SignatureVersion"),
    text("tracing_config", "TracingConfig"),
];
const TOPIC_POLICY: &[Attribute] = &[
    Attribute { name: "arn", property: "Topics", form: Form::TopicList },
    json_text("policy", "PolicyDocument"),
];
const SUBSCRIPTION: &[Attribute] = &[
    text("topic_arn", "TopicArn"),
    text("protocol", "Protocol"),
    text("endpoint", "Endpoint"),
    plain("raw_message_delivery", "RawMessageDelivery"),
    json_text("delivery_policy", "DeliveryPolicy"),
    json_text("filter_policy", "FilterPolicy"),
    text("filter_policy_scope", "FilterPolicyScope"),
    json_text("redrive_policy", "RedrivePolicy"),
    text("subscription_role_arn", "SubscriptionRoleArn"),
];
const LOG_GROUP: &[Attribute] = &[
    text("name", "LogGroupName"),
    plain("retention_in_days", "RetentionInDays"),
    text("kms_key_id", "KmsKeyId"),
    text("log_group_class", "LogGroupClass"),
];

/// The kind of a Terraform type, if the simulator plays it.
pub(super) fn kind(name: &str) -> Option<ResourceKind> {
    Some(match name {
        "aws_cloudwatch_log_metric_filter" => ResourceKind::MetricFilter,
        "aws_cloudwatch_metric_alarm" => ResourceKind::Alarm,
        "aws_cloudwatch_composite_alarm" => ResourceKind::CompositeAlarm,
        "aws_sns_topic" => ResourceKind::Topic,
        "aws_sns_topic_subscription" => ResourceKind::Subscription,
        "aws_sns_topic_policy" => ResourceKind::TopicPolicy,
        "aws_cloudwatch_log_group" => ResourceKind::LogGroup,
        _ => return None,
    })
}

/// The attributes that are used of a kind.
pub(super) fn of(kind: ResourceKind) -> &'static [Attribute] {
    match kind {
        ResourceKind::MetricFilter => METRIC_FILTER,
        ResourceKind::Alarm => ALARM,
        ResourceKind::CompositeAlarm => COMPOSITE_ALARM,
        ResourceKind::Topic => TOPIC,
        ResourceKind::TopicPolicy => TOPIC_POLICY,
        ResourceKind::Subscription => SUBSCRIPTION,
        ResourceKind::LogGroup => LOG_GROUP,
    }
}

impl Form {
    /// The property's value; nothing where the attribute says as much.
    ///
    /// # Errors
    /// What was expected.
    pub(super) fn convert(self, value: Value) -> Result<Option<Value>, &'static str> {
        Ok(match (self, value) {
            (Self::Text | Self::TopicList, Value::String(text)) if text.is_empty() => None,
            (Self::Text | Self::Pattern, value @ Value::String(_)) => Some(value),
            (Self::Plain, value @ (Value::Bool(_) | Value::Number(_) | Value::String(_))) => Some(value),
            (Self::Texts, Value::Array(items)) if items.is_empty() => None,
            (Self::Texts, Value::Array(items)) => Some(Value::Array(items)),
            (Self::TopicList, value @ Value::String(_)) => Some(json!([value])),
            (Self::Dimensions, Value::Object(map)) => Some(pairs(&map, "Name"))
                .filter(|pairs| pairs.as_array().is_some_and(|pairs| !pairs.is_empty())),
            (Self::Json, Value::String(text)) if text.is_empty() => None,
            (Self::Json, Value::String(text)) => {
                Some(serde_json::from_str(&text).map_err(|_| "a text with JSON in it")?)
            }
            (Self::Text | Self::Pattern | Self::TopicList, _) => return Err("a text"),
            (Self::Plain, _) => return Err("a number, a boolean or a text"),
            (Self::Texts, _) => return Err("a list of texts"),
            (Self::Dimensions, _) => return Err("a map"),
            (Self::Json, _) => return Err("a text with JSON in it"),
        })
    }
}

/// `{a: b}` as CloudFormation lists it.
fn pairs(map: &Map<String, Value>, key_name: &str) -> Value {
    map.iter().map(|(key, value)| json!({key_name: key, "Value": value})).collect()
}

/// What is nested in Terraform: a filter's transformation, an alarm's queries, a composite's suppressor.
pub(super) fn complete(kind: ResourceKind, values: &Map<String, Value>, properties: &mut Map<String, Value>) {
    let blocks = |name: &str| values.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    match kind {
        ResourceKind::MetricFilter => {
            let transformations: Vec<_> =
                blocks("metric_transformation").iter().map(transformation).collect();
            properties.insert("MetricTransformations".into(), transformations.into());
        }
        ResourceKind::Alarm => {
            let queries: Vec<_> = blocks("metric_query").iter().map(query).collect();
            if !queries.is_empty() {
                properties.insert("Metrics".into(), queries.into());
                // The provider fills in a single metric's period with 0.
                properties.remove("Period");
            }
        }
        ResourceKind::CompositeAlarm => {
            for suppressor in blocks("actions_suppressor") {
                let given = rename(
                    &suppressor,
                    &[
                        ("alarm", "ActionsSuppressor"),
                        ("wait_period", "ActionsSuppressorWaitPeriod"),
                        ("extension_period", "ActionsSuppressorExtensionPeriod"),
                    ],
                );
                properties.extend(given);
            }
        }
        ResourceKind::LogGroup => {
            // 0 is Terraform's word for "never expires".
            if properties.get("RetentionInDays").and_then(Value::as_i64) == Some(0) {
                properties.remove("RetentionInDays");
            }
        }
        ResourceKind::Topic | ResourceKind::TopicPolicy | ResourceKind::Subscription => {}
    }
}

fn transformation(block: &Value) -> Value {
    let mut transformation = rename(
        block,
        &[
            ("name", "MetricName"),
            ("namespace", "MetricNamespace"),
            ("value", "MetricValue"),
            ("default_value", "DefaultValue"),
            ("unit", "Unit"),
        ],
    );
    if let Some(dimensions) = block.get("dimensions").and_then(Value::as_object).filter(|map| !map.is_empty())
    {
        transformation.insert("Dimensions".into(), pairs(dimensions, "Key"));
    }
    Value::Object(transformation)
}

fn query(block: &Value) -> Value {
    let mut query = rename(
        block,
        &[
            ("id", "Id"),
            ("account_id", "AccountId"),
            ("expression", "Expression"),
            ("label", "Label"),
            ("period", "Period"),
            ("return_data", "ReturnData"),
        ],
    );
    // The provider always says it; AWS's own default is true.
    query.entry("ReturnData").or_insert(Value::Bool(false));
    if let Some(metric) = block.get("metric").and_then(Value::as_array).and_then(|blocks| blocks.first()) {
        let mut named = rename(metric, &[("metric_name", "MetricName"), ("namespace", "Namespace")]);
        if let Some(dimensions) =
            metric.get("dimensions").and_then(Value::as_object).filter(|map| !map.is_empty())
        {
            named.insert("Dimensions".into(), pairs(dimensions, "Name"));
        }
        let mut stat = rename(metric, &[("period", "Period"), ("stat", "Stat"), ("unit", "Unit")]);
        stat.insert("Metric".into(), Value::Object(named));
        query.insert("MetricStat".into(), Value::Object(stat));
    }
    Value::Object(query)
}

/// The entries of a block under other names, without those that are not set.
fn rename(block: &Value, names: &[(&str, &str)]) -> Map<String, Value> {
    let set = |value: &&Value| !value.is_null() && value.as_str() != Some("");
    let entry = |(name, property): &(&str, &str)| {
        Some(((*property).to_owned(), block.get(name).filter(set)?.clone()))
    };
    names.iter().filter_map(entry).collect()
}
