//! Works out values: functions, names, conditions.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::environment::Environment;
use super::error::{Reason, TemplateError};
use super::functions::{list, sub};
use super::node::{Kind, Node};
use super::path::{Path, Scope};
use super::resolved::Resolved;
use super::template::{Template, macro_reason};

/// The failure is in the resolver's list of problems already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reported;

pub(super) type Outcome<T> = Result<T, Reported>;

/// Works out the values of one template, and collects what is wrong.
pub(super) struct Resolver<'a> {
    pub(super) template: &'a Template,
    pub(super) environment: &'a Environment,
    pub(super) parameters: &'a BTreeMap<String, Resolved>,
    /// Conditions that are decided, or being decided.
    pub(super) conditions: RefCell<BTreeMap<String, Option<Outcome<bool>>>>,
    /// Names of resources that are known already.
    pub(super) names: RefCell<BTreeMap<String, Option<Outcome<Resolved>>>>,
    problems: RefCell<Vec<TemplateError>>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(
        template: &'a Template,
        environment: &'a Environment,
        parameters: &'a BTreeMap<String, Resolved>,
    ) -> Self {
        let (conditions, names, problems) = Default::default();
        Self { template, environment, parameters, conditions, names, problems }
    }

    /// Everything that was wrong so far, each thing once.
    pub(super) fn take_problems(&self) -> Vec<TemplateError> {
        let mut unique: Vec<TemplateError> = Vec::new();
        for problem in self.problems.take() {
            if !unique.contains(&problem) {
                unique.push(problem);
            }
        }
        unique
    }

    pub(super) fn fail<T>(&self, path: &Path<'_>, line: Option<usize>, reason: Reason) -> Outcome<T> {
        self.problems.borrow_mut().push(TemplateError::at(path.to_string(), line, reason));
        Err(Reported)
    }

    /// The value of a node, all functions in it done.
    pub(super) fn value(&self, node: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        match &node.kind {
            Kind::Null => Ok(Resolved::Null),
            Kind::Bool(value) => Ok(Resolved::Bool(*value)),
            Kind::Number(text) => Ok(Resolved::Number(text.clone())),
            Kind::Text(text) => self.finished(text.clone(), None, node, path),
            Kind::List(items) => self.list(items, path),
            Kind::Map(entries) => self.map(node, entries, path),
        }
    }

    fn list(&self, items: &[Node], path: &Path<'_>) -> Outcome<Resolved> {
        let outcomes: Vec<_> =
            items.iter().enumerate().map(|(i, item)| self.value(item, &path.index(i))).collect();
        let items = outcomes.into_iter().collect::<Outcome<Vec<_>>>()?;
        Ok(Resolved::List(items.into_iter().filter(|item| *item != Resolved::NoValue).collect()))
    }

    fn map(&self, node: &Node, entries: &[(String, Node)], path: &Path<'_>) -> Outcome<Resolved> {
        if let Some((name, argument)) = node.call()
            && is_function(name, argument, path.scope)
        {
            return self.function(name, argument, &path.key(name));
        }
        if let Some((name, value)) = entries.iter().find(|(name, _)| name.starts_with("Fn::")) {
            let reason = Reason::arguments(name, "has to stand alone in its map");
            return self.fail(&path.key(name), value.line, reason);
        }
        let outcomes: Vec<_> = entries
            .iter()
            .map(|(key, value)| Ok((key.clone(), self.value(value, &path.key(key))?)))
            .collect();
        let entries = outcomes.into_iter().collect::<Outcome<Vec<_>>>()?;
        Ok(Resolved::Map(entries.into_iter().filter(|(_, value)| *value != Resolved::NoValue).collect()))
    }

    fn function(&self, name: &str, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        match name {
            "Ref" => self.reference_call(argument, path),
            "Fn::GetAtt" => self.get_att(argument, path),
            "Fn::Sub" => self.sub(argument, path),
            "Fn::Join" => self.join(argument, path),
            "Fn::Split" => self.split(argument, path),
            "Fn::Select" => self.select(argument, path),
            "Fn::FindInMap" => self.find_in_map(argument, path),
            "Fn::If" => {
                let (branch, index) = self.branch(argument, path)?;
                self.value(branch, &path.index(index))
            }
            "Fn::ImportValue" => self.import(argument, path),
            "Fn::Base64" => self.base64(argument, path),
            "Fn::GetAZs" => self.availability_zones(argument, path),
            "Fn::Length" | "Fn::ToJsonString" => self.language_extension(name, argument, path),
            "Condition" | "Fn::And" | "Fn::Equals" | "Fn::Not" | "Fn::Or"
                if path.scope == Scope::Parameters =>
            {
                self.decide(name, argument, path).map(Resolved::Bool)
            }
            "Fn::And" | "Fn::Equals" | "Fn::Not" | "Fn::Or" => {
                let reason = Reason::Misplaced(format!(
                    "{name} belongs into Conditions; here only Fn::If can be used"
                ));
                self.fail(path, argument.line, reason)
            }
            "Fn::Cidr" => {
                self.fail(path, argument.line, Reason::Unsupported("Fn::Cidr is not worked out here".into()))
            }
            "Fn::Transform" => self.fail(path, argument.line, macro_reason(name)),
            _ if name.starts_with("Fn::ForEach::") => self.fail(path, argument.line, macro_reason(name)),
            _ => self.fail(path, argument.line, Reason::UnknownFunction(name.to_owned())),
        }
    }

    /// The branch of `Fn::If` that its condition chooses, and that branch's index.
    pub(super) fn branch<'n>(&self, argument: &'n Node, path: &Path<'_>) -> Outcome<(&'n Node, usize)> {
        if let Some([condition, yes, no]) = argument.items()
            && let Some(name) = condition.text()
        {
            return Ok(if self.condition(name, path, condition.line)? { (yes, 1) } else { (no, 2) });
        }
        self.fail(path, argument.line, Reason::arguments("Fn::If", "takes a condition's name and two values"))
    }

    fn reference_call(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let Some(name) = self.name(argument, path)? else {
            return self.fail(path, argument.line, Reason::arguments("Ref", "takes a name"));
        };
        self.reference(&name, path, argument.line)
    }

    fn get_att(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        if let Some([resource, attribute]) = argument.items()
            && let Some(resource) = self.name(resource, path)?
        {
            let value = self.value(attribute, &path.index(1))?;
            if let Some((attribute, None)) = value.single() {
                return self.attribute(&resource, attribute, path, argument.line);
            }
        } else if let Some((resource, attribute)) = argument.text().and_then(|text| text.split_once('.')) {
            return self.attribute(resource, attribute, path, argument.line);
        }
        self.fail(
            path,
            argument.line,
            Reason::arguments("Fn::GetAtt", "takes a resource's name and an attribute"),
        )
    }

    /// A name of a resource or parameter: as written or, with the language extensions, worked out.
    pub(super) fn name(&self, node: &Node, path: &Path<'_>) -> Outcome<Option<String>> {
        if node.entries().is_none() || !self.template.has_language_extensions() {
            return Ok(node.text().map(str::to_owned));
        }
        let value = self.value(node, path)?;
        Ok(value.single().filter(|(_, origin)| origin.is_none()).map(|(text, _)| text.to_owned()))
    }

    fn sub(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let (text, variables) = match (argument.text(), argument.items()) {
            (Some(text), _) => (text, &[] as &[(String, Node)]),
            (None, Some([text, map])) if text.text().is_some() && map.entries().is_some() => {
                (text.text().unwrap_or_default(), map.entries().unwrap_or_default())
            }
            (None, Some([text])) if text.text().is_some() => (text.text().unwrap_or_default(), &[] as &[_]),
            _ => {
                return self.fail(
                    path,
                    argument.line,
                    Reason::arguments("Fn::Sub", "takes a text, or a text and a map"),
                );
            }
        };
        let pieces = match sub::pieces(text) {
            Ok(pieces) => pieces,
            Err(name) => {
                let reason = Reason::arguments("Fn::Sub", &format!("refuses ${{{name}}}: {}", sub::BAD_NAME));
                return self.fail(path, argument.line, reason);
            }
        };
        let (mut result, mut origin, mut failed) = (String::new(), None, false);
        for piece in pieces {
            match piece {
                sub::Piece::Literal(literal) => result.push_str(literal),
                sub::Piece::Variable(name) => match self.variable(name, variables, path, argument.line) {
                    Ok((text, from)) => {
                        result.push_str(&text);
                        origin = origin.or(from);
                    }
                    Err(Reported) => failed = true,
                },
            }
        }
        if failed { Err(Reported) } else { self.finished(result, origin, argument, path) }
    }

    fn variable(
        &self,
        name: &str,
        variables: &[(String, Node)],
        path: &Path<'_>,
        line: Option<usize>,
    ) -> Outcome<(String, Option<String>)> {
        let value = match (variables.iter().find(|(known, _)| known == name), name.split_once('.')) {
            (Some((key, node)), _) => self.value(node, &path.index(1).key(key))?,
            (None, Some((resource, attribute))) => self.attribute(resource, attribute, path, line)?,
            (None, None) => self.reference(name, path, line)?,
        };
        match value.single() {
            Some((text, origin)) => Ok((text.to_owned(), origin.map(str::to_owned))),
            None => self.fail(
                path,
                line,
                Reason::arguments("Fn::Sub", &format!("cannot put {name} into a text: it is none")),
            ),
        }
    }

    /// The two arguments of a function.
    fn pair<'n>(
        &self,
        argument: &'n Node,
        path: &Path<'_>,
        function: &str,
        expected: &str,
    ) -> Outcome<(&'n Node, &'n Node)> {
        match argument.items() {
            Some([first, second]) => Ok((first, second)),
            _ => self.fail(path, argument.line, Reason::arguments(function, expected)),
        }
    }

    /// A value that has to be a single one.
    fn single(
        &self,
        node: &Node,
        path: &Path<'_>,
        function: &str,
        expected: &str,
    ) -> Outcome<(String, Option<String>)> {
        let value = self.value(node, path)?;
        match value.single() {
            Some((text, origin)) => Ok((text.to_owned(), origin.map(str::to_owned))),
            None => self.fail(path, node.line, Reason::arguments(function, expected)),
        }
    }

    fn join(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let (delimiter, members) = self.pair(argument, path, "Fn::Join", "takes a delimiter and a list")?;
        let Some(delimiter) = delimiter.scalar() else {
            return self.fail(
                path,
                argument.line,
                Reason::arguments("Fn::Join", "takes a delimiter that is a text"),
            );
        };
        let members = self.value(members, &path.index(1))?;
        match list::join(delimiter, &members) {
            Ok(Resolved::Text(text)) => self.finished(text, None, argument, path),
            Ok(joined) => Ok(joined),
            Err(reason) => self.fail(path, argument.line, reason),
        }
    }

    fn split(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let expected = "takes a delimiter and a text";
        let (delimiter, text) = self.pair(argument, path, "Fn::Split", expected)?;
        let (text, origin) = self.single(text, &path.index(1), "Fn::Split", expected)?;
        let delimiter = delimiter.scalar().unwrap_or_default();
        list::split(delimiter, &text, origin.as_deref())
            .or_else(|reason| self.fail(path, argument.line, reason))
    }

    fn select(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let expected = "takes an index and a list";
        let (index, members) = self.pair(argument, path, "Fn::Select", expected)?;
        let index = self.single(index, &path.index(0), "Fn::Select", expected)?.0;
        let members = self.value(members, &path.index(1))?;
        list::select(&index, &members).or_else(|reason| self.fail(path, argument.line, reason))
    }

    fn find_in_map(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let expected = "takes a mapping's name and two keys";
        let (keys, default) = match argument.items() {
            Some(keys @ [_, _, _]) => (keys, None),
            Some([keys @ .., default])
                if keys.len() == 3
                    && default.get("DefaultValue").is_some()
                    && self.template.has_language_extensions() =>
            {
                (keys, default.get("DefaultValue"))
            }
            _ => return self.fail(path, argument.line, Reason::arguments("Fn::FindInMap", expected)),
        };
        let mut names = Vec::with_capacity(3);
        for (index, key) in keys.iter().enumerate() {
            let (text, origin) = self.single(key, &path.index(index), "Fn::FindInMap", expected)?;
            if let Some(origin) = origin {
                return self.fail(path, argument.line, Reason::KnownLater { origin });
            }
            names.push(text);
        }
        let [map, first, second] = names.as_slice() else { return Err(Reported) };
        let found = self.template.mappings.iter().find(|(name, _)| name == map);
        match (found.and_then(|(_, map)| map.get(first)?.get(second)), default) {
            (Some(value), _) => self.literal(value, path),
            (None, Some(default)) => self.value(default, &path.index(3)),
            (None, None) => self.fail(path, argument.line, Reason::UnknownMapping(names.join("::"))),
        }
    }

    /// What a mapping holds: texts and lists of them, no functions (checked when the template was read).
    fn literal(&self, node: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let item = |node: &Node| node.scalar().map_or(Resolved::Null, Resolved::text);
        match node.items() {
            Some(items) => Ok(Resolved::List(items.iter().map(item).collect())),
            None => self.finished(node.scalar().unwrap_or_default().to_owned(), None, node, path),
        }
    }

    fn import(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let (name, _) = self.single(argument, path, "Fn::ImportValue", "takes the name of an export")?;
        if let Some(value) = self.environment.imports.get(&name) {
            return Ok(Resolved::text(value));
        }
        let what = format!("what another stack exports as {name:?}");
        self.fail(path, argument.line, Reason::Outside { what, flag: format!("--import {name}=VALUE") })
    }

    fn base64(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        use base64::Engine as _;
        let (text, origin) = self.single(argument, path, "Fn::Base64", "takes a text")?;
        Ok(Resolved::of(base64::engine::general_purpose::STANDARD.encode(text), origin))
    }

    fn availability_zones(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let (region, _) = self.single(argument, path, "Fn::GetAZs", "takes a region, or an empty text")?;
        let region = if region.is_empty() { &self.environment.region } else { &region };
        let zone = |letter| Resolved::later(format!("{region}{letter}"), format!("the zones of {region}"));
        Ok(Resolved::List(["a", "b", "c"].map(zone).into()))
    }

    fn language_extension(&self, name: &str, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        if !self.template.has_language_extensions() {
            let reason = Reason::Form(format!("{name} needs Transform: AWS::LanguageExtensions"));
            return self.fail(path, argument.line, reason);
        }
        let value = self.value(argument, path)?;
        if name == "Fn::ToJsonString" {
            let mut origin = None;
            let json = value.to_json(&mut Vec::new(), &mut |_, from| origin = Some(from.to_owned()));
            return Ok(Resolved::of(json.to_string(), origin));
        }
        match value {
            Resolved::List(items) => Ok(Resolved::Number(items.len().to_string())),
            _ => self.fail(path, argument.line, Reason::arguments("Fn::Length", "takes a list")),
        }
    }

    /// A text with its dynamic references (`{{resolve:ssm:/name}}`) filled in.
    fn finished(
        &self,
        text: String,
        origin: Option<String>,
        node: &Node,
        path: &Path<'_>,
    ) -> Outcome<Resolved> {
        const BEGIN: &str = "{{resolve:";
        let mut result = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(BEGIN) {
            let Some((name, behind)) = after.split_once("}}") else { break };
            let Some(value) = self.environment.dynamic_references.get(name) else {
                let what = format!("the value of {{{{resolve:{name}}}}}");
                return self.fail(
                    path,
                    node.line,
                    Reason::Outside { what, flag: format!("--resolve {name}=VALUE") },
                );
            };
            result.push_str(before);
            result.push_str(value);
            rest = behind;
        }
        result.push_str(rest);
        Ok(Resolved::of(result, origin))
    }
}

/// Whether a map of one entry calls a function. `Condition` is one in `Conditions` only: policies have it, too.
pub(super) fn is_function(name: &str, argument: &Node, scope: Scope) -> bool {
    name == "Ref"
        || name.starts_with("Fn::")
        || (name == "Condition" && scope == Scope::Parameters && argument.text().is_some())
}
