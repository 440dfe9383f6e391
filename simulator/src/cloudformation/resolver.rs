//! Works out values: functions, names, conditions.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::environment::Environment;
use super::error::{Reason, TemplateError};
use super::node::{Kind, Node};
use super::path::{Path, Scope};
use super::resolved::Resolved;
use super::template::{Template, macro_reason};

/// How deep values may be nested, those counted in that they refer to. Real templates stay below 30.
const MAX_NESTING: usize = 150;

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
    /// How deep values, names and conditions are nested in each other right now.
    nesting: Cell<usize>,
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
        let (conditions, nesting, names, problems) = Default::default();
        Self { template, environment, parameters, conditions, nesting, names, problems }
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

    /// Does something one level deeper, unless that is too deep: a stack has an end.
    pub(super) fn nested<T>(
        &self,
        path: &Path<'_>,
        line: Option<usize>,
        work: impl FnOnce() -> Outcome<T>,
    ) -> Outcome<T> {
        if self.nesting.get() >= MAX_NESTING {
            let reason =
                format!("values, names or conditions depend on each other more than {MAX_NESTING} deep");
            return self.fail(path, line, Reason::Unsupported(reason));
        }
        self.nesting.update(|nesting| nesting + 1);
        let outcome = work();
        self.nesting.update(|nesting| nesting - 1);
        outcome
    }

    /// The value of a node, all functions in it done.
    pub(super) fn value(&self, node: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        self.nested(path, node.line, || self.value_at_depth(node, path))
    }

    fn value_at_depth(&self, node: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        match &node.kind {
            Kind::Null => Ok(Resolved::Null),
            Kind::Bool(value) => Ok(Resolved::Bool(*value)),
            Kind::Number(text) => Ok(Resolved::Number(text.clone())),
            Kind::Text(text) => self.finished(text, None, node, path),
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

    /// A text with its dynamic references (`{{resolve:ssm:/name}}`) filled in.
    pub(super) fn finished(
        &self,
        text: &str,
        origin: Option<String>,
        node: &Node,
        path: &Path<'_>,
    ) -> Outcome<Resolved> {
        const BEGIN: &str = "{{resolve:";
        let mut result = String::new();
        let mut rest = text;
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
