//! A configuration of Vector as data.

use std::collections::BTreeMap;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::program;

/// The parts that the shipped configurations have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    #[serde(default)]
    pub(crate) enrichment_tables: BTreeMap<String, Component>,
    #[serde(default)]
    pub(crate) secret: BTreeMap<String, Component>,
    pub(crate) sources: BTreeMap<String, Component>,
    pub(crate) transforms: BTreeMap<String, Component>,
    pub(crate) sinks: BTreeMap<String, Component>,
    pub(crate) tests: Vec<Test>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Component {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) inputs: Vec<String>,
    #[serde(flatten)]
    pub(crate) options: Map<String, Value>,
}

/// One entry of `tests:`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    pub(crate) name: String,
    pub(crate) inputs: Vec<Input>,
    #[serde(default)]
    pub(crate) outputs: Vec<Output>,
    #[serde(default)]
    pub(crate) no_outputs_from: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Input {
    Raw { insert_at: String, value: String },
    Log { insert_at: String, log_fields: Map<String, Value> },
    Vrl { insert_at: String, source: String },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    pub(crate) extract_from: String,
    pub(crate) conditions: Vec<Condition>,
}

/// A text is VRL, here as in Vector.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Condition {
    Short(String),
    Long {
        #[serde(rename = "type")]
        kind: String,
        source: String,
    },
}

impl Condition {
    pub(crate) fn source(&self) -> &str {
        match self {
            Self::Short(source) => source,
            Self::Long { kind, source } => {
                assert_eq!(kind, "vrl", "the only kind that these files use");
                source
            }
        }
    }
}

impl Config {
    /// The configuration in `vrl/`.
    pub(crate) fn shipped(name: &str) -> Self {
        let path = program::folder().join(name);
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
        let [document] = documents.as_slice() else { return Err("not one document".to_owned()) };
        serde_json::from_value(json(document)?).map_err(|error| error.to_string())
    }

    /// The outputs of all sources and transforms, as `inputs` name them.
    pub(crate) fn outputs(&self) -> Vec<String> {
        let mut outputs: Vec<String> = self.sources.keys().cloned().collect();
        for (id, transform) in &self.transforms {
            match transform.kind.as_str() {
                "exclusive_route" => {
                    outputs.extend(transform.routes().map(|(name, _)| format!("{id}.{name}")));
                    outputs.push(format!("{id}._unmatched"));
                }
                "remap" if transform.flag("reroute_dropped") => {
                    outputs.extend([id.clone(), format!("{id}.dropped")]);
                }
                _ => outputs.push(id.clone()),
            }
        }
        outputs
    }
}

impl Component {
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.options.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        let (first, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
        let value = self.options.get(first)?;
        if rest.is_empty() { value.as_str() } else { value.pointer(&format!("/{rest}"))?.as_str() }
    }

    /// A `remap` transform's program.
    pub(crate) fn program(&self) -> String {
        let files = self.options.get("files").and_then(Value::as_array);
        match (files, self.text("source")) {
            (Some(files), None) => {
                let files: Vec<&str> = files.iter().map(|file| file.as_str().unwrap()).collect();
                program::Program::source(&files)
            }
            (None, Some(source)) => source.to_owned(),
            _ => panic!("one of files and source is needed"),
        }
    }

    /// An `exclusive_route` transform's names and conditions.
    pub(crate) fn routes(&self) -> impl Iterator<Item = (&str, &str)> {
        let routes = self.options.get("routes").and_then(Value::as_array).into_iter().flatten();
        routes.map(|route| (route["name"].as_str().unwrap(), route["condition"].as_str().unwrap()))
    }
}

fn json(node: &Yaml) -> Result<Value, String> {
    Ok(match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(flag)) => (*flag).into(),
        Yaml::Value(Scalar::Integer(number)) => (*number).into(),
        Yaml::Value(Scalar::FloatingPoint(number)) => number.into_inner().into(),
        Yaml::Value(Scalar::String(text)) => text.to_string().into(),
        Yaml::Sequence(items) => items.iter().map(json).collect::<Result<_, _>>()?,
        Yaml::Mapping(members) => {
            let mut object = Map::new();
            for (key, value) in members {
                let key = key.as_str().ok_or_else(|| format!("a key that is no text: {key:?}"))?;
                object.insert(key.to_owned(), json(value)?);
            }
            Value::Object(object)
        }
        other => return Err(format!("not plain YAML: {other:?}")),
    })
}
