//! A report as JUnit XML, which CI systems read: a suite a family, a failure for each fall, an error for what is unclear.

use std::fmt::Write as _;

use super::evidence::Verdict;
use super::family::Family;
use super::report::{Controlled, Report, Tried};

/// The report as a document.
#[must_use]
pub fn junit(report: &Report) -> String {
    let summary = report.summary();
    let refused = report.controls.iter().filter(|control| !control.accepted).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing into a string does not fail.
    let _ = writeln!(
        xml,
        "<testsuites name=\"trailbell-sim attack\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{refused}\">",
        report.tried.len() + report.controls.len(),
        summary.fell,
        summary.unclear,
    );
    controls(&mut xml, &report.controls, refused);
    for family in Family::ALL {
        let tried: Vec<&Tried> = report.tried.iter().filter(|tried| tried.family == family).collect();
        if !tried.is_empty() {
            suite(&mut xml, family, &tried);
        }
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// A control that is refused, where the run went on, is one that a receiver may refuse.
fn controls(xml: &mut String, controls: &[Controlled], refused: usize) {
    if controls.is_empty() {
        return;
    }
    let _ = writeln!(xml, "  <testsuite name=\"genuine\" tests=\"{}\" skipped=\"{refused}\">", controls.len());
    for control in controls {
        let name = escape(control.name);
        let _ = if control.accepted {
            writeln!(xml, "    <testcase classname=\"genuine\" name=\"{name}\"/>")
        } else {
            let answer = escape(&control.answer);
            writeln!(
                xml,
                "    <testcase classname=\"genuine\" name=\"{name}\"><skipped message=\"{answer}\"/></testcase>"
            )
        };
    }
    xml.push_str("  </testsuite>\n");
}

fn suite(xml: &mut String, family: Family, tried: &[&Tried]) {
    let count = |name| tried.iter().filter(|one| one.verdict.name() == name).count();
    let milliseconds: u64 = tried.iter().map(|one| one.milliseconds).sum();
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{family}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">",
        tried.len(),
        count("fell"),
        count("unclear"),
        seconds(milliseconds),
    );
    for one in tried {
        let time = seconds(one.milliseconds);
        let _ = write!(xml, "    <testcase classname=\"{family}\" name=\"{}\" time=\"{time}\"", one.name);
        let element = match &one.verdict {
            Verdict::Withstood => None,
            Verdict::Fell(reason) => Some(("failure", reason)),
            Verdict::Unclear(reason) => Some(("error", reason)),
        };
        let _ = match element {
            None => writeln!(xml, "/>"),
            Some((element, reason)) => writeln!(
                xml,
                ">\n      <{element} message=\"{}\">{}</{element}>\n    </testcase>",
                escape(reason),
                escape(one.sentence)
            ),
        };
    }
    xml.push_str("  </testsuite>\n");
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

/// Text for an attribute or an element. What XML 1.0 cannot have at all becomes a question mark.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('?'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_as_junit() {
        let tried = |name, verdict| Tried {
            family: Family::Signature,
            name,
            sentence: "What is <tried>.",
            verdict,
            milliseconds: 1234,
        };
        let control = |name, accepted| Controlled {
            name,
            sentence: "",
            accepted,
            answer: "answered 403: \"no\" & \u{1}".to_owned(),
        };
        let report = Report {
            controls: vec![control("version-2", true), control("version-1", false)],
            tried: vec![
                tried("one", Verdict::Withstood),
                tried("two", Verdict::Fell("answered 200: accepted".to_owned())),
                tried("three", Verdict::Unclear("answered 503 & more".to_owned())),
            ],
            ..Report::default()
        };
        insta::assert_snapshot!(junit(&report), @"");
    }
}
