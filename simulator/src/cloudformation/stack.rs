//! What a template makes.

use serde_json::{Map, Value};

use super::environment::Environment;
use super::error::{Reason, TemplateError, TemplateErrors};
use super::kind::ResourceKind;
use super::node::Node;
use super::parameters;
use super::path::{Path, Scope};
use super::resolved::Resolved;
use super::resolver::{Outcome, Reported, Resolver};
use super::template::{Declaration, Template};

/// The resources that a template creates, all functions in them done.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// The resources of the kinds that the simulator plays, in the template's order. A topic's inline subscriptions
    /// follow their topic as resources of their own.
    pub resources: Vec<Resource>,
    /// The resources of other types: they exist, but nothing is known of what they do.
    pub left_aside: Vec<LeftAside>,
    /// Logical ids of resources whose condition is false.
    pub not_created: Vec<String>,
    /// The outputs that are created.
    pub outputs: Vec<Output>,
    /// What was not checked or not followed, as sentences.
    pub notes: Vec<String>,
}

/// A resource of a kind that the simulator plays.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its name in the template; `Topic.Subscription.0` for an inline subscription, the address in a Terraform plan.
    pub logical_id: String,
    /// What it is.
    pub kind: ResourceKind,
    /// Its properties under CloudFormation's names. The property that names the resource is filled in where the
    /// template leaves the name to CloudFormation; a topic's `Subscription` is taken out.
    pub properties: Map<String, Value>,
    /// What `Ref` gives.
    pub physical_id: String,
    /// The resource's own name; for a subscription and a policy, what identifies it.
    pub name: String,
    /// Its ARN, if it has one. A log group's ends in `:*`.
    pub arn: Option<String>,
    /// Texts that AWS makes up at deployment, replaced by plausible ones.
    pub known_later: Vec<KnownLater>,
}

/// A text in a resource's properties that AWS makes up at deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLater {
    /// Where: `Dimensions.0.Value`.
    pub property: String,
    /// Whose value: `Queue.Arn`.
    pub origin: String,
}

/// A resource of another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAside {
    /// Its name in the template.
    pub logical_id: String,
    /// Its type.
    pub kind: String,
}

/// An output.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its name in the template.
    pub logical_id: String,
    /// Its value; nothing if it depends on something outside the template that was not given.
    pub value: Option<Value>,
    /// The name under which it is exported.
    pub export: Option<Value>,
}

impl Stack {
    /// The resources of one kind.
    pub fn of_kind(&self, kind: ResourceKind) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }

    pub(super) fn from_template(root: &Node, environment: &Environment) -> Result<Self, TemplateErrors> {
        let template = Template::new(root).map_err(TemplateErrors)?;
        mappings(&template).map_err(TemplateErrors)?;
        let settled = parameters::settle(&template.parameters, environment).map_err(TemplateErrors)?;
        let resolver = Resolver::new(&template, environment, &settled.values);
        resolver.decide_all();
        stop_at(resolver.take_problems())?;
        stop_at(resolver.check_references())?;
        let mut stack = Self {
            resources: Vec::new(),
            left_aside: Vec::new(),
            not_created: Vec::new(),
            outputs: resolver.outputs(),
            notes: settled.notes,
        };
        if template.has_rules {
            stack.notes.push("Rules: not checked".into());
        }
        let mut ignored: Vec<String> = vec!["Outputs.".into()];
        for declaration in &template.resources {
            if !resolver.is_created(declaration) {
                stack.not_created.push(declaration.logical_id.clone());
                continue;
            }
            let Some(kind) = ResourceKind::of(&declaration.kind) else {
                ignored.push(format!("Resources.{}.", declaration.logical_id));
                // For what is wrong in it: its values are of no use here.
                let _ = resolver.properties(declaration);
                let (logical_id, kind) = (declaration.logical_id.clone(), declaration.kind.clone());
                stack.left_aside.push(LeftAside { logical_id, kind });
                continue;
            };
            if let Ok(resources) = resolver.resource_of_kind(declaration, kind) {
                stack.resources.extend(resources);
            }
        }
        let mut problems = resolver.take_problems();
        // What cannot be known matters only where it is used.
        problems
            .retain(|it| !(it.reason.is_ours() && ignored.iter().any(|place| it.place.starts_with(place))));
        stop_at(problems)?;
        Ok(stack)
    }
}

fn stop_at(problems: Vec<TemplateError>) -> Result<(), TemplateErrors> {
    if problems.is_empty() { Ok(()) } else { Err(TemplateErrors(problems)) }
}

