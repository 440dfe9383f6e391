//! The resource types that the simulator plays.

use std::fmt;

/// A resource type that the simulator plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKind {
    /// `AWS::Logs::LogGroup`
    LogGroup,
    /// `AWS::Logs::MetricFilter`
    MetricFilter,
    /// `AWS::CloudWatch::Alarm`
    Alarm,
    /// `AWS::CloudWatch::CompositeAlarm`
    CompositeAlarm,
    /// `AWS::SNS::Topic`
    Topic,
    /// `AWS::SNS::TopicPolicy`
    TopicPolicy,
    /// `AWS::SNS::Subscription`
    Subscription,
}

impl ResourceKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::LogGroup,
        Self::MetricFilter,
        Self::Alarm,
        Self::CompositeAlarm,
        Self::Topic,
        Self::TopicPolicy,
        Self::Subscription,
    ];

    /// The kind of a CloudFormation type, if the simulator plays it.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// CloudFormation's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LogGroup => "AWS::Logs::LogGroup",
            Self::MetricFilter => "AWS::Logs::MetricFilter",
            Self::Alarm => "AWS::CloudWatch::Alarm",
            Self::CompositeAlarm => "AWS::CloudWatch::CompositeAlarm",
            Self::Topic => "AWS::SNS::Topic",
            Self::TopicPolicy => "AWS::SNS::TopicPolicy",
            Self::Subscription => "AWS::SNS::Subscription",
        }
    }

    /// The property that holds the resource's name.
    #[must_use]
    pub fn name_property(self) -> Option<&'static str> {
        match self {
            Self::LogGroup => Some("LogGroupName"),
            Self::MetricFilter => Some("FilterName"),
            Self::Alarm | Self::CompositeAlarm => Some("AlarmName"),
            Self::Topic => Some("TopicName"),
            Self::TopicPolicy | Self::Subscription => None,
        }
    }

    /// Whether a property decides what happens, so that its value has to be known: patterns, numbers, choices. The
    /// others are names and addresses, which are as good when made up.
    pub(super) fn is_decisive(self, path: &[String]) -> bool {
        let Some(first) = path.first().map(String::as_str) else { return false };
        match self {
            Self::MetricFilter => match first {
                "MetricTransformations" => path
                    .last()
                    .is_some_and(|last| ["MetricValue", "DefaultValue", "Unit"].contains(&last.as_str())),
                "FilterName" | "LogGroupName" => false,
                _ => true,
            },
            Self::Alarm => match first {
                "Metrics" => path.last().is_some_and(|last| {
                    ["Id", "Expression", "Period", "Stat", "Unit", "ReturnData"].contains(&last.as_str())
                }),
                "AlarmName"
                | "AlarmDescription"
                | "AlarmActions"
                | "OKActions"
                | "InsufficientDataActions"
                | "Dimensions"
                | "MetricName"
                | "Namespace"
                | "Tags" => false,
                _ => true,
            },
            Self::CompositeAlarm => [
                "ActionsEnabled",
                "ActionsSuppressorWaitPeriod",
                "ActionsSuppressorExtensionPeriod",
                "AlarmRule",
            ]
            .contains(&first),
            Self::Subscription => {
                ["Protocol", "RawMessageDelivery", "FilterPolicy", "FilterPolicyScope", "DeliveryPolicy"]
                    .contains(&first)
            }
            Self::Topic => ["FifoTopic", "SignatureVersion", "ContentBasedDeduplication"].contains(&first),
            Self::LogGroup => ["LogGroupClass", "RetentionInDays"].contains(&first),
            Self::TopicPolicy => false,
        }
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
