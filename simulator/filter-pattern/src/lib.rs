//! The CloudWatch Logs filter-pattern language.
