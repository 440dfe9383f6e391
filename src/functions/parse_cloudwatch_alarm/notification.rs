//! The text that CloudWatch publishes to a topic.

use super::alarm::{Actions, Alarm, Child, Contributor, Shape};
use super::members::Members;
use super::{NotAnAlarm, arn_parts, is_log_alarm, state, trigger};

pub(super) fn read(mut members: Members) -> Result<Alarm, NotAnAlarm> {
    if members.has("Message") && members.has("TopicArn") {
        return Err(NotAnAlarm::Envelope);
    }
    let name = members.filled("AlarmName").ok_or(NotAnAlarm::Missing("AlarmName"))?;
    let state = state(members.text("NewStateValue"), "NewStateValue")?;
    let changed_at = members.time("StateChangeTime").ok_or(NotAnAlarm::Time("StateChangeTime"))?;
    let arn = members.filled("AlarmArn");
    let (region, account) = arn_parts(arn.as_deref());
    let log = is_log_alarm(&members);
    let trigger =
        members.object("Trigger", |trigger| (is_log_alarm(trigger), trigger::of_notification(trigger)));
    let (log, trigger) = match trigger {
        Some((log_trigger, trigger)) => (log || log_trigger, Some(trigger)),
        None => (log, None),
    };
    let rule = members.filled("AlarmRule");
    let shape = match &trigger {
        _ if log => Shape::Log,
        _ if rule.is_some() => Shape::Composite,
        Some(trigger) => trigger::shape(trigger).unwrap_or(Shape::Unknown),
        None => Shape::Unknown,
    };
    let children = members.objects("TriggeringChildren", |child| {
        let arn = child.filled("Arn");
        let state = child.object("State", |state| (state.filled("Value"), state.time("Timestamp")));
        let (state, changed_at) = state.unwrap_or_default();
        Child { arn, state, changed_at }
    });
    let attributes = members.text_map("AlarmContributorAttributes");
    let contributor = members
        .filled("AlarmContributorId")
        .map(|id| Contributor { id, attributes: attributes.unwrap_or_default() });
    Ok(Alarm {
        shape,
        name,
        description: members.text("AlarmDescription"),
        account: members.filled("AWSAccountId").or(account),
        region,
        arn,
        region_name: members.filled("Region"),
        state,
        previous_state: members.filled("OldStateValue"),
        reason: members.text("NewStateReason"),
        reason_data: None,
        changed_at,
        configured_at: members.time("AlarmConfigurationUpdatedTimestamp"),
        after_mute_window: members.flag("ActionExecutedAfterMuteWindow"),
        actions: Actions {
            ok: members.texts("OKActions").unwrap_or_default(),
            alarm: members.texts("AlarmActions").unwrap_or_default(),
            insufficient_data: members.texts("InsufficientDataActions").unwrap_or_default(),
        },
        contributor,
        trigger,
        rule,
        children: children.unwrap_or_default(),
        extra: members.rest(),
    })
}
