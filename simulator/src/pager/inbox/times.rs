//! Times for people.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::alert::time;
use super::html::Html;

/// Such as `45 s`, `12 min`, `3 h` or `4 d`: its largest unit alone. Nothing is less than none.
pub(super) fn span(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// How long ago, with the time itself to hover on.
pub(super) fn write_age(html: &mut Html, at: DateTime<Utc>, now: DateTime<Utc>) {
    html.raw("<time datetime=\"").text(time(at)).raw("\" title=\"").text(time(at)).raw("\">");
    html.text(span(now - at)).raw("</time>");
}

/// The time, and how long ago.
pub(super) fn write_time(html: &mut Html, at: DateTime<Utc>, now: DateTime<Utc>) {
    html.raw("<time datetime=\"").text(time(at)).raw("\">").text(at.format("%Y-%m-%d %H:%M:%S UTC"));
    html.raw("</time>");
    if at <= now {
        html.raw(" <span class=\"faint\">").text(span(now - at)).raw(" ago</span>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_its_largest_unit() {
        for (seconds, want) in [
            (-5, "0 s"),
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (172_799, "47 h"),
            (172_800, "2 d"),
            (8_640_000, "100 d"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), want);
        }
    }
}
