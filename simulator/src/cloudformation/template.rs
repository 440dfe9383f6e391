//! The sections of a template and their form.

use std::collections::HashMap;

use super::error::{Reason, TemplateError};
use super::node::{Kind, Node};

/// The sections that a template may have; `Globals` belongs to the serverless transform, `Hooks` to blue/green stacks.
const SECTIONS: [&str; 12] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];
/// What may stand beside a resource's `Type`; the last three belong to the serverless transform.
const ATTRIBUTES: [&str; 12] = [
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
    "Connectors",
    "IgnoreGlobals",
    "Version",
];
/// Transforms that leave alarms, filters and topics as they are.
const HARMLESS_TRANSFORMS: [&str; 5] = [
    "AWS::CodeDeployBlueGreen",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    "AWS::Serverless-2016-10-31",
];

/// What a template may hold (CloudFormation quotas).
const MAX_RESOURCES: usize = 500;
const MAX_MAPPINGS: usize = 200;
const MAX_OUTPUTS: usize = 200;

/// A template, its sections taken apart.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) parameters: Vec<(String, Node)>,
    pub(super) mappings: Vec<(String, Node)>,
    pub(super) conditions: Vec<(String, Node)>,
    pub(super) resources: Vec<Declaration>,
    pub(super) outputs: Vec<(String, Node)>,
    transforms: Vec<String>,
    pub(super) has_rules: bool,
    /// Where in `conditions` each of them stands.
    condition_places: HashMap<String, usize>,
}

/// A resource as declared.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) logical_id: String,
    /// `AWS::SNS::Topic`
    pub(super) kind: String,
    pub(super) condition: Option<String>,
    pub(super) depends_on: Vec<String>,
    pub(super) properties: Node,
    /// Everything beside `Type`, `Condition` and `DependsOn`, in which references can stand.
    pub(super) body: Node,
    pub(super) line: Option<usize>,
}

impl Declaration {
    pub(super) fn property(&self, name: &str) -> Option<&Node> {
        self.properties.get(name)
    }
}

impl Template {
    /// Takes a document apart.
    pub(super) fn new(root: &Node) -> Result<Self, Vec<TemplateError>> {
        let resources = resources_section(root).map_err(|error| vec![error])?;
        let mut problems = Vec::new();
        for (name, section) in root.entries().unwrap_or_default() {
            if !SECTIONS.contains(&name.as_str()) {
                let reason = Reason::Form(format!("invalid template property {name}"));
                problems.push(TemplateError::at(name, section.line, reason));
            }
            if name != "Metadata" {
                no_nulls(section, name, &mut problems);
            }
        }
        version(root, &mut problems);
        let mut template = Self {
            parameters: section(root, "Parameters", &mut problems),
            mappings: section(root, "Mappings", &mut problems),
            conditions: section(root, "Conditions", &mut problems),
            resources: Vec::new(),
            outputs: section(root, "Outputs", &mut problems),
            transforms: transforms(root, &mut problems),
            has_rules: root.get("Rules").is_some(),
            condition_places: HashMap::new(),
        };
        let names = template.conditions.iter().enumerate();
        template.condition_places = names.map(|(place, (name, _))| (name.clone(), place)).collect();
        quota("Resources", resources.len(), MAX_RESOURCES, &mut problems);
        quota("Mappings", template.mappings.len(), MAX_MAPPINGS, &mut problems);
        quota("Outputs", template.outputs.len(), MAX_OUTPUTS, &mut problems);
        for (logical_id, body) in resources {
            match declaration(logical_id, &body) {
                Ok(declaration) => template.resources.push(declaration),
                Err(error) => problems.push(error),
            }
        }
        if problems.is_empty() { Ok(template) } else { Err(problems) }
    }

    pub(super) fn condition(&self, name: &str) -> Option<&(String, Node)> {
        self.conditions.get(*self.condition_places.get(name)?)
    }

    pub(super) fn resource(&self, logical_id: &str) -> Option<&Declaration> {
        self.resources.iter().find(|declaration| declaration.logical_id == logical_id)
    }

    pub(super) fn has_language_extensions(&self) -> bool {
        self.transforms.iter().any(|name| name == "AWS::LanguageExtensions")
    }

    /// Whether the serverless transform would create a resource of this name.
    pub(super) fn is_made_by_serverless(&self, name: &str) -> bool {
        let own = |declaration: &&Declaration| declaration.kind.starts_with("AWS::Serverless::");
        self.transforms.iter().any(|transform| transform.starts_with("AWS::Serverless"))
            && (name.starts_with("ServerlessRestApi")
                || name.starts_with("ServerlessHttpApi")
                || self
                    .resources
                    .iter()
                    .filter(own)
                    .any(|declaration| name.starts_with(&declaration.logical_id)))
    }
}

/// The resources, or what the document is instead of a template.
fn resources_section(root: &Node) -> Result<Vec<(String, Node)>, TemplateError> {
    let no_template = |text: &str| TemplateError::whole(Reason::NoTemplate(text.to_owned()));
    let Some(entries) = root.entries() else {
        return Err(no_template("its top level is not a map of sections"));
    };
    if let Some(resources) = root.get("Resources") {
        let entries = resources.entries().filter(|entries| !entries.is_empty());
        return entries.map(<[_]>::to_vec).ok_or_else(|| {
            let reason = Reason::Form("at least one Resources member must be defined".into());
            TemplateError::at("Resources", resources.line, reason)
        });
    }
    let has = |name: &str| root.get(name).is_some();
    let is_resource =
        |node: &Node| node.get("Type").and_then(Node::text).is_some_and(|kind| kind.contains("::"));
    Err(no_template(if has("service") && has("provider") {
        "this is a configuration of the Serverless Framework; package it, and give the template that it writes"
    } else if has("resource") || has("terraform_version") {
        "this is Terraform; make a plan, and give the output of `terraform show -json PLAN`"
    } else if is_resource(root) {
        "this is one resource; a template has it under Resources, with a name"
    } else if entries.iter().any(|(_, node)| is_resource(node)) {
        "these are resources without their section; a template has them under Resources"
    } else {
        "it has no section Resources"
    }))
}

