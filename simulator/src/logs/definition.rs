//! Log groups and metric filters as CloudFormation and the API name their properties.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::loose;

/// `AWS::Logs::LogGroup`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct LogGroup {
    /// 1 to 512 characters of `[.\-_/#A-Za-z0-9]`. CloudFormation makes one up where it is missing; here it has to
    /// be given.
    pub log_group_name: String,
    /// For how many days events are kept; for ever where it is missing.
    #[serde(default, deserialize_with = "loose::count")]
    pub retention_in_days: Option<u32>,
    /// Only groups of the standard class may have metric filters.
    #[serde(default)]
    pub log_group_class: LogGroupClass,
    /// Properties that mean nothing here, and are known all the same.
    #[serde(default, rename = "KmsKeyId")]
    _key: Unused,
    #[serde(default, rename = "DataProtectionPolicy")]
    _protection: Unused,
    #[serde(default, rename = "FieldIndexPolicies")]
    _indexes: Unused,
    #[serde(default, rename = "ResourcePolicyDocument")]
    _policy: Unused,
    #[serde(default, rename = "DeletionProtectionEnabled")]
    _deletion: Unused,
    #[serde(default, rename = "BearerTokenAuthenticationEnabled")]
    _bearer: Unused,
    #[serde(default, rename = "Tags")]
    _tags: Unused,
}

/// A property that is read and forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Unused;

impl<'de> Deserialize<'de> for Unused {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|IgnoredAny| Self)
    }
}

impl LogGroup {
    /// A group of this name that keeps its events for ever.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            log_group_name: name.to_owned(),
            retention_in_days: None,
            log_group_class: LogGroupClass::Standard,
            _key: Unused,
            _protection: Unused,
            _indexes: Unused,
            _policy: Unused,
            _deletion: Unused,
            _bearer: Unused,
            _tags: Unused,
        }
    }
}

/// The class of a log group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LogGroupClass {
    /// All features.
    #[default]
    Standard,
    /// Without metric filters.
    InfrequentAccess,
    /// For delivery elsewhere only.
    Delivery,
}

/// A metric filter: `AWS::Logs::MetricFilter`, and `PutMetricFilter` with capitals.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricFilter {
    /// 1 to 512 characters without `:` and `*`. One is made up where it is missing, as CloudFormation does.
    #[serde(default)]
    pub filter_name: Option<String>,
    /// At most 1024 characters; the empty pattern matches every event.
    #[serde(deserialize_with = "loose::text")]
    pub filter_pattern: String,
    /// The group whose events are looked at.
    #[serde(deserialize_with = "loose::text")]
    pub log_group_name: String,
    /// What a matching event is turned into: exactly one.
    pub metric_transformations: Vec<MetricTransformation>,
    /// Whether the filter looks at events as a transformer of the group leaves them. There are no transformers here,
    /// and without one such a filter publishes nothing (recorded).
    #[serde(default, deserialize_with = "loose::flag")]
    pub apply_on_transformed_logs: bool,
    /// Dimensions that say where an event is from: `@aws.account`, `@aws.region`, `@source.log`.
    #[serde(default)]
    pub emit_system_field_dimensions: Vec<String>,
    /// Which events are looked at by where they are from: `@aws.account = "123456789012"`.
    #[serde(default)]
    pub field_selection_criteria: Option<String>,
}

/// What a matching event is turned into.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricTransformation {
    /// At most 255 characters without `:`, `*` and `$`.
    #[serde(deserialize_with = "loose::text")]
    pub metric_name: String,
    /// At most 255 characters without `:`, `*` and `$`.
    #[serde(deserialize_with = "loose::text")]
    pub metric_namespace: String,
    /// A number, or where the number stands in the event: `$.latency`, `$bytes`.
    #[serde(deserialize_with = "loose::text")]
    pub metric_value: String,
    /// What an event that does not match counts.
    #[serde(default, deserialize_with = "loose::number")]
    pub default_value: Option<f64>,
    /// At most three: names, and where their values stand in the event.
    #[serde(default, deserialize_with = "dimensions")]
    pub dimensions: Vec<DimensionSelector>,
    /// CloudWatch's unit; `None` where it is missing.
    #[serde(default)]
    pub unit: Option<String>,
}

