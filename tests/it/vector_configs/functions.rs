//! The functions that a program may call: VRL's of version 0.31 with their parameters of then, and Vector's two for
//! enrichment tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use vrl::compiler::expression::Expr;
use vrl::compiler::function::closure;
use vrl::compiler::function::{ArgumentList, Example, FunctionCompileContext, Parameter};
use vrl::compiler::state::TypeState;
use vrl::compiler::value::kind;
use vrl::compiler::{Context, Expression, Function, FunctionExpression, Resolved, TypeDef};
use vrl::prelude::Compiled;
use vrl::value::kind::Collection;
use vrl::value::{KeyString, Kind, ObjectMap, Value};

/// `vrl/vrl-0.31-functions.txt`: the name of each function, and its parameters.
static OF_VRL_0_31: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("vrl/vrl-0.31-functions.txt");
    let list = std::fs::read_to_string(list).unwrap();
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let parsed = lines.map(|line| {
        let (name, parameters) = line.strip_suffix(')').and_then(|line| line.split_once('(')).unwrap();
        let parameters = parameters.split(", ").filter(|name| !name.is_empty()).map(str::to_owned);
        (name.to_owned(), parameters.collect())
    });
    parsed.collect()
});

/// The oldest set that a program of `vrl/` meets in Vector: the standard library of VRL 0.31, and the functions for tables.
pub(crate) fn oldest() -> Vec<Box<dyn Function>> {
    of_vrl_0_31().into_iter().chain(of_tables()).collect()
}

/// The standard library of VRL 0.31, as far as every embedder has it.
pub(crate) fn of_vrl_0_31() -> Vec<Box<dyn Function>> {
    let old = vrl::stdlib::all().into_iter().filter_map(|function| {
        let known = OF_VRL_0_31.get(function.identifier())?;
        let parameters = function
            .parameters()
            .iter()
            .filter(|parameter| known.iter().any(|name| name == parameter.keyword));
        let parameters: Vec<Parameter> = parameters.copied().collect();
        Some(Box::new(Old { function, parameters: parameters.leak() }) as Box<dyn Function>)
    });
    old.collect()
}

/// Everything that an embedder may have registered: the newest standard library, and what comes with trailbell.
pub(crate) fn newest() -> Vec<Box<dyn Function>> {
    vrl::stdlib::all().into_iter().chain(of_tables()).chain(trailbell::functions::all()).collect()
}

/// Whether VRL 0.31 or Vector has a function of this name.
pub(crate) fn is_old(name: &str) -> bool {
    OF_VRL_0_31.contains_key(name) || of_tables().iter().any(|function| function.identifier() == name)
}

/// The functions that lines of code call: each name before a bracket, outside of texts and patterns.
pub(crate) fn called(code: &[&str]) -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    let mut word = String::new();
    for line in code {
        let mut quote = None;
        let mut escaped = false;
        for c in line.chars() {
            if let Some(end) = quote {
                if c == end && !escaped {
                    quote = None;
                }
                escaped = c == '\\' && !escaped;
                continue;
            }
            match c {
                '"' | '\'' => quote = Some(c),
                '#' => break,
                '(' if !word.is_empty() => {
                    called.insert(std::mem::take(&mut word));
                }
                '!' => continue,
                c if c.is_ascii_alphanumeric() || c == '_' => {
                    word.push(c);
                    continue;
                }
                _ => {}
            }
            word.clear();
        }
        word.clear();
    }
    called
}

fn of_tables() -> [Box<dyn Function>; 2] {
    [Box::new(OfTables { single: false }), Box::new(OfTables { single: true })]
}

/// A function of today that takes no parameters but those of VRL 0.31.
#[derive(Debug)]
struct Old {
    function: Box<dyn Function>,
    parameters: &'static [Parameter],
}

impl Function for Old {
    fn identifier(&self) -> &'static str {
        self.function.identifier()
    }

    fn usage(&self) -> &'static str {
        self.function.usage()
    }

    fn category(&self) -> &'static str {
        self.function.category()
    }

    fn return_kind(&self) -> u16 {
        self.function.return_kind()
    }

    fn examples(&self) -> &'static [Example] {
        self.function.examples()
    }

    fn compile(
        &self,
        state: &TypeState,
        ctx: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        self.function.compile(state, ctx, arguments)
    }

    fn parameters(&self) -> &'static [Parameter] {
        self.parameters
    }

    fn closure(&self) -> Option<closure::Definition> {
        self.function.closure()
    }
}

