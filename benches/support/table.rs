//! The table at the end of a measurement.

use std::fmt;

/// Rates, and what part of the unit's rate they are.
pub(crate) struct Table {
    unit: f64,
    rows: Vec<Row>,
}

struct Row {
    what: String,
    per_second: f64,
    note: String,
}

impl Table {
    /// `unit` is the rate of bare verification in the same run.
    pub(crate) fn new(unit: f64) -> Self {
        let mut table = Self { unit, rows: Vec::new() };
        table.row("bare RSA-2048/SHA-256 verification, 1 core", unit, "");
        table
    }

    /// Adds a line.
    pub(crate) fn row(&mut self, what: impl Into<String>, per_second: f64, note: impl Into<String>) {
        self.rows.push(Row { what: what.into(), per_second, note: note.into() });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<44} {:>10} {:>8}  note", "", "per second", "ratio")?;
        for Row { what, per_second, note } in &self.rows {
            writeln!(f, "{what:<44} {per_second:>10.0} {:>8.2}  {note}", per_second / self.unit)?;
        }
        Ok(())
    }
}
