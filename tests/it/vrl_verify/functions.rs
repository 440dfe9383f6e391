//! The functions that stock Vector has and the vrl crate as trailbell builds it has not, with Vector's signatures.
//!
//! `sha1` and `sha2` are VRL's own behind its feature for cryptography (`src/stdlib/sha1.rs`, `sha2.rs`), which no
//! other program here needs. `get_enrichment_table_record` is Vector's
//! (`lib/vector-vrl/enrichment/src/get_enrichment_table_record.rs`): the table's name and the names of the columns are
//! literals, cells are texts, and one row has to match, letter by letter.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use vrl::compiler::prelude::*;

/// The rows of the table `sns_keys`; placed in the compile configuration.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyTable(pub(super) Arc<Vec<ObjectMap>>);

impl KeyTable {
    /// As Vector reads a `file` table: the first line names the columns, and every cell is text.
    pub(super) fn from_csv(csv: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(csv);
        let rows = reader.deserialize::<BTreeMap<String, String>>().map(|row| {
            row.unwrap().into_iter().map(|(name, cell)| (name.into(), Value::from(cell))).collect()
        });
        Self(Arc::new(rows.collect()))
    }
}

/// The standard library, and these.
pub(super) fn all() -> Vec<Box<dyn Function>> {
    let mut all = vrl::stdlib::all();
    all.extend([Box::new(Sha1) as Box<dyn Function>, Box::new(Sha2), Box::new(GetEnrichmentTableRecord)]);
    all
}

const VALUE: Parameter = Parameter::required("value", kind::BYTES, "What is hashed.");

#[derive(Clone, Copy, Debug)]
struct Sha1;

impl Function for Sha1 {
    fn identifier(&self) -> &'static str {
        "sha1"
    }

    fn usage(&self) -> &'static str {
        "Calculates a SHA-1 hash of the value."
    }

    fn category(&self) -> &'static str {
        Category::Cryptography.as_ref()
    }

    fn return_kind(&self) -> u16 {
        kind::BYTES
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[VALUE];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[]
    }

    fn compile(&self, _: &TypeState, _: &mut FunctionCompileContext, arguments: ArgumentList) -> Compiled {
        Ok(HashFn { value: arguments.required("value"), algorithm: &SHA1_FOR_LEGACY_USE_ONLY }.as_expr())
    }
}

#[derive(Clone, Copy, Debug)]
struct Sha2;

impl Function for Sha2 {
    fn identifier(&self) -> &'static str {
        "sha2"
    }

    fn usage(&self) -> &'static str {
        "Calculates a SHA-2 hash of the value; here SHA-256 alone, which is not VRL's default."
    }

    fn category(&self) -> &'static str {
        Category::Cryptography.as_ref()
    }

    fn return_kind(&self) -> u16 {
        kind::BYTES
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] =
            &[VALUE, Parameter::optional("variant", kind::BYTES, "The variant of the algorithm.")];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[]
    }

    fn compile(
        &self,
        state: &TypeState,
        _: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        arguments.required_enum("variant", &["SHA-256".into()], state)?;
        Ok(HashFn { value: arguments.required("value"), algorithm: &SHA256 }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct HashFn {
    value: Box<dyn Expression>,
    algorithm: &'static digest::Algorithm,
}

impl FunctionExpression for HashFn {
    fn resolve(&self, context: &mut Context) -> Resolved {
        let value = self.value.resolve(context)?.try_bytes()?;
        let digest = digest::digest(self.algorithm, &value);
        let digits: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(digits.concat().into())
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::bytes().infallible()
    }
}

#[derive(Clone, Copy, Debug)]
struct GetEnrichmentTableRecord;

impl Function for GetEnrichmentTableRecord {
    fn identifier(&self) -> &'static str {
        "get_enrichment_table_record"
    }

    fn usage(&self) -> &'static str {
        "The one row of a table that matches the condition."
    }

    fn category(&self) -> &'static str {
        Category::Object.as_ref()
    }

    fn return_kind(&self) -> u16 {
        kind::OBJECT
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[
            Parameter::required("table", kind::BYTES, "The table to search."),
            Parameter::required("condition", kind::OBJECT, "The columns and the values that they must have."),
        ];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[]
    }

    fn compile(
        &self,
        state: &TypeState,
        context: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        arguments.required_enum("table", &["sns_keys".into()], state)?;
        let condition = arguments.required_object("condition")?;
        let table = context.get_external_context::<KeyTable>().expect("the tests place a table").clone();
        Ok(GetEnrichmentTableRecordFn { table, condition }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct GetEnrichmentTableRecordFn {
    table: KeyTable,
    condition: BTreeMap<KeyString, expression::Expr>,
}

impl FunctionExpression for GetEnrichmentTableRecordFn {
    fn resolve(&self, context: &mut Context) -> Resolved {
        let mut rows: Vec<&ObjectMap> = self.table.0.iter().collect();
        for (column, value) in &self.condition {
            let value = value.resolve(context)?;
            rows.retain(|row| row.get(column) == Some(&value));
        }
        match rows.as_slice() {
            [row] => Ok(Value::Object((*row).clone())),
            [] => Err("no rows found".into()),
            _ => Err("more than 1 row found".into()),
        }
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::object(Collection::any()).fallible()
    }
}
