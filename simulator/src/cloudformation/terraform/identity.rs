//! Names and ARNs of planned resources.

use serde_json::Value;

use super::super::kind::ResourceKind;
use super::plan::Planned;
use super::reference::Follower;

impl Follower<'_> {
    /// A resource's name: as planned, or made up as the provider does.
    pub(super) fn name(&self, planned: &Planned, kind: ResourceKind) -> String {
        let text =
            |key: &str| planned.values.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(name) = text("alarm_name").or(text("name")) {
            return name.to_owned();
        }
        if kind.name_property().is_none() {
            return planned.address.clone();
        }
        let prefix = text("name_prefix").unwrap_or("terraform-");
        format!("{prefix}{}", self.environment.digits(&planned.address))
    }

    /// A resource's ARN: as planned, or made up. Log groups have none of the provider's short form here.
    pub(super) fn arn(&self, planned: &Planned, kind: ResourceKind) -> Option<String> {
        let known = planned.values.get("arn").and_then(Value::as_str);
        let is_own = !matches!(kind, ResourceKind::MetricFilter | ResourceKind::TopicPolicy);
        if let (Some(arn), true) = (known, is_own) {
            return Some(arn.to_owned());
        }
        let name = self.name(planned, kind);
        match kind {
            ResourceKind::Alarm | ResourceKind::CompositeAlarm => {
                Some(self.environment.arn("cloudwatch", &format!("alarm:{name}")))
            }
            ResourceKind::LogGroup => Some(self.environment.arn("logs", &format!("log-group:{name}"))),
            ResourceKind::Topic => Some(self.environment.arn("sns", &name)),
            ResourceKind::Subscription => {
                let topic = planned.values.get("topic_arn").and_then(Value::as_str).map(str::to_owned);
                let found = || self.text(planned, "topic_arn").ok()?.value.as_str().map(str::to_owned);
                Some(format!("{}:{}", topic.or_else(found)?, self.environment.uuid(&planned.address)))
            }
            ResourceKind::MetricFilter | ResourceKind::TopicPolicy => None,
        }
    }
}
