//! The form of a plan (Terraform's "JSON output format", versions 1.x).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// What is used of a plan, or of a state.
#[derive(Debug, Deserialize)]
pub(in crate::cloudformation) struct Plan {
    planned_values: Option<Values>,
    /// A state's.
    values: Option<Values>,
    #[serde(default)]
    resource_changes: Vec<ResourceChange>,
    #[serde(default)]
    pub(super) configuration: Configuration,
}

#[derive(Debug, Default, Deserialize)]
struct Values {
    #[serde(default)]
    outputs: BTreeMap<String, OutputValue>,
    #[serde(default)]
    root_module: Module,
}

#[derive(Debug, Deserialize)]
struct OutputValue {
    #[serde(default)]
    sensitive: bool,
    value: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Module {
    #[serde(default)]
    address: String,
    #[serde(default)]
    resources: Vec<PlannedResource>,
    #[serde(default)]
    child_modules: Vec<Module>,
}

#[derive(Debug, Deserialize)]
struct PlannedResource {
    address: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default)]
    index: Option<Value>,
    #[serde(default)]
    values: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct ResourceChange {
    address: String,
    #[serde(default)]
    change: Change,
}

#[derive(Debug, Default, Deserialize)]
struct Change {
    #[serde(default)]
    after_unknown: Value,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Configuration {
    #[serde(default)]
    pub(super) root_module: ConfiguredModule,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ConfiguredModule {
    #[serde(default)]
    resources: Vec<ConfiguredResource>,
    #[serde(default)]
    module_calls: BTreeMap<String, ModuleCall>,
    #[serde(default)]
    outputs: BTreeMap<String, ConfiguredOutput>,
}

#[derive(Debug, Deserialize)]
struct ConfiguredResource {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default)]
    expressions: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct ModuleCall {
    #[serde(default)]
    expressions: Map<String, Value>,
    #[serde(default)]
    module: ConfiguredModule,
}

#[derive(Debug, Deserialize)]
struct ConfiguredOutput {
    #[serde(default)]
    expression: Value,
}

/// A resource that will exist, with where it stands.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) address: String,
    /// The address of its module: empty, or `module.alarms["a"]`.
    pub(super) module: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) index: Option<Value>,
    pub(super) values: Map<String, Value>,
    /// Which values are known only after `apply`.
    pub(super) unknown: Map<String, Value>,
}

/// Whether anything in `after_unknown` is.
pub(super) fn is_unknown(marks: &Value) -> bool {
    match marks {
        Value::Bool(unknown) => *unknown,
        Value::Array(items) => items.iter().any(is_unknown),
        Value::Object(entries) => entries.values().any(is_unknown),
        Value::Null | Value::Number(_) | Value::String(_) => false,
    }
}

impl Plan {
    fn values(&self) -> Option<&Values> {
        self.planned_values.as_ref().or(self.values.as_ref())
    }

    /// All managed resources, modules below their parent.
    pub(super) fn planned(&self) -> Vec<Planned> {
        let mut planned = Vec::new();
        let mut open: Vec<&Module> = self.values().map(|values| &values.root_module).into_iter().collect();
        while let Some(module) = open.pop() {
            for resource in module.resources.iter().filter(|resource| resource.mode == "managed") {
                planned.push(Planned {
                    address: resource.address.clone(),
                    module: module.address.clone(),
                    kind: resource.kind.clone(),
                    name: resource.name.clone(),
                    index: resource.index.clone(),
                    values: resource.values.clone(),
                    unknown: self.unknown(&resource.address),
                });
            }
            open.extend(module.child_modules.iter().rev());
        }
        planned
    }

    fn unknown(&self, address: &str) -> Map<String, Value> {
        let change = self.resource_changes.iter().find(|change| change.address == address);
        match change.map(|change| &change.change.after_unknown) {
            Some(Value::Object(marks)) => marks.clone(),
            _ => Map::new(),
        }
    }

    /// The outputs; secret ones without their value.
    pub(super) fn outputs(&self) -> impl Iterator<Item = (String, Option<Value>)> {
        let outputs = self.values().into_iter().flat_map(|values| &values.outputs);
        outputs.map(|(name, output)| (name.clone(), output.value.clone().filter(|_| !output.sensitive)))
    }
}

impl ConfiguredModule {
    /// The module at an address such as `module.a["x"].module.b`.
    pub(super) fn at(&self, address: &str) -> Option<&Self> {
        call_names(address)
            .into_iter()
            .try_fold(self, |module, name| Some(&module.module_calls.get(name)?.module))
    }

    /// What a resource's argument is written as.
    pub(super) fn argument(&self, kind: &str, name: &str, argument: &str) -> Option<&Value> {
        let resource =
            self.resources.iter().find(|resource| resource.kind == kind && resource.name == name)?;
        resource.expressions.get(argument)
    }

    /// What a variable of a module that is called from here is given.
    pub(super) fn variable(&self, call: &str, variable: &str) -> Option<&Value> {
        self.module_calls.get(call)?.expressions.get(variable)
    }

    /// What an output of this module is written as.
    pub(super) fn output(&self, name: &str) -> Option<&Value> {
        Some(&self.outputs.get(name)?.expression)
    }
}

/// The names in a module's address, indexes left out.
pub(super) fn call_names(address: &str) -> Vec<&str> {
    steps(address)
        .into_iter()
        .filter(|step| *step != "module")
        .map(|step| step.split('[').next().unwrap_or(step))
        .collect()
}

/// An address divided at its points, but not at those inside of indexes.
pub(super) fn steps(address: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    let (mut start, mut in_index, mut in_text, mut escaped) = (0, false, false, false);
    for (position, letter) in address.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '[' if !in_text => in_index = true,
            ']' if !in_text => in_index = false,
            '.' if !in_index => {
                steps.push(address.get(start..position).unwrap_or_default());
                start = position + 1;
            }
            _ => {}
        }
    }
    steps.push(address.get(start..).unwrap_or_default());
    steps.retain(|step| !step.is_empty());
    steps
}
