//! Values that are known only after `apply`: where do they come from?

use serde_json::Value;

use super::super::environment::Environment;
use super::super::error::Reason;
use super::super::kind::ResourceKind;
use super::attributes;
use super::plan::{Plan, Planned, call_names, steps};

/// How often a reference may lead to another one.
const MAX_STEPS: usize = 20;

/// A value, and whose it is if it is made up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) value: Value,
    pub(super) origin: Option<String>,
}

impl Found {
    pub(super) fn known(value: Value) -> Self {
        Self { value, origin: None }
    }
}

/// Who asks.
#[derive(Clone, Copy)]
struct From<'a> {
    /// The key of its instance.
    index: Option<&'a Value>,
    /// The attribute that makes sense for it.
    wanted: &'static str,
}

impl From<'_> {
    /// The same in another module, where the key means nothing.
    fn elsewhere(self) -> Self {
        Self { index: None, ..self }
    }
}

/// Follows references through a plan's configuration.
pub(super) struct Follower<'a> {
    pub(super) plan: &'a Plan,
    pub(super) planned: &'a [Planned],
    pub(super) environment: &'a Environment,
}

impl Follower<'_> {
    /// One text.
    pub(super) fn text(&self, resource: &Planned, argument: &str) -> Result<Found, Reason> {
        match self.all(resource, argument).as_slice() {
            [found] => Ok(found.clone()),
            _ => Err(self.not_found(resource, argument)),
        }
    }

    /// An ARN that the argument refers to, or a text in its place. What a text with other texts in it (`"${a}-b"`) will
    /// be, a plan does not say.
    pub(super) fn text_or_made_up(&self, resource: &Planned, argument: &str) -> Found {
        let is_arn = |found: &Found| found.value.as_str().is_some_and(|text| text.starts_with("arn:"));
        let found = self.text(resource, argument).ok().filter(is_arn);
        found.unwrap_or_else(|| {
            let made_up = match resource.values.get("protocol").and_then(Value::as_str) {
                Some(protocol @ ("http" | "https")) => format!("{protocol}://known-after-apply.invalid/"),
                _ => "known-after-apply".to_owned(),
            };
            Found { value: Value::String(made_up), origin: Some(self.origin(resource, argument)) }
        })
    }

    /// A list of texts. Those that are known already keep their places; the unknown ones are `null` there.
    pub(super) fn texts(
        &self,
        resource: &Planned,
        argument: &str,
        planned: Option<&Value>,
    ) -> Result<Found, Reason> {
        let found = self.all(resource, argument);
        if found.is_empty() {
            return Err(self.not_found(resource, argument));
        }
        let origin = found.iter().find_map(|found| found.origin.clone());
        let mut rest = found.into_iter().map(|found| found.value);
        let mut list: Vec<Value> = match planned {
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| if item.is_null() { rest.next().unwrap_or(Value::Null) } else { item.clone() })
                .collect(),
            _ => rest.by_ref().collect(),
        };
        if list.iter().any(Value::is_null) {
            return Err(self.not_found(resource, argument));
        }
        let mut known: Vec<Value> = Vec::new();
        list.retain(|item| {
            !known.contains(item) && {
                known.push(item.clone());
                true
            }
        });
        Ok(Found { value: Value::Array(list), origin })
    }

    fn not_found(&self, resource: &Planned, argument: &str) -> Reason {
        Reason::KnownLater { origin: self.origin(resource, argument) }
    }

    /// What an argument is written with, for errors.
    pub(super) fn origin(&self, resource: &Planned, argument: &str) -> String {
        let references = self.argument(resource, argument).map(references).unwrap_or_default();
        references
            .first()
            .map_or_else(|| "a value of another resource".to_owned(), |first| (*first).to_owned())
    }

    /// Whether the configuration gives the argument.
    pub(super) fn is_written(&self, resource: &Planned, argument: &str) -> bool {
        self.argument(resource, argument).is_some()
    }

    fn argument(&self, resource: &Planned, argument: &str) -> Option<&Value> {
        let module = self.plan.configuration.root_module.at(&resource.module)?;
        module.argument(&resource.kind, &resource.name, argument)
    }

    fn all(&self, resource: &Planned, argument: &str) -> Vec<Found> {
        let Some(expression) = self.argument(resource, argument) else { return Vec::new() };
        let from = From {
            index: resource.index.as_ref(),
            wanted: if argument == "log_group_name" { "name" } else { "arn" },
        };
        self.expression(expression, &resource.module, from, 0)
    }

    fn expression(&self, expression: &Value, module: &str, from: From<'_>, depth: usize) -> Vec<Found> {
        if depth > MAX_STEPS {
            return Vec::new();
        }
        if let Some(constant) = expression.get("constant_value") {
            return match constant {
                Value::Array(items) => items.iter().cloned().map(Found::known).collect(),
                other => vec![Found::known(other.clone())],
            };
        }
        references(expression).iter().flat_map(|name| self.reference(name, module, from, depth)).collect()
    }

    fn reference(&self, name: &str, module: &str, from: From<'_>, depth: usize) -> Vec<Found> {
        let root = &self.plan.configuration.root_module;
        let parts = steps(name);
        match parts.as_slice() {
            ["var", variable, ..] => {
                let all = steps(module);
                let Some((call, parent)) = all.split_last() else { return Vec::new() };
                let parent = parent.strip_suffix(&["module"]).unwrap_or(parent).join(".");
                let call = call.split('[').next().unwrap_or(call);
                let expression = root.at(&parent).and_then(|parent| parent.variable(call, variable));
                expression
                    .map(|expression| self.expression(expression, &parent, from.elsewhere(), depth + 1))
                    .unwrap_or_default()
            }
            ["module", call, output, ..] => {
                let prefix = if module.is_empty() { String::new() } else { format!("{module}.") };
                let called = format!("{prefix}module.{call}");
                let from = from.elsewhere();
                let expression = root.at(&called).and_then(|module| module.output(output));
                let Some(expression) = expression else { return Vec::new() };
                self.instances(&called)
                    .iter()
                    .flat_map(|it| self.expression(expression, it, from, depth + 1))
                    .collect()
            }
            [kind, resource, attribute] if kind.contains('_') => {
                self.resource(kind, resource, attribute, module, from.index)
            }
            // With an index that is worked out (`it[each.key].arn`), the plan says neither index nor attribute.
            [kind, resource] if kind.contains('_') => {
                self.resource(kind, resource, from.wanted, module, from.index)
            }
            _ => Vec::new(),
        }
    }

    /// The module instances that an address without index means.
    fn instances(&self, module: &str) -> Vec<String> {
        let mut instances: Vec<String> = Vec::new();
        for planned in self.planned {
            let same = planned.module == module || call_names(&planned.module) == call_names(module);
            if same && planned.module.starts_with(module) && !instances.contains(&planned.module) {
                instances.push(planned.module.clone());
            }
        }
        instances
    }

    fn resource(
        &self,
        kind: &str,
        resource: &str,
        attribute: &str,
        module: &str,
        index: Option<&Value>,
    ) -> Vec<Found> {
        let (name, given) = resource.split_once('[').unwrap_or((resource, ""));
        let given: Option<Value> = serde_json::from_str(given.trim_end_matches(']')).ok();
        let is_named =
            |planned: &&Planned| planned.module == module && planned.kind == kind && planned.name == name;
        let all: Vec<_> = self.planned.iter().filter(is_named).collect();
        let exact = all.iter().find(|planned| match &given {
            Some(given) => planned.index.as_ref() == Some(given),
            // As Terraform's users mostly write it: the same key on both sides.
            None => planned.index.is_some() && planned.index.as_ref() == index,
        });
        let meant = exact.map_or_else(|| all.clone(), |exact| vec![*exact]);
        meant.into_iter().filter_map(|planned| self.attribute(planned, attribute)).collect()
    }

    fn attribute(&self, planned: &Planned, attribute: &str) -> Option<Found> {
        let planned_value = planned.values.get(attribute).filter(|value| !value.is_null());
        if let Some(value) = planned_value {
            return Some(Found::known(value.clone()));
        }
        let text = |text: String| Found::known(Value::String(text));
        if let Some(kind) = attributes::kind(&planned.kind) {
            return match (attribute, kind) {
                ("arn", _) | ("id", ResourceKind::Topic | ResourceKind::Subscription) => {
                    self.arn(planned, kind).map(text)
                }
                ("name" | "alarm_name" | "id", _) => Some(text(self.name(planned, kind))),
                _ => None,
            };
        }
        let service = planned.kind.split('_').nth(1).unwrap_or_default();
        let made_up = if attribute == "arn" || attribute.ends_with("_arn") {
            self.environment
                .arn(service, &format!("{}-{}", planned.name, self.environment.suffix(&planned.address)))
        } else {
            format!("{}-{}", planned.name, self.environment.suffix(&planned.address))
        };
        Some(Found {
            value: Value::String(made_up),
            origin: Some(format!("{}.{attribute}", planned.address)),
        })
    }
}

/// The references of an expression, each at its full length: Terraform lists `a.b.arn`, then `a.b`.
fn references(expression: &Value) -> Vec<&str> {
    let own = expression
        .get("references")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let mut names: Vec<&str> = Vec::new();
    for name in own {
        let is_shorter = names
            .last()
            .is_some_and(|longer| longer.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '['])));
        if !is_shorter && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
