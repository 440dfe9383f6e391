//! CloudWatch's units.

use std::fmt;

/// A unit of a metric, such as `Count` or `Bytes/Second`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(&'static str);

/// All units, in the order in which an error of AWS's has them (recorded).
const ALL: [&str; 27] = [
    "Gigabits/Second",
    "Gigabits",
    "Percent",
    "Terabits",
    "Bits",
    "Kilobits",
    "Megabytes/Second",
    "Kilobytes",
    "Megabits/Second",
    "Terabytes",
    "Bytes",
    "Count",
    "Gigabytes",
    "Milliseconds",
    "Count/Second",
    "Gigabytes/Second",
    "None",
    "Terabytes/Second",
    "Bytes/Second",
    "Megabits",
    "Kilobytes/Second",
    "Megabytes",
    "Microseconds",
    "Kilobits/Second",
    "Terabits/Second",
    "Bits/Second",
    "Seconds",
];

impl Unit {
    /// The unit of metrics that have none.
    pub const NONE: Self = Self("None");

    /// The unit of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        ALL.iter().find(|unit| **unit == name).map(|unit| Self(unit))
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The names of all units, as AWS lists them.
    pub(super) fn list() -> String {
        ALL.join(", ")
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}
