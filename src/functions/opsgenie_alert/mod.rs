//! `opsgenie_alert`: the body of a create request that the pager takes, whatever went in.

mod cut;

use std::collections::BTreeMap;

use vrl::prelude::*;

use super::refusal;
use crate::opsgenie::limits::Bound;

const PRIORITIES: [&str; 5] = ["P1", "P2", "P3", "P4", "P5"];

/// The headline of an alert that has neither message nor alias.
const NO_HEADLINE: &str = "alert without a message";

/// Alerts without an alias cannot be told apart, nor closed.
const EMPTY_ALIAS: &str = "the alias is empty: nothing could close this alert";

/// Parameters and the fields that they become, in the order of `opsgenie::limits::TABLE`; `priority` has no length.
const FIELDS: [(&str, &str); 13] = [
    ("message", "message"),
    ("alias", "alias"),
    ("description", "description"),
    ("responders", "responders"),
    ("visible_to", "visibleTo"),
    ("actions", "actions"),
    ("tags", "tags"),
    ("details", "details"),
    ("entity", "entity"),
    ("source", "source"),
    ("user", "user"),
    ("note", "note"),
    ("priority", "priority"),
];

#[derive(Clone, Copy, Debug)]
pub(super) struct OpsgenieAlert;

impl Function for OpsgenieAlert {
    fn identifier(&self) -> &'static str {
        "opsgenie_alert"
    }

    fn summary(&self) -> &'static str {
        "build an alert within Opsgenie's limits"
    }

    fn usage(&self) -> &'static str {
        "Builds the body of a create request for Opsgenie or Jira Service Management, each field cut to what the pager \
         takes. `body` is the body, `cut` the names of the fields that were too long."
    }

    fn category(&self) -> &'static str {
        Category::Object.as_ref()
    }

    fn internal_failure_reasons(&self) -> &'static [&'static str] {
        &[
            "An argument is of another type than its parameter; the compiler tells where that can happen.",
            "The `alias` is empty. A constant one is refused with the program, and cannot fail otherwise.",
        ]
    }

    fn return_kind(&self) -> u16 {
        kind::OBJECT
    }

    fn return_rules(&self) -> &'static [&'static str] {
        &[
            "Characters are code points. A text that was cut ends with `…`.",
            "Lists keep their first members: 20 tags and 10 actions of 50 characters each, 50 responders.",
            "`details` have 8,000 characters in all, as JSON. Values that are no strings become JSON. If it is too much, \
             values are shortened, then left out; `DetailsCut` names them.",
            "A blank `message` is replaced by the alias: the pager refuses an alert without a headline.",
            "A `priority` other than P1 to P5 becomes P3 and counts as cut; a constant one is refused with the program.",
            "An argument that is null is left out.",
        ]
    }

    fn notices(&self) -> &'static [&'static str] {
        &["Give the alarm's ARN as the alias: only an alert whose alias is known can be closed."]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const TEXT: u16 = kind::BYTES | kind::NULL;
        const LIST: u16 = kind::ARRAY | kind::NULL;
        const PARAMETERS: &[Parameter] = &[
            Parameter::required("message", kind::BYTES, "The headline: 130 characters."),
            Parameter::required("alias", kind::BYTES, "What open alerts are told apart by: 512 characters."),
            Parameter::optional("description", TEXT, "15,000 characters."),
            Parameter::optional("responders", LIST, "Teams, users, escalations, schedules: 50.")
                .with_element_kind(kind::OBJECT),
            Parameter::optional("visible_to", LIST, "Teams and users who may see it: 50.")
                .with_element_kind(kind::OBJECT),
            Parameter::optional("actions", LIST, "10 of 50 characters each.").with_element_kind(kind::BYTES),
            Parameter::optional("tags", LIST, "20 of 50 characters each.").with_element_kind(kind::BYTES),
            Parameter::optional("details", kind::OBJECT | kind::NULL, "8,000 characters in all."),
            Parameter::optional("entity", TEXT, "512 characters."),
            Parameter::optional("source", TEXT, "100 characters."),
            Parameter::optional("user", TEXT, "100 characters."),
            Parameter::optional("note", TEXT, "25,000 characters."),
            Parameter::optional("priority", TEXT, "P1 to P5."),
        ];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[
            example! {
                title: "An alert for an alarm",
                source: indoc! {r#"
                    opsgenie_alert(
                        message: "ALARM: RootLogin",
                        alias: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:RootLogin",
                        description: null,
                        details: { "period": 300, "state": "ALARM" },
                        tags: ["account:123456789012"],
                        priority: "P1"
                    )
                "#},
                result: Ok(indoc! {r#"{
                    "body": {
                        "message": "ALARM: RootLogin",
                        "alias": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:RootLogin",
                        "details": {"period": "300", "state": "ALARM"},
                        "tags": ["account:123456789012"],
                        "priority": "P1"
                    },
                    "cut": []
                }"#}),
            },
            example! {
                title: "A tag that is too long",
                source: indoc! {r#"
                    opsgenie_alert("Disk", "disk", tags: ["a-tag-of-more-than-fifty-characters-is-cut-at-the-end-of-it"])
                "#},
                result: Ok(indoc! {r#"{
                    "body": {
                        "message": "Disk",
                        "alias": "disk",
                        "tags": ["a-tag-of-more-than-fifty-characters-is-cut-at-the…"]
                    },
                    "cut": ["tags"]
                }"#}),
            },
        ]
    }

    fn compile(
        &self,
        state: &TypeState,
        ctx: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        let given = FIELDS.into_iter().filter_map(|(keyword, field)| {
            let value = arguments.optional(keyword)?;
            Some(Argument { field, bound: cut::bound(field), value })
        });
        let arguments: Vec<Argument> = given.collect();
        let priority = arguments.iter().find(|argument| argument.field == "priority");
        let constant = priority.and_then(|priority| priority.value.resolve_constant(state));
        if let Some(constant) = constant.filter(|constant| !constant.is_null())
            && !is_priority(&constant)
        {
            return Err(refusal::at_call(ctx, &format!("{constant} is no priority: P1, P2, P3, P4 or P5")));
        }
        let alias = arguments.iter().find(|argument| argument.field == "alias");
        let alias = alias.and_then(|alias| alias.value.resolve_constant(state));
        if alias.as_ref().is_some_and(is_empty) {
            return Err(refusal::at_call(ctx, EMPTY_ALIAS));
        }
        Ok(OpsgenieAlertFn { arguments, alias_is_constant: alias.is_some() }.as_expr())
    }
}

fn is_empty(value: &Value) -> bool {
    value.to_str().is_some_and(str::is_empty)
}

fn is_priority(value: &Value) -> bool {
    value.to_str().is_some_and(|priority| PRIORITIES.contains(&priority))
}

/// One field of the alert.
#[derive(Clone, Debug)]
struct Argument {
    field: &'static str,
    bound: Option<Bound>,
    value: Box<dyn Expression>,
}

impl Argument {
    /// The field's value within its limit, and whether it was beyond.
    fn within(&self, value: Value) -> Result<(Value, bool), ValueError> {
        Ok(match self.bound {
            Some(Bound::Text(limit)) => {
                let (text, cut) = cut::text(text(&value)?, limit);
                (text.into(), cut)
            }
            Some(Bound::Texts { items, each }) => {
                let texts: Result<Vec<String>, _> = value.try_array()?.iter().map(text).collect();
                let (texts, cut) = cut::texts(texts?, items, each);
                (texts.into(), cut)
            }
            Some(Bound::Recipients(items)) => {
                let recipients: Result<Vec<_>, _> =
                    value.try_array()?.into_iter().map(Value::try_object).collect();
                let mut recipients = recipients?;
                let cut = recipients.len() > items;
                recipients.truncate(items);
                (recipients.into(), cut)
            }
            Some(Bound::Map(limit)) => {
                let (map, cut) = cut::map(value.try_object()?, limit);
                (map.into(), cut)
            }
            None if is_priority(&value) => (value, false),
            None => {
                text(&value)?;
                (Value::from_static_str("P3"), true)
            }
        })
    }

    fn kind(&self) -> Kind {
        match self.bound {
            Some(Bound::Text(_)) | None => Kind::bytes(),
            Some(Bound::Texts { .. }) => Kind::array(Collection::from_unknown(Kind::bytes())),
            Some(Bound::Recipients(_)) => Kind::array(Collection::from_unknown(Kind::any_object())),
            Some(Bound::Map(_)) => Kind::object(Collection::from_unknown(Kind::bytes())),
        }
    }
}

fn text(value: &Value) -> Result<String, ValueError> {
    Ok(value.try_bytes_utf8_lossy()?.into_owned())
}

#[derive(Clone, Debug)]
struct OpsgenieAlertFn {
    arguments: Vec<Argument>,
    /// It is known not to be empty then.
    alias_is_constant: bool,
}

impl FunctionExpression for OpsgenieAlertFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let mut body = ObjectMap::new();
        let mut cut = Vec::new();
        for argument in &self.arguments {
            let value = argument.value.resolve(ctx)?;
            if value.is_null() && argument.field != "message" && argument.field != "alias" {
                continue;
            }
            if argument.field == "alias" && is_empty(&value) {
                return Err(EMPTY_ALIAS.into());
            }
            let (value, was_cut) = argument.within(value)?;
            if was_cut {
                cut.push(Value::from_static_str(argument.field));
            }
            body.insert(argument.field.into(), value);
        }
        headline(&mut body);
        Ok(Value::Object(ObjectMap::from([("body".into(), body.into()), ("cut".into(), cut.into())])))
    }

    fn type_def(&self, state: &TypeState) -> TypeDef {
        let mut body = BTreeMap::new();
        for argument in &self.arguments {
            let given = argument.value.type_def(state);
            let may_be_left_out = given.contains_null() || given.contains_undefined();
            if given.is_null() {
                continue;
            }
            let kind = argument.kind();
            body.insert(argument.field.into(), if may_be_left_out { kind.or_undefined() } else { kind });
        }
        let cut = Kind::array(Collection::from_unknown(Kind::bytes()));
        TypeDef::object(BTreeMap::from([("body".into(), Kind::object(body)), ("cut".into(), cut)]))
            .maybe_fallible(!self.alias_is_constant)
    }
}

/// Replaces a message that says nothing.
fn headline(body: &mut ObjectMap) {
    let says = |field: &str| {
        let text = body.get(field).and_then(Value::to_str).unwrap_or_default();
        !text.trim().is_empty() && text != "-" && text != "null"
    };
    if says("message") {
        return;
    }
    let headline = match body.get("alias").and_then(Value::to_str).filter(|_| says("alias")) {
        Some(alias) => alias.chars().take(crate::opsgenie::limits::MESSAGE).collect(),
        None => NO_HEADLINE.to_owned(),
    };
    body.insert("message".into(), headline.into());
}