/// Mappings hold two levels of names, and texts or lists of texts below them.
fn mappings(template: &Template) -> Result<(), Vec<TemplateError>> {
    let mut problems = Vec::new();
    for (map, first_level) in &template.mappings {
        let Some(entries) = first_level.entries() else {
            let reason = Reason::Form(format!("every Mappings member {map} must be a map"));
            problems.push(TemplateError::at(format!("Mappings.{map}"), first_level.line, reason));
            continue;
        };
        for (first, second_level) in entries {
            let place = format!("Mappings.{map}.{first}");
            let Some(entries) = second_level.entries() else {
                let reason = Reason::Form("every Mappings member must be a map of keys to values".into());
                problems.push(TemplateError::at(place, second_level.line, reason));
                continue;
            };
            for (second, value) in entries {
                let is_text = |node: &Node| node.scalar().is_some();
                if !is_text(value) && !value.items().is_some_and(|items| items.iter().all(is_text)) {
                    let reason =
                        Reason::Misplaced("every Mappings attribute must be a String or a List".into());
                    problems.push(TemplateError::at(format!("{place}.{second}"), value.line, reason));
                }
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

impl Resolver<'_> {
    fn properties(&self, declaration: &Declaration) -> Outcome<Resolved> {
        let section = Path::section("Resources", Scope::Resources);
        self.value(&declaration.properties, &section.key(&declaration.logical_id).key("Properties"))
    }

    fn resource_of_kind(&self, declaration: &Declaration, kind: ResourceKind) -> Outcome<Vec<Resource>> {
        let properties = self.properties(declaration);
        let physical_id = self.physical_id(declaration)?;
        let name = self.resource_name(declaration)?;
        let has_arn = !matches!(kind, ResourceKind::MetricFilter | ResourceKind::TopicPolicy);
        let arn = if has_arn { Some(self.arn(declaration, kind)?) } else { None };
        let text = |value: &Resolved| value.single().map_or_else(String::new, |(text, _)| text.to_owned());
        let (mut properties, known_later) = self.json(declaration, kind, &properties?)?;
        let name = text(&name);
        if let Some(property) = kind.name_property() {
            properties.insert(property.to_owned(), Value::String(name.clone()));
        }
        let inline = (kind == ResourceKind::Topic).then(|| properties.remove("Subscription")).flatten();
        let arn = arn.as_ref().map(text);
        let mut topic = Resource {
            logical_id: declaration.logical_id.clone(),
            kind,
            properties,
            physical_id: text(&physical_id),
            name,
            arn,
            known_later,
        };
        let inline = self.inline_subscriptions(&topic, inline);
        topic.known_later.retain(|later| !later.property.starts_with("Subscription."));
        Ok(std::iter::once(topic).chain(inline).collect())
    }

    /// The properties as JSON. What is decisive has to be known.
    fn json(
        &self,
        declaration: &Declaration,
        kind: ResourceKind,
        properties: &Resolved,
    ) -> Outcome<(Map<String, Value>, Vec<KnownLater>)> {
        let mut known_later = Vec::new();
        let mut failed = false;
        let json = properties.to_json(&mut Vec::new(), &mut |path, origin| {
            if kind.is_decisive(path) {
                let section = Path::section("Resources", Scope::Resources);
                let resource = section.key(&declaration.logical_id);
                let properties = resource.key("Properties");
                let place = path.join(".");
                let line =
                    path.first().and_then(|first| declaration.property(first)).and_then(|node| node.line);
                let reason = Reason::KnownLater { origin: origin.to_owned() };
                failed |= self.fail::<()>(&properties.key(&place), line, reason).is_err();
            }
            known_later.push(KnownLater { property: path.join("."), origin: origin.to_owned() });
        });
        match json {
            Value::Object(properties) if !failed => Ok((properties, known_later)),
            _ => Err(Reported),
        }
    }

    fn inline_subscriptions(&self, topic: &Resource, inline: Option<Value>) -> Vec<Resource> {
        let Some(Value::Array(subscriptions)) = inline else { return Vec::new() };
        let mut resources = Vec::new();
        for (index, subscription) in subscriptions.into_iter().enumerate() {
            let Value::Object(mut properties) = subscription else { continue };
            properties.insert("TopicArn".into(), Value::String(topic.physical_id.clone()));
            let logical_id = format!("{}.Subscription.{index}", topic.logical_id);
            let arn = format!("{}:{}", topic.physical_id, self.environment.uuid(&logical_id));
            let prefix = format!("Subscription.{index}.");
            let known_later = topic.known_later.iter().filter_map(|later| {
                let property = later.property.strip_prefix(&prefix)?.to_owned();
                Some(KnownLater { property, origin: later.origin.clone() })
            });
            resources.push(Resource {
                known_later: known_later.collect(),
                kind: ResourceKind::Subscription,
                properties,
                physical_id: arn.clone(),
                name: logical_id.clone(),
                arn: Some(arn),
                logical_id,
            });
        }
        resources
    }

    fn outputs(&self) -> Vec<Output> {
        let section = Path::section("Outputs", Scope::Resources);
        let mut outputs = Vec::new();
        for (name, node) in self.created_outputs() {
            let path = section.key(name);
            let json = |node: &Node, key: &str| {
                self.value(node, &path.key(key))
                    .ok()
                    .map(|value| value.to_json(&mut Vec::new(), &mut |_, _| {}))
            };
            let Some(value) = node.get("Value") else {
                let reason = Reason::Form("every Outputs member must contain a Value object".into());
                let _: Result<(), _> = self.fail(&path, node.line, reason);
                continue;
            };
            let export = node.get("Export").and_then(|export| json(export.get("Name")?, "Export"));
            outputs.push(Output { logical_id: name.to_owned(), value: json(value, "Value"), export });
        }
        outputs
    }
}
