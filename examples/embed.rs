//! A host of VRL in a few dozen lines: the shipped mapping and trailbell's functions, run over a file of SNS envelopes.
//!
//! ```text
//! cargo run --example embed -- fixtures/sns/seed-sample.json
//! ```
//!
//! The file holds envelopes as JSON, one after the other (so one a line, too). Actions come out, one a line.

use std::io::{BufWriter, Write as _};

use trailbell::transform::{LIMITS_VRL, OPSGENIE_VRL};
use vrl::compiler::runtime::{Runtime, Terminate};
use vrl::compiler::{TargetValue, TimeZone, compile};
use vrl::diagnostic::Formatter;
use vrl::value::{ObjectMap, Secrets, Value};

/// The host's own part, in front of the mapping: alarms on security metrics wake somebody.
const SETTINGS: &str = r#"
alarm, error = parse_cloudwatch_alarm(.Message)
if error == null && alarm.kind == "metric" && alarm.trigger.metric.namespace == "CloudTrailMetrics" {
  place = aws_region_name(alarm.region) ?? alarm.region_name || "somewhere"
  %trailbell = { "priority": "P1", "tags": ["cloudtrail", "place:" + place] }
}
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "fixtures/sns/seed-sample.json".to_owned());
    let file = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;

    let mut functions = vrl::stdlib::all();
    functions.extend(trailbell::functions::all());
    let source = [SETTINGS, OPSGENIE_VRL, LIMITS_VRL].join("\n");
    let program = compile(&source, &functions)
        .map_err(|diagnostics| Formatter::new(&source, diagnostics).to_string())?
        .program;

    let zone = TimeZone::parse("UTC").ok_or("no UTC")?;
    let mut runtime = Runtime::default();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for envelope in serde_json::Deserializer::from_str(&file).into_iter::<Value>() {
        let metadata = Value::Object(ObjectMap::new());
        let mut event = TargetValue { value: envelope?, metadata, secrets: Secrets::default() };
        match runtime.resolve(&mut event, &program, &zone) {
            Ok(action) => writeln!(out, "{}", serde_json::to_string(&action)?)?,
            Err(Terminate::Abort(reason)) => eprintln!("dropped: {reason}"),
            Err(failed) => eprintln!("failed: {failed}"),
        }
        runtime.clear();
    }
    Ok(())
}
