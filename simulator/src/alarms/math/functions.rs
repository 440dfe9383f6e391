//! The functions by name, and how many arguments they take.

use super::expression::MathError;

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal $most:literal $takes:literal,)*) => {
        /// A function of metric math.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::alarms) enum Function {
            $($variant,)*
        }

        impl Function {
            /// Its name in expressions.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            const fn takes(self) -> (usize, usize, &'static str) {
                match self { $(Self::$variant => ($least, $most, $takes),)* }
            }

            fn find(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

functions! {
    Abs "ABS" 1 1 "1 argument",
    Average "AVG" 1 100 "at least 1 argument",
    Ceil "CEIL" 1 1 "1 argument",
    DatapointCount "DATAPOINT_COUNT" 1 1 "1 argument",
    Date "DATE" 1 1 "1 argument",
    Day "DAY" 1 1 "1 argument",
    Diff "DIFF" 1 1 "1 argument",
    DiffTime "DIFF_TIME" 1 1 "1 argument",
    Epoch "EPOCH" 1 1 "1 argument",
    Fill "FILL" 2 2 "2 arguments",
    First "FIRST" 1 1 "1 argument",
    Floor "FLOOR" 1 1 "1 argument",
    Hour "HOUR" 1 1 "1 argument",
    If "IF" 2 3 "2 or 3 arguments",
    Last "LAST" 1 1 "1 argument",
    Log "LOG" 1 1 "1 argument",
    Log10 "LOG10" 1 1 "1 argument",
    Maximum "MAX" 1 100 "at least 1 argument",
    Metrics "METRICS" 0 1 "at most 1 argument",
    MetricCount "METRIC_COUNT" 1 1 "1 argument",
    Minimum "MIN" 1 100 "at least 1 argument",
    Minute "MINUTE" 1 1 "1 argument",
    Month "MONTH" 1 1 "1 argument",
    Period "PERIOD" 1 1 "1 argument",
    Rate "RATE" 1 1 "1 argument",
    RemoveEmpty "REMOVE_EMPTY" 1 1 "1 argument",
    RunningSum "RUNNING_SUM" 1 1 "1 argument",
    Slice "SLICE" 2 3 "2 or 3 arguments",
    Sort "SORT" 3 4 "3 or 4 arguments",
    Deviation "STDDEV" 1 100 "at least 1 argument",
    Sum "SUM" 1 100 "at least 1 argument",
    TimeSeries "TIME_SERIES" 1 1 "1 argument",
    Year "YEAR" 1 1 "1 argument",
}

/// Functions of AWS that cannot be answered here, and why.
const UNSUPPORTED: [(&str, &str); 6] = [
    ("ANOMALY_DETECTION_BAND", "anomaly-detection alarms are refused"),
    ("DB_PERF_INSIGHTS", "there is no RDS here"),
    ("INSIGHT_RULE_METRIC", "there is no Contributor Insights here"),
    ("LAMBDA", "there is no Lambda here"),
    ("SEARCH", "alarms cannot use it, nor can they in AWS"),
    ("SERVICE_QUOTA", "there are no service quotas here"),
];

impl Function {
    /// The function of a name at a place of the expression.
    pub(super) fn named(name: &str, at: usize) -> Result<Self, MathError> {
        if let Some((name, why)) = UNSUPPORTED.iter().find(|(unsupported, _)| *unsupported == name) {
            return Err(MathError::Unsupported((*name).to_owned(), why));
        }
        Self::find(name).ok_or_else(|| MathError::UnknownFunction { name: name.to_owned(), at })
    }

    pub(super) fn check_count(self, given: usize) -> Result<(), MathError> {
        let (least, most, takes) = self.takes();
        if (least..=most).contains(&given) {
            return Ok(());
        }
        Err(MathError::Arguments { name: self.name(), takes, given })
    }
}