/// The enrichment tables of a configuration, given to the compiler as Vector gives its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables(pub(crate) Arc<BTreeMap<String, Vec<ObjectMap>>>);

impl Tables {
    /// One table named `routes`, read as Vector reads a `file` table: every cell is text, no comments, nothing trimmed.
    pub(crate) fn routes(csv: &str) -> Self {
        Self(Arc::new(BTreeMap::from([("routes".to_owned(), rows(csv).unwrap())])))
    }
}

/// The rows of a CSV file with a header, as Vector's `src/enrichment_tables/file.rs` reads them.
pub(crate) fn rows(csv: &str) -> Result<Vec<ObjectMap>, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(csv.as_bytes());
    let header = reader.headers()?.clone();
    let row = |record: csv::StringRecord| {
        header
            .iter()
            .zip(record.iter())
            .map(|(name, cell)| (KeyString::from(name), Value::from(cell)))
            .collect()
    };
    reader.records().map(|record| record.map(row)).collect()
}

/// `find_enrichment_table_records`, or with `single` `get_enrichment_table_record`: the signatures and the results of
/// Vector's `lib/vector-vrl/enrichment`, for conditions of equality.
#[derive(Debug, Clone, Copy)]
struct OfTables {
    single: bool,
}

/// Vector's five, with its kinds.
static PARAMETERS: [Parameter; 5] = [
    Parameter::required("table", kind::BYTES, ""),
    Parameter::required("condition", kind::OBJECT, ""),
    Parameter::optional("select", kind::ARRAY, ""),
    Parameter::optional("case_sensitive", kind::BOOLEAN, ""),
    Parameter::optional("wildcard", kind::BYTES, ""),
];

impl Function for OfTables {
    fn identifier(&self) -> &'static str {
        if self.single { "get_enrichment_table_record" } else { "find_enrichment_table_records" }
    }

    fn usage(&self) -> &'static str {
        "Searches an enrichment table."
    }

    fn category(&self) -> &'static str {
        "Enrichment"
    }

    fn return_kind(&self) -> u16 {
        if self.single { kind::OBJECT } else { kind::ARRAY }
    }

    fn examples(&self) -> &'static [Example] {
        &[]
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn compile(
        &self,
        state: &TypeState,
        ctx: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        let tables = ctx.get_external_context::<Tables>().cloned().unwrap_or_default();
        let names: Vec<Value> = tables.0.keys().map(|name| Value::from(name.as_str())).collect();
        let table = arguments.required_enum("table", &names, state)?;
        let table = table.to_str_lossy().unwrap_or_default().into_owned();
        let unsupported = ["select", "case_sensitive", "wildcard"];
        assert!(
            unsupported.iter().all(|name| arguments.optional(name).is_none()),
            "this stand-in knows none of {unsupported:?}"
        );
        let condition = arguments.required_object("condition")?;
        Ok(Search { single: self.single, tables, table, condition }.as_expr())
    }
}

#[derive(Debug, Clone)]
struct Search {
    single: bool,
    tables: Tables,
    table: String,
    condition: BTreeMap<KeyString, Expr>,
}

impl FunctionExpression for Search {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let mut wanted = ObjectMap::new();
        for (column, value) in &self.condition {
            wanted.insert(column.clone(), value.resolve(ctx)?);
        }
        let matches = |row: &&ObjectMap| wanted.iter().all(|(column, value)| row.get(column) == Some(value));
        let mut found = self.tables.0[&self.table].iter().filter(matches).cloned();
        if !self.single {
            return Ok(Value::Array(found.map(Value::Object).collect()));
        }
        match (found.next(), found.next()) {
            (Some(row), None) => Ok(Value::Object(row)),
            (Some(_), Some(_)) => Err("more than one row found".into()),
            (None, _) => Err("no rows found".into()),
        }
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        if self.single {
            TypeDef::object(Collection::any()).fallible()
        } else {
            TypeDef::array(Collection::from_unknown(Kind::object(Collection::any()))).fallible()
        }
    }
}
