//! The smallest host of VRL 0.31, with doubles of Vector's two functions for enrichment tables.

use std::collections::BTreeMap;

use vrl::compiler::compile_with_external;
use vrl::compiler::runtime::{Runtime, Terminate};
use vrl::compiler::state::ExternalEnv;
use vrl::compiler::{CompileConfig, ExpressionError, Function, Program, TargetValue, TimeZone};
use vrl::diagnostic::Formatter;
use vrl::prelude::*;
use vrl::value::{Kind, Secrets, Value};

const ROUTES: &str = include_str!("../../../routes.csv");

/// A compiled program.
pub(crate) struct Host(Program);

/// What a program leaves.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) event: serde_json::Value,
    pub(crate) metadata: serde_json::Value,
}

/// How a program ended that did not come to its end.
#[derive(Debug)]
pub(crate) enum Stopped {
    Abort(String),
    Error(String),
}

impl Host {
    /// Compiles, knowing nothing of the event. A warning is an error.
    pub(crate) fn compile(source: &str) -> Self {
        Self::compile_for(source, Kind::any(), Kind::any()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Compiles for hosts that know nothing of an event's types, that it is an object, and what Vector says of its events.
    pub(crate) fn compile_everywhere(name: &str, source: &str) {
        let anything = Kind::object(Collection::any());
        let mut event = anything.clone();
        for (field, kind) in [("message", Kind::bytes()), ("timestamp", Kind::timestamp())] {
            event.as_object_mut().unwrap().known_mut().insert(field.into(), kind);
        }
        for (event, metadata) in
            [(Kind::any(), Kind::any()), (anything.clone(), anything.clone()), (event, anything)]
        {
            if let Err(error) = Self::compile_for(source, event.clone(), metadata) {
                panic!("{name} for {event}: {error}");
            }
        }
    }

    fn compile_for(source: &str, event: Kind, metadata: Kind) -> Result<Self, String> {
        let mut functions = vrl::stdlib::all();
        functions.push(Box::new(OfTables { single: false }));
        functions.push(Box::new(OfTables { single: true }));
        let known = ExternalEnv::new_with_kind(event, metadata);
        match compile_with_external(source, &functions, &known, CompileConfig::default()) {
            Ok(compiled) if compiled.warnings.is_empty() => Ok(Self(compiled.program)),
            Ok(compiled) => Err(Formatter::new(source, compiled.warnings).to_string()),
            Err(errors) => Err(Formatter::new(source, errors).to_string()),
        }
    }

    pub(crate) fn run(
        &self,
        event: &serde_json::Value,
        metadata: &serde_json::Value,
    ) -> Result<Done, Stopped> {
        let mut target = TargetValue {
            value: Value::from(event.clone()),
            metadata: Value::from(metadata.clone()),
            secrets: Secrets::default(),
        };
        let zone = TimeZone::parse("UTC").unwrap();
        match Runtime::default().resolve(&mut target, &self.0, &zone) {
            Ok(_) => Ok(Done {
                event: serde_json::to_value(&target.value).unwrap(),
                metadata: serde_json::to_value(&target.metadata).unwrap(),
            }),
            Err(Terminate::Abort(ExpressionError::Abort { message, .. })) => {
                Err(Stopped::Abort(message.unwrap_or_default()))
            }
            Err(Terminate::Abort(error) | Terminate::Error(error)) => Err(Stopped::Error(error.to_string())),
        }
    }
}

/// `find_enrichment_table_records` gives the lines of the shipped `routes.csv`, `get_enrichment_table_record` finds none: it
/// is the table of the keys that is asked. Types as Vector has them (`lib/vector-vrl/enrichment/src`).
#[derive(Clone, Copy, Debug)]
struct OfTables {
    single: bool,
}

impl Function for OfTables {
    fn identifier(&self) -> &'static str {
        if self.single { "get_enrichment_table_record" } else { "find_enrichment_table_records" }
    }

    fn usage(&self) -> &'static str {
        "Reads an enrichment table."
    }

    fn category(&self) -> &'static str {
        "Enrichment"
    }

    fn return_kind(&self) -> u16 {
        if self.single { kind::OBJECT } else { kind::ARRAY }
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[
            Parameter::required("table", kind::BYTES, "The table's name."),
            Parameter::required("condition", kind::OBJECT, "What a line has to hold."),
        ];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[]
    }

    fn compile(&self, _: &TypeState, _: &mut FunctionCompileContext, arguments: ArgumentList) -> Compiled {
        let condition = arguments.required("condition");
        let mut lines = csv::Reader::from_reader(ROUTES.as_bytes());
        let lines = lines.deserialize::<BTreeMap<String, String>>().map(|line| {
            let cells = line.unwrap().into_iter().map(|(name, cell)| (name.into(), Value::from(cell)));
            Value::Object(cells.collect())
        });
        Ok(Lookup { condition, lines: lines.collect(), single: self.single }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct Lookup {
    condition: Box<dyn Expression>,
    lines: Vec<Value>,
    single: bool,
}

impl FunctionExpression for Lookup {
    fn resolve(&self, context: &mut Context) -> Resolved {
        self.condition.resolve(context)?;
        if self.single { Err("data not found".into()) } else { Ok(self.lines.clone().into()) }
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        if self.single {
            return TypeDef::object(Collection::any()).fallible();
        }
        TypeDef::array(Collection::from_unknown(Kind::object(Collection::any()))).fallible()
    }
}
