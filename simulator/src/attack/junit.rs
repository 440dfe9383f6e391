//! A report as `JUnit` XML, which CI systems read: a suite a family, a failure for each fall, an error for what is unclear.

use std::fmt::Write as _;

use super::evidence::Verdict;
use super::family::Family;
use super::report::{Controlled, Report, Tried};

/// The report as a document.
#[must_use]
pub fn junit(report: &Report) -> String {
    let summary = report.summary();
    let wrong = report.controls.iter().filter(|control| is_wrong(control, report)).count();
    let skipped = report.controls.iter().filter(|control| !control.accepted).count() - wrong;
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing into a string does not fail.
    let _ = writeln!(
        xml,
        "<testsuites name=\"trailbell-sim attack\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{skipped}\">",
        report.tried.len() + report.controls.len(),
        summary.fell,
        summary.unclear + wrong,
    );
    controls(&mut xml, report, skipped, wrong);
    for family in Family::ALL {
        let tried: Vec<&Tried> = report.tried.iter().filter(|tried| tried.family == family).collect();
        if !tried.is_empty() {
            suite(&mut xml, family, &tried);
        }
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// What may be refused is wrong only where nothing else was accepted, so that nothing could be tried.
fn is_wrong(control: &Controlled, report: &Report) -> bool {
    !control.accepted && (!control.optional || report.tried.is_empty())
}

fn controls(xml: &mut String, report: &Report, skipped: usize, wrong: usize) {
    let controls = &report.controls;
    if controls.is_empty() {
        return;
    }
    let tests = controls.len();
    let _ = writeln!(
        xml,
        "  <testsuite name=\"genuine\" tests=\"{tests}\" errors=\"{wrong}\" skipped=\"{skipped}\">"
    );
    for control in controls {
        let name = escape(control.name);
        let _ = if control.accepted {
            writeln!(xml, "    <testcase classname=\"genuine\" name=\"{name}\"/>")
        } else {
            let answer = escape(&control.answer);
            let element = if is_wrong(control, report) { "error" } else { "skipped" };
            writeln!(
                xml,
                "    <testcase classname=\"genuine\" name=\"{name}\"><{element} message=\"{answer}\"/></testcase>"
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
            optional: true,
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
        insta::assert_snapshot!(junit(&report), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="trailbell-sim attack" tests="5" failures="1" errors="1" skipped="1">
          <testsuite name="genuine" tests="2" errors="0" skipped="1">
            <testcase classname="genuine" name="version-2"/>
            <testcase classname="genuine" name="version-1"><skipped message="answered 403: &quot;no&quot; &amp; ?"/></testcase>
          </testsuite>
          <testsuite name="signature" tests="3" failures="1" errors="1" time="3.702">
            <testcase classname="signature" name="one" time="1.234"/>
            <testcase classname="signature" name="two" time="1.234">
              <failure message="answered 200: accepted">What is &lt;tried&gt;.</failure>
            </testcase>
            <testcase classname="signature" name="three" time="1.234">
              <error message="answered 503 &amp; more">What is &lt;tried&gt;.</error>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }
}
