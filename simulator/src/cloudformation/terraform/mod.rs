//! Terraform plans and states as JSON (`terraform show -json`), mapped to the same resources.
//!
//! A plan says which values are known only after `apply`, mostly ARNs. Those of the resources that are played here
//! are made up as for a template, found by following the plan's `configuration`. Terraform's own language (HCL) is
//! not read: modules, functions and loops are Terraform's work, and the plan is their result.

mod attributes;
mod identity;
mod plan;
mod reference;

use serde_json::{Map, Value};

use super::environment::Environment;
use super::error::{Reason, TemplateError, TemplateErrors};
use super::kind::ResourceKind;
use super::stack::{KnownLater, LeftAside, Output, Resource, Stack};
use attributes::{Attribute, Form};
use plan::Planned;
use reference::{Follower, Found};

pub(super) use plan::Plan;

/// Attributes by which resources find each other: a made-up value would part them.
const LINKS: [&str; 4] = ["log_group_name", "metric_name", "namespace", "topic_arn"];
/// How blocks of Terraform's language begin.
const BLOCKS: [&str; 8] =
    ["data", "locals", "module", "output", "provider", "resource", "terraform", "variable"];

impl Plan {
    /// The plan or state in a text; nothing if it is neither.
    pub(super) fn recognise(text: &str) -> Result<Option<Self>, TemplateErrors> {
        let no_template =
            |text: &str| TemplateErrors::from(TemplateError::whole(Reason::NoTemplate(text.into())));
        if is_hcl(text) {
            return Err(no_template(
                "this is Terraform's language; make a plan, and give the output of `terraform show -json PLAN`",
            ));
        }
        let start = text.trim_start();
        if start.starts_with("{\"@level\"") {
            return Err(no_template(
                "this is the log of `terraform plan -json`; give the output of `terraform show -json PLAN`",
            ));
        }
        if !start.starts_with('{') || !text.contains("\"format_version\"") {
            return Ok(None);
        }
        let Ok(Value::Object(root)) = serde_json::from_str::<Value>(text) else { return Ok(None) };
        if !root.contains_key("format_version") || root.contains_key("Resources") {
            return Ok(None);
        }
        if !root.contains_key("planned_values") && !root.contains_key("values") {
            return Err(no_template(
                "a Terraform plan without values; give the output of `terraform show -json PLAN`",
            ));
        }
        let plan = serde_json::from_value(Value::Object(root)).map_err(|error| {
            TemplateError::whole(Reason::Form(format!("not the form of `terraform show -json`: {error}")))
        })?;
        Ok(Some(plan))
    }

    /// The resources of the plan.
    pub(super) fn into_stack(self, environment: &Environment) -> Result<Stack, TemplateErrors> {
        let planned = self.planned();
        let follower = Follower { plan: &self, planned: &planned, environment };
        let mut stack = Stack {
            resources: Vec::new(),
            left_aside: Vec::new(),
            not_created: Vec::new(),
            outputs: self
                .outputs()
                .map(|(logical_id, value)| Output { logical_id, value, export: None })
                .collect(),
            notes: Vec::new(),
        };
        let mut problems = Vec::new();
        if !environment.parameters.is_empty() {
            let reason = "a plan holds the values of its variables; give them to `terraform plan -var`";
            problems.push(TemplateError::whole(Reason::Refused(reason.into())));
        }
        for resource in &planned {
            match attributes::kind(&resource.kind) {
                Some(kind) => match resource_of_kind(resource, kind, &follower) {
                    Ok(resource) => stack.resources.push(resource),
                    Err(errors) => problems.extend(errors),
                },
                None => stack
                    .left_aside
                    .push(LeftAside { logical_id: resource.address.clone(), kind: resource.kind.clone() }),
            }
        }
        if problems.is_empty() { Ok(stack) } else { Err(TemplateErrors(problems)) }
    }
}

/// Whether a line begins a block as Terraform's language has them: `resource "aws_sns_topic" "alarms" {`.
fn is_hcl(text: &str) -> bool {
    text.lines().any(|line| {
        line.ends_with('{')
            && !line.contains(':')
            && line.split([' ', '{']).next().is_some_and(|word| BLOCKS.contains(&word))
    })
}

fn resource_of_kind(
    planned: &Planned,
    kind: ResourceKind,
    follower: &Follower<'_>,
) -> Result<Resource, Vec<TemplateError>> {
    let mut properties = Map::new();
    let mut known_later = Vec::new();
    let mut problems = Vec::new();
    for attribute in attributes::of(kind) {
        match value_of(planned, attribute, kind, follower) {
            Ok(None) => {}
            Ok(Some(found)) => {
                if let Some(origin) = found.origin {
                    known_later.push(KnownLater { property: attribute.property.into(), origin });
                }
                match attribute.form.convert(found.value) {
                    Ok(Some(value)) => {
                        properties.insert(attribute.property.into(), value);
                    }
                    Ok(None) => {}
                    Err(expected) => {
                        let place = format!("{}.{}", planned.address, attribute.name);
                        problems.push(TemplateError::at(
                            place,
                            None,
                            Reason::Form(format!("has to be {expected}")),
                        ));
                    }
                }
            }
            Err(reason) => {
                problems.push(TemplateError::at(
                    format!("{}.{}", planned.address, attribute.name),
                    None,
                    reason,
                ));
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    attributes::complete(kind, &planned.values, &mut properties);
    let name = follower.name(planned, kind);
    if let Some(property) = kind.name_property() {
        properties.insert(property.into(), Value::String(name.clone()));
    }
    let arn = follower.arn(planned, kind).map(|arn| {
        // The provider leaves out what CloudFormation and the API have.
        if kind == ResourceKind::LogGroup && !arn.ends_with(":*") { arn + ":*" } else { arn }
    });
    let physical_id = match kind {
        ResourceKind::Topic | ResourceKind::Subscription => arn.clone().unwrap_or_default(),
        _ => name.clone(),
    };
    Ok(Resource {
        logical_id: planned.address.clone(),
        kind,
        properties,
        physical_id,
        name,
        arn,
        known_later,
    })
}

/// An attribute's value: as planned, or found where it comes from.
fn value_of(
    planned: &Planned,
    attribute: &Attribute,
    kind: ResourceKind,
    follower: &Follower<'_>,
) -> Result<Option<Found>, Reason> {
    let value = planned.values.get(attribute.name).filter(|value| !value.is_null());
    let unknown = planned.unknown.get(attribute.name);
    if !unknown.is_some_and(plan::is_unknown) {
        return Ok(value.cloned().map(Found::known));
    }
    let names_resource = Some(attribute.property) == kind.name_property();
    if names_resource {
        return Ok(None);
    }
    if !follower.is_written(planned, attribute.name) && !LINKS.contains(&attribute.name) {
        // Whoever wrote the configuration left it to the provider.
        return Ok(None);
    }
    match attribute.form {
        // Its content does not matter: who may publish is not played.
        Form::Json if kind == ResourceKind::TopicPolicy => Ok(None),
        Form::Texts => follower.texts(planned, attribute.name, value).map(Some),
        Form::TopicList => follower.text(planned, attribute.name).map(Some),
        Form::Text if LINKS.contains(&attribute.name) => follower.text(planned, attribute.name).map(Some),
        Form::Text if !kind.is_decisive(&[attribute.property.to_owned()]) => {
            Ok(Some(follower.text_or_made_up(planned, attribute.name)))
        }
        _ => Err(Reason::KnownLater { origin: follower.origin(planned, attribute.name) }),
    }
}