fn quota(section: &str, count: usize, most: usize, problems: &mut Vec<TemplateError>) {
    if count > most {
        let reason = Reason::Form(format!("{count} members, more than the {most} that CloudFormation takes"));
        problems.push(TemplateError::at(section, None, reason));
    }
}

fn section(root: &Node, name: &str, problems: &mut Vec<TemplateError>) -> Vec<(String, Node)> {
    let Some(section) = root.get(name) else { return Vec::new() };
    let Some(entries) = section.entries() else {
        problems.push(TemplateError::at(name, section.line, Reason::Form("has to be a map".into())));
        return Vec::new();
    };
    for (key, node) in entries.iter().filter(|(key, _)| key.starts_with("Fn::")) {
        problems.push(TemplateError::at(format!("{name}.{key}"), node.line, macro_reason(key)));
    }
    entries.to_vec()
}

/// Why a function that makes sections cannot be followed.
pub(super) fn macro_reason(function: &str) -> Reason {
    Reason::Unsupported(format!(
        "{function} makes parts of the template during deployment, which is not done here; give the processed template \
         (aws cloudformation get-template --template-stage Processed)"
    ))
}

fn version(root: &Node, problems: &mut Vec<TemplateError>) {
    if let Some(version) = root.get("AWSTemplateFormatVersion")
        && version.text() != Some("2010-09-09")
    {
        let reason =
            Reason::Form("unsupported value for AWSTemplateFormatVersion, only 2010-09-09 is valid".into());
        problems.push(TemplateError::at("AWSTemplateFormatVersion", version.line, reason));
    }
}

fn transforms(root: &Node, problems: &mut Vec<TemplateError>) -> Vec<String> {
    let Some(node) = root.get("Transform") else { return Vec::new() };
    let declared = match &node.kind {
        Kind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut names = Vec::new();
    for item in declared {
        let name = item.text().or_else(|| item.get("Name").and_then(Node::text)).unwrap_or_default();
        if HARMLESS_TRANSFORMS.contains(&name) {
            names.push(name.to_owned());
        } else {
            let reason = Reason::Unsupported(format!(
                "the macro {name:?} rewrites the template during deployment, which is not done here; give the processed \
                 template (aws cloudformation get-template --template-stage Processed)"
            ));
            problems.push(TemplateError::at("Transform", item.line, reason));
        }
    }
    names
}

fn declaration(logical_id: String, body: &Node) -> Result<Declaration, TemplateError> {
    let place = format!("Resources.{logical_id}");
    let form = |reason: &str| TemplateError::at(&place, body.line, Reason::Form(reason.to_owned()));
    if logical_id.starts_with("Fn::") {
        return Err(TemplateError::at(&place, body.line, macro_reason(&logical_id)));
    }
    if logical_id.is_empty() || !logical_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(form("a resource's name consists of letters and digits"));
    }
    let Some(entries) = body.entries() else { return Err(form("a resource is a map with a Type")) };
    if let Some((name, _)) = entries.iter().find(|(name, _)| !ATTRIBUTES.contains(&name.as_str())) {
        return Err(form(&format!("invalid template resource property {name}")));
    }
    let Some(kind) = body.get("Type").and_then(Node::text) else {
        return Err(form("every Resources object must contain a Type member"));
    };
    let condition = match body.get("Condition") {
        None => None,
        Some(node) => {
            Some(node.text().ok_or_else(|| form("Condition has to be a condition's name"))?.to_owned())
        }
    };
    let depends_on = match body.get("DependsOn") {
        None => Vec::new(),
        Some(node) => node
            .items()
            .unwrap_or(std::slice::from_ref(node))
            .iter()
            .map(|item| item.text().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| form("DependsOn has to be a resource's name, or a list of them"))?,
    };
    let properties = match body.get("Properties") {
        None => Node::new(Kind::Map(Vec::new()), body.line),
        Some(node) if node.entries().is_some() => node.clone(),
        Some(_) => return Err(form("Properties has to be a map")),
    };
    let kind = kind.to_owned();
    let line = body.line;
    let rest = entries
        .iter()
        .filter(|(name, _)| !["Type", "Condition", "DependsOn"].contains(&name.as_str()))
        .cloned();
    let body = Node::new(Kind::Map(rest.collect()), line);
    Ok(Declaration { logical_id, kind, condition, depends_on, properties, body, line })
}

/// CloudFormation takes no null anywhere.
fn no_nulls(node: &Node, place: &str, problems: &mut Vec<TemplateError>) {
    match &node.kind {
        Kind::Null => {
            let reason = Reason::Form("'null' values are not allowed in templates".into());
            problems.push(TemplateError::at(place, node.line, reason));
        }
        Kind::List(items) => {
            for (index, item) in items.iter().enumerate() {
                no_nulls(item, &format!("{place}.{index}"), problems);
            }
        }
        Kind::Map(entries) => {
            for (key, value) in entries.iter().filter(|(key, _)| key != "Metadata") {
                no_nulls(value, &format!("{place}.{key}"), problems);
            }
        }
        Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => {}
    }
}
