//! Times as CloudWatch writes them, all in UTC.

use chrono::{DateTime, Utc};

/// `2018-07-03T14:23:28.949+0000`.
pub(super) fn milliseconds(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// `03/07/18 14:18:00`, of a datapoint.
pub(super) fn datapoint(time: DateTime<Utc>) -> String {
    time.format("%d/%m/%y %H:%M:%S").to_string()
}

/// `Friday 22 July, 2022 15:57:45 UTC`, of a change of state. The day has two digits (`Wednesday 03 September`).
pub(super) fn sentence(time: DateTime<Utc>) -> String {
    time.format("%A %d %B, %Y %H:%M:%S UTC").to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms() {
        let time: DateTime<Utc> = "2025-09-03T06:05:33.070Z".parse().unwrap();
        assert_eq!(milliseconds(time), "2025-09-03T06:05:33.070+0000");
        assert_eq!(datapoint(time), "03/09/25 06:05:33");
        assert_eq!(sentence(time), "Wednesday 03 September, 2025 06:05:33 UTC");
    }
}
