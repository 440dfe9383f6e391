//! Broken texts are refused, never followed by a panic; what is read is read the same again.

use proptest::prelude::*;
use trailbell_sim::cloudformation::check::check;
use trailbell_sim::cloudformation::{Environment, Stack};

const SEEDS: [&str; 2] = [include_str!("../../templates/cloudtrail-alarms.yaml"), include_str!("plan.json")];
/// Pieces that mean something to the reader.
const PIECES: [&str; 22] = [
    "!Ref ",
    "!Sub ",
    "!GetAtt ",
    "!If [",
    "!Select [",
    "!Split [",
    "!Join [",
    "${",
    "}",
    "]",
    "{{resolve:",
    "}}",
    "Fn::Sub",
    ": ",
    "\n",
    "\n  - ",
    "&a ",
    "*a",
    "<<: ",
    "AWS::NoValue",
    "null",
    "\u{feff}",
];

fn read(text: &str) {
    let mut environment = Environment::default();
    if text.contains("Endpoint:") {
        environment.parameters.insert("Endpoint".into(), "https://pager.example/".into());
    }
    let first = Stack::read(text, &environment);
    assert_eq!(first, Stack::read(text, &environment));
    match first {
        Ok(stack) => drop(check(&stack)),
        Err(errors) => assert!(!errors.as_slice().is_empty() && !errors.to_string().is_empty()),
    }
}

/// A position in a text that begins a character.
fn boundary(text: &str, at: prop::sample::Index) -> usize {
    let mut position = at.index(text.len() + 1);
    while !text.is_char_boundary(position) {
        position -= 1;
    }
    position
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        read(&text);
        read(&format!("Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {text}"));
    }

    #[test]
    fn mutated_templates_are_read_or_refused(
        seed in prop::sample::select(SEEDS.to_vec()),
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), 0_usize..30, prop::sample::select(PIECES.to_vec())), 1..4)
    ) {
        let mut text = seed.to_owned();
        for (at, removed, piece) in edits {
            let start = boundary(&text, at);
            let end = text[start..].char_indices().map(|(offset, _)| start + offset).nth(removed).unwrap_or(text.len());
            text.replace_range(start..end, piece);
        }
        read(&text);
    }
}

#[test]
fn the_deepest_nesting_that_is_read_fits_on_a_threads_stack() {
    for (open, close) in
        [("[", "]"), ("!Join [a, ", "]"), ("{'Fn::Sub': ", "}"), ("!If [C, a, ", "]"), ("{a: ", "}")]
    {
        for depth in [20, 40, 90, 99, 120] {
            let value = format!("{}!Ref T{}", open.repeat(depth), close.repeat(depth));
            read(&format!(
                "Conditions: {{C: !Equals [a, b]}}\nResources:\n  T: {{Type: AWS::SNS::Topic}}\n  U:\n    Type: AWS::SNS::Topic\n    \
                 Properties:\n      DisplayName: {value}\n"
            ));
        }
    }
    let names = (0..30).fold(String::new(), |text, i| {
        let value = format!("{}!GetAtt T{}.TopicName{}", "!Join ['', [".repeat(40), i + 1, "]]".repeat(40));
        text + &format!("  T{i}:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: {value}\n")
    });
    let stack = Stack::read(
        &format!("Resources:\n{names}  T30: {{Type: AWS::SNS::Topic}}\n"),
        &Environment::default(),
    );
    assert!(stack.unwrap_err().to_string().contains("depend on each other more than 150 deep"));
}