/// A dimension of a metric filter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DimensionSelector {
    /// The dimension's name.
    pub key: String,
    /// Where its value stands in the event: `$.region`, `$host`.
    pub value: String,
}

/// CloudFormation has a list of keys and values, the API a map.
fn dimensions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<DimensionSelector>, D::Error> {
    struct Dimensions;

    impl<'de> Visitor<'de> for Dimensions {
        type Value = Vec<DimensionSelector>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of Key and Value, or a map")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(item) = items.next_element()? {
                all.push(item);
            }
            Ok(all)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some((key, value)) = map.next_entry()? {
                all.push(DimensionSelector { key, value });
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(Dimensions)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn filter(text: &str) -> Result<MetricFilter, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_filter_is_read_from_cloudformations_properties() {
        let filter = filter(
            r#"{"FilterName":"f","LogGroupName":"g","FilterPattern":"","ApplyOnTransformedLogs":"true",
                "MetricTransformations":[{"MetricName":"m","MetricNamespace":"n","MetricValue":1,"DefaultValue":"0",
                "Unit":"Count","Dimensions":[{"Key":"a","Value":"$.a"}]}]}"#,
        )
        .unwrap();
        let transformation = &filter.metric_transformations[0];
        assert!(filter.apply_on_transformed_logs);
        assert_eq!((transformation.metric_value.as_str(), transformation.default_value), ("1", Some(0.0)));
        assert_eq!(transformation.dimensions, [DimensionSelector { key: "a".into(), value: "$.a".into() }]);
    }

    #[test]
    fn the_apis_map_of_dimensions_is_read_too() {
        let transformation: MetricTransformation = serde_json::from_str(
            r#"{"MetricName":"m","MetricNamespace":"n","MetricValue":"$.v","Dimensions":{"b":"$.b","a":"$.a"}}"#,
        )
        .unwrap();
        assert_eq!(
            transformation.dimensions.iter().map(|dimension| &dimension.key).collect::<Vec<_>>(),
            ["b", "a"]
        );
    }

    #[test]
    fn unknown_and_missing_keys_and_wrong_types_are_told() {
        let told = |text: &str| filter(text).unwrap_err();
        assert!(told(r#"{"FilterName":"f","Colour":"red"}"#).contains("unknown field `Colour`"));
        assert!(
            told(r#"{"FilterName":"f","LogGroupName":"g","FilterPattern":""}"#)
                .contains("MetricTransformations")
        );
        let flag = r#"{"LogGroupName":"g","FilterPattern":"","MetricTransformations":[],"ApplyOnTransformedLogs":"maybe"}"#;
        assert!(told(flag).contains("\"maybe\" is neither true nor false"));
        for number in ["\"many\"", "\"inf\"", "[]"] {
            let text = format!(
                r#"{{"MetricName":"m","MetricNamespace":"n","MetricValue":"1","DefaultValue":{number}}}"#
            );
            assert!(serde_json::from_str::<MetricTransformation>(&text).is_err(), "{number}");
        }
    }

    #[test]
    fn a_group_is_read_with_properties_that_mean_nothing_here() {
        let group: LogGroup = serde_json::from_str(
            r#"{"LogGroupName":"g","RetentionInDays":"14","KmsKeyId":"k","Tags":[],"LogGroupClass":"INFREQUENT_ACCESS"}"#,
        )
        .unwrap();
        assert_eq!(group.retention_in_days, Some(14));
        assert_eq!(group.log_group_class, LogGroupClass::InfrequentAccess);
        let error = serde_json::from_str::<LogGroup>(r#"{"LogGroupName":"g","Retention":1}"#).unwrap_err();
        assert!(error.to_string().contains("unknown field `Retention`"), "{error}");
    }
}
