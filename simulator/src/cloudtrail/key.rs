//! Names of the objects that CloudTrail leaves in S3.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};

/// What lies under a name below `AWSLogs/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// Events, in `CloudTrail/` (or in a folder of another name, with the file name of a log file).
    LogFile,
    /// Says which log files there are, in `CloudTrail-Digest/`.
    Digest,
    /// Insights, network activity or aggregates, in `CloudTrail-Insight/`, ...
    OtherEvents,
    /// Anything else, such as the empty objects that stand for folders.
    Other,
}

impl ObjectKind {
    /// What lies under `key`, a path with `/`.
    #[must_use]
    pub fn of(key: &str) -> Self {
        let file = key.rsplit('/').next().unwrap_or(key);
        let middle = file.split('_').nth(1);
        match middle {
            Some("CloudTrail") if LogFileName::parse(file).is_some() => Self::LogFile,
            Some("CloudTrail-Digest") => Self::Digest,
            Some(other) if other.starts_with("CloudTrail-") => Self::OtherEvents,
            _ => Self::Other,
        }
    }
}

/// The name of a log file: `<account>_CloudTrail_<region>_<YYYYMMDDTHHmmZ>_<16 characters>.json.gz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFileName {
    /// The account's number.
    pub account: String,
    /// The region's code.
    pub region: String,
    /// When the file was delivered, to the minute.
    pub delivered_at: DateTime<Utc>,
    /// What keeps two files of a minute apart.
    pub unique: String,
}

impl LogFileName {
    /// Reads a file name; a path before it is passed over, and `.gz` may be missing.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let file = path.rsplit('/').next()?;
        let stem = file.strip_suffix(".gz").unwrap_or(file).strip_suffix(".json")?;
        let [account, "CloudTrail", region, delivered, unique] = stem.split('_').collect::<Vec<_>>()[..]
        else {
            return None;
        };
        let delivered = NaiveDateTime::parse_from_str(delivered, "%Y%m%dT%H%MZ").ok()?;
        Some(Self {
            account: account.to_owned(),
            region: region.to_owned(),
            delivered_at: delivered.and_utc(),
            unique: unique.to_owned(),
        })
    }

    /// The whole key, without a bucket's prefix.
    #[must_use]
    pub fn key(&self) -> String {
        let Self { account, region, delivered_at, .. } = self;
        format!("AWSLogs/{account}/CloudTrail/{region}/{}/{self}", delivered_at.format("%Y/%m/%d"))
    }
}

impl fmt::Display for LogFileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, region, delivered_at, unique } = self;
        write!(
            formatter,
            "{account}_CloudTrail_{region}_{}_{unique}.json.gz",
            delivered_at.format("%Y%m%dT%H%MZ")
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const KEY: &str = "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/09/22/\
                       123456789012_CloudTrail_eu-west-1_20260922T1925Z_a1B2c3D4e5F6g7H8.json.gz";

    #[test]
    fn a_log_files_name_is_read_and_written() {
        let name = LogFileName::parse(KEY).unwrap();
        assert_eq!((name.account.as_str(), name.region.as_str()), ("123456789012", "eu-west-1"));
        assert_eq!(name.delivered_at.to_rfc3339(), "2026-09-22T19:25:00+00:00");
        assert_eq!(name.unique, "a1B2c3D4e5F6g7H8");
        assert_eq!(name.key(), KEY);
        assert_eq!(LogFileName::parse(KEY.strip_suffix(".gz").unwrap()), Some(name));
    }

    #[test]
    fn objects_are_told_apart() {
        for (key, kind) in [
            (KEY, ObjectKind::LogFile),
            (&KEY.replace("12/CloudTrail/", "12/elsewhere/"), ObjectKind::LogFile),
            (
                "AWSLogs/1/CloudTrail-Digest/us-east-2/2015/08/17/\
                 1_CloudTrail-Digest_us-east-2_trail_us-east-2_20150817T150131Z.json.gz",
                ObjectKind::Digest,
            ),
            (
                "AWSLogs/1/CloudTrail-Insight/us-east-1/2020/01/02/\
                 1_CloudTrail-Insight_us-east-1_20200102T0305Z_a.json.gz",
                ObjectKind::OtherEvents,
            ),
            ("AWSLogs/1/CloudTrail/", ObjectKind::Other),
            ("AWSLogs/1/CloudTrail/1_CloudTrail_eu-west-1_yesterday_a.json.gz", ObjectKind::Other),
            ("notes_CloudTrail.txt", ObjectKind::Other),
        ] {
            assert_eq!(ObjectKind::of(key), kind, "{key}");
        }
    }
}
