//! EventBridge's event of the same change of state.

use vrl::value::ObjectMap;

use super::alarm::{Actions, Alarm, Child, Contributor, Shape};
use super::measured::Trigger;
use super::members::Members;
use super::{NotAnAlarm, arn_parts, is_log_alarm, state, trigger};

const STATE_CHANGES: [&str; 2] =
    ["CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"];

pub(super) fn read(mut event: Members) -> Result<Alarm, NotAnAlarm> {
    let detail_type = event.text("detail-type").unwrap_or_default();
    if event.text("source").as_deref() != Some("aws.cloudwatch")
        || !STATE_CHANGES.contains(&detail_type.as_str())
    {
        return Err(NotAnAlarm::Event(detail_type));
    }
    let arn = event.texts("resources").and_then(|resources| resources.into_iter().next());
    let (arn_region, arn_account) = arn_parts(arn.as_deref());
    let account = event.filled("account").or(arn_account);
    let region = event.filled("region").or(arn_region);
    let time = event.time("time");
    let alarm = event.object("detail", |detail| -> Result<Alarm, NotAnAlarm> {
        let name = detail.filled("alarmName").ok_or(NotAnAlarm::Missing("detail.alarmName"))?;
        let current = detail.object("state", |current| {
            let state = state(current.text("value"), "detail.state.value")?;
            Ok((state, current.text("reason"), current.json_text("reasonData"), current.time("timestamp")))
        });
        let (state, reason, reason_data, changed_at) =
            current.ok_or(NotAnAlarm::Missing("detail.state"))??;
        let changed_at = changed_at.or(time).ok_or(NotAnAlarm::Time("detail.state.timestamp"))?;
        let previous_state = detail.object("previousState", |previous| previous.filled("value")).flatten();
        let attributes = |contributor: &mut Members| contributor.text_map("attributes").unwrap_or_default();
        let contributor = detail.object("alarmContributor", |contributor| {
            Some(Contributor { id: contributor.filled("id")?, attributes: attributes(contributor) })
        });
        let configuration = detail.object("configuration", |configuration| Configuration {
            log: is_log_alarm(configuration),
            description: configuration.text("description"),
            rule: configuration.filled("alarmRule"),
            trigger: trigger::of_event(configuration, reason_data.as_ref()),
        });
        let Configuration { log, description, rule, trigger } = configuration.unwrap_or_default();
        let shape = match &trigger {
            _ if log => Shape::Log,
            _ if rule.is_some() => Shape::Composite,
            Some(trigger) => trigger::shape(trigger).unwrap_or(Shape::Unknown),
            None => Shape::Unknown,
        };
        Ok(Alarm {
            shape,
            name,
            arn,
            description,
            account,
            region,
            region_name: None,
            state,
            previous_state,
            reason,
            children: children(reason_data.as_ref()),
            reason_data,
            changed_at,
            configured_at: None,
            after_mute_window: None,
            actions: Actions::default(),
            contributor: contributor.flatten(),
            trigger,
            rule,
            extra: ObjectMap::new(),
        })
    });
    let alarm = alarm.ok_or(NotAnAlarm::Missing("detail"))??;
    Ok(Alarm { extra: event.rest(), ..alarm })
}

#[derive(Default)]
struct Configuration {
    log: bool,
    description: Option<String>,
    rule: Option<String>,
    trigger: Option<Trigger>,
}

/// `triggeringAlarms` of a composite alarm's reason.
fn children(reason_data: Option<&ObjectMap>) -> Vec<Child> {
    let mut reason = Members::new(reason_data.cloned().unwrap_or_default());
    let children = reason.objects("triggeringAlarms", |child| {
        let arn = child.filled("arn");
        let state = child.object("state", |state| (state.filled("value"), state.time("timestamp")));
        let (state, changed_at) = state.unwrap_or_default();
        Child { arn, state, changed_at }
    });
    children.unwrap_or_default()
}
