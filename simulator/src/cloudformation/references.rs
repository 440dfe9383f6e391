//! Names that a template uses: each has to stand for something, and resources must not need each other in a circle.

use std::collections::BTreeMap;

use super::error::{Reason, TemplateError};
use super::functions::sub;
use super::node::{Kind, Node};
use super::path::{Path, Scope};
use super::resolver::{Reported, Resolver};
use super::template::Declaration;

/// Who needs whom, by logical id.
type Needs<'a> = BTreeMap<&'a str, Vec<String>>;

impl<'a> Resolver<'a> {
    /// Whether a resource is created.
    pub(super) fn is_created(&self, declaration: &Declaration) -> bool {
        let Some(condition) = &declaration.condition else { return true };
        let section = Path::section("Resources", Scope::Resources);
        let resource = section.key(&declaration.logical_id);
        self.condition(condition, &resource.key("Condition"), declaration.line) != Ok(false)
    }

    /// Checks all names in resources that are created and in outputs, as CloudFormation does before it begins.
    pub(super) fn check_references(&self) -> Vec<TemplateError> {
        let mut needs = Needs::new();
        for declaration in self.template.resources.iter().filter(|declaration| self.is_created(declaration)) {
            let section = Path::section("Resources", Scope::Resources);
            let path = section.key(&declaration.logical_id);
            let needed = needs.entry(&declaration.logical_id).or_default();
            self.walk(&declaration.body, &path, needed);
            for name in &declaration.depends_on {
                if self.template.resource(name).is_some() {
                    needed.push(name.clone());
                } else {
                    let reason = Reason::UnknownName(name.clone());
                    let _: Result<(), _> = self.fail(&path.key("DependsOn"), declaration.line, reason);
                }
            }
        }
        let outputs = Path::section("Outputs", Scope::Resources);
        for (name, output) in self.created_outputs() {
            self.walk(output, &outputs.key(name), &mut Vec::new());
        }
        let mut problems = self.take_problems();
        problems.extend(circle(&needs));
        problems
    }

    /// Outputs without condition, or with one that holds.
    pub(super) fn created_outputs(&self) -> impl Iterator<Item = (&'a str, &'a Node)> {
        self.template.outputs.iter().filter_map(|(name, output)| {
            let section = Path::section("Outputs", Scope::Resources);
            let path = section.key(name);
            let condition = output.get("Condition").and_then(Node::text);
            let holds = condition
                .is_none_or(|it| self.condition(it, &path.key("Condition"), output.line) == Ok(true));
            holds.then_some((name.as_str(), output))
        })
    }

    fn walk(&self, node: &Node, path: &Path<'_>, needed: &mut Vec<String>) {
        match &node.kind {
            Kind::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, &path.index(index), needed);
                }
            }
            Kind::Map(entries) => match node.call() {
                Some(("Ref", argument)) => {
                    if let Ok(Some(name)) = self.name(argument, &path.key("Ref")) {
                        self.need(&name, &path.key("Ref"), argument.line, needed);
                    }
                }
                Some(("Fn::GetAtt", argument)) => {
                    self.walk_get_att(argument, &path.key("Fn::GetAtt"), needed);
                }
                Some(("Fn::Sub", argument)) => self.walk_sub(argument, &path.key("Fn::Sub"), needed),
                Some(("Fn::If", argument)) => {
                    let path = path.key("Fn::If");
                    // What is wrong with it is noted.
                    if let Ok((branch, index)) = self.branch(argument, &path) {
                        self.walk(branch, &path.index(index), needed);
                    }
                }
                _ => {
                    for (key, value) in entries {
                        self.walk(value, &path.key(key), needed);
                    }
                }
            },
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => {}
        }
    }

    fn walk_get_att(&self, argument: &Node, path: &Path<'_>, needed: &mut Vec<String>) {
        let resource = match argument.items() {
            Some([resource, ..]) => self.name(resource, path),
            _ => Ok(argument
                .text()
                .and_then(|text| text.split_once('.'))
                .map(|(resource, _)| resource.to_owned())),
        };
        if let Ok(Some(name)) = resource {
            self.need(&name, path, argument.line, needed);
        }
    }

    fn walk_sub(&self, argument: &Node, path: &Path<'_>, needed: &mut Vec<String>) {
        let (text, variables) = match argument.items() {
            Some([text, variables, ..]) => (text.text(), Some(variables)),
            Some([text]) => (text.text(), None),
            _ => (argument.text(), None),
        };
        if let Some(variables) = variables {
            self.walk(variables, &path.index(1), needed);
        }
        for piece in text.and_then(|text| sub::pieces(text).ok()).unwrap_or_default() {
            if let sub::Piece::Variable(name) = piece
                && variables.is_none_or(|variables| variables.get(name).is_none())
            {
                let name = name.split_once('.').map_or(name, |(resource, _)| resource);
                self.need(name, path, argument.line, needed);
            }
        }
    }

    fn need(&self, name: &str, path: &Path<'_>, line: Option<usize>, needed: &mut Vec<String>) {
        if self.parameters.contains_key(name) || self.environment.pseudo_parameter(name).is_some() {
            return;
        }
        // Otherwise it is one that the serverless transform makes, or a problem that is noted.
        if let Ok(Some(declaration)) = self.created(name, path, line) {
            needed.push(declaration.logical_id.clone());
        }
    }

    /// The resource of this name; nothing if the serverless transform makes it.
    pub(super) fn created(
        &self,
        name: &str,
        path: &Path<'_>,
        line: Option<usize>,
    ) -> Result<Option<&'a Declaration>, Reported> {
        match self.template.resource(name) {
            Some(declaration) if self.is_created(declaration) => Ok(Some(declaration)),
            Some(declaration) => {
                let condition = declaration.condition.clone().unwrap_or_default();
                self.fail(path, line, Reason::NotCreated { name: name.to_owned(), condition })
            }
            None if self.template.is_made_by_serverless(name) => Ok(None),
            None if self.parameters.contains_key(name) => {
                self.fail(path, line, Reason::NoResource(name.to_owned()))
            }
            None => self.fail(path, line, Reason::UnknownName(name.to_owned())),
        }
    }
}

/// A circle, if there is one: resources that nothing outside of them can satisfy first.
fn circle(needs: &Needs<'_>) -> Option<TemplateError> {
    let mut open: Needs<'_> = needs.clone();
    loop {
        let done: Vec<&str> = open
            .iter()
            .filter(|(_, needed)| !needed.iter().any(|name| open.contains_key(name.as_str())))
            .map(|(name, _)| *name)
            .collect();
        if done.is_empty() {
            break;
        }
        for name in done {
            open.remove(name);
        }
    }
    // Resources that merely need someone in the circle are no part of it.
    loop {
        let unneeded: Vec<&str> = open
            .keys()
            .filter(|name| !open.values().flatten().any(|needed| needed == *name))
            .copied()
            .collect();
        if unneeded.is_empty() {
            break;
        }
        for name in unneeded {
            open.remove(name);
        }
    }
    let names = open.keys().copied().collect::<Vec<_>>().join(", ");
    (!names.is_empty())
        .then(|| TemplateError::at("Resources", None, Reason::Circular { what: "resources", names }))
}
