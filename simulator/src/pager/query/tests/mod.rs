#![allow(clippy::unwrap_used)]

use super::*;

mod properties;

/// An alert of a test; what is not said is empty.
struct Sample {
    texts: Vec<(Text, &'static str)>,
    created: i64,
    snoozed_until: Option<i64>,
    count: i64,
    acknowledged: bool,
    open: bool,
}

/// 2026-09-22T18:23:29Z.
const CREATED: i64 = 1_790_101_409_000;

fn sample() -> Sample {
    let texts = vec![
        (Text::AlertId, "b9a2fb13-1b76-4b41-be28-eed2c61978fa-1790101409000"),
        (Text::TinyId, "28"),
        (Text::Alias, "arn:aws:cloudwatch:us-east-1:123456789012:alarm:CloudTrailChanges"),
        (Text::Message, "ALARM: \"CloudTrailChanges\" in US East (N. Virginia)"),
        (Text::Description, "Server apollo average\nis above 5 * 3"),
        (Text::Owner, "ada@example.test"),
        (Text::Recipients, "ada@example.test"),
        (Text::Recipients, "bob@example.test"),
        (Text::Teams, "Security Operations"),
        (Text::IntegrationName, "ct-notify"),
        (Text::IntegrationType, "API"),
        (Text::Entity, "trail-main"),
        (Text::Source, "ct-notify"),
        (Text::Priority, "P1"),
        (Text::Tag, "cloudtrail"),
        (Text::Tag, "owner:bob"),
        (Text::Tag, "Straße"),
        (Text::Actions, "RestartTrail"),
        (Text::DetailsKey, "eventName"),
        (Text::DetailsValue, "StopLogging"),
    ];
    Sample { texts, created: CREATED, snoozed_until: None, count: 5, acknowledged: true, open: true }
}

impl Searchable for Sample {
    fn any_text(&self, field: Text, fits: &mut dyn FnMut(&str) -> bool) -> bool {
        self.texts.iter().any(|(of, text)| *of == field && fits(text))
    }

    fn number(&self, field: Number) -> Option<i64> {
        match field {
            Number::CreatedAt | Number::LastOccurredAt => Some(self.created),
            Number::SnoozedUntil => self.snoozed_until,
            Number::Count => Some(self.count),
        }
    }

    fn flag(&self, field: Flag) -> bool {
        field == Flag::Acknowledged && self.acknowledged
    }

    fn is_open(&self) -> bool {
        self.open
    }
}

fn finds(query: &str) -> bool {
    Query::parse(query).unwrap_or_else(|error| panic!("{error}")).matches(&sample())
}

#[test]
fn what_finds_the_alert() {
    for query in [
        "",
        "  ",
        // Every field.
        "createdAt : 1790101409000",
        "lastOccurredAt >= 1790101409000",
        "alertId: b9a2fb13-1b76-4b41-be28-eed2c61978fa-1790101409000",
        "tinyId: 28",
        "alias: arn:aws:cloudwatch:us-east-1:123456789012:alarm:CloudTrailChanges",
        "count: 5",
        "message: cloudtrailCHANGES",
        "description : Server apollo average",
        "status: open",
        "STATUS:Open",
        "owner: ada@example.test",
        "recipients: bob@example.test",
        "acknowledged: true",
        "isSeen: false",
        "snoozed:false",
        "teams: security operations",
        "team: \"Security Operations\"",
        "integration.name: ct-notify AND integration.type: api",
        "entity: trail-main source: ct-notify",
        "priority: P1",
        "tag: cloudtrail",
        "tags: (backup OR cloudtrail)",
        "actions: RestartTrail",
        "details.key: eventName AND details.value: StopLogging",
        // Operators.
        "status: closed OR priority: P1",
        "NOT status: closed",
        "NOT (status: closed OR priority: P2)",
        "NOT NOT status: open",
        "status: open and not (tag: backup or tag: test)",
        "status: open NOT tag: backup",
        // AND binds closer than OR.
        "status: open OR status: closed AND priority: P5",
        // Values of one field.
        "description: (apollo AND average)",
        "description: (apollo average)",
        "priority: (P1 OR P2)",
        "priority: (NOT P2)",
        "tag: ((cloudtrail OR backup) AND owner:bob)",
        "tag: (cloudtrail \"owner:bob\")",
        // A value with a colon, and one that looks like a field.
        "tag: owner:bob",
        "tag:owner:bob status:open",
        // Comparisons.
        "count > 4 AND count >= 5 AND count < 6 AND count <= 5",
        "createdAt > 1790101408999 AND createdAt < 1790101409001",
        "createdAt: 22-09-2026",
        "createdAt >= 22-09-2026 AND createdAt <= 22-09-2026",
        "createdAt > 21-09-2026 AND createdAt < 23-09-2026",
        // Quotes and escapes.
        r#"message: "US East (N. Virginia)""#,
        r#"message: "\"CloudTrailChanges\" in""#,
        r"message: US East \(N. Virginia\)",
        r#"description: "5 * 3""#,
        r"description: 5 \* 3",
        // Wildcards fit the whole field.
        "message: ALARM*",
        r"message: *virginia\)",
        "message: *\"*",
        "alias: arn:aws:cloudwatch:us-east-1:*:alarm:*",
        "tag: cloud*l",
        "description: server*3",
        "owner: *",
        "tag: stra*",
        // Letters of any alphabet, in any case.
        "tag: STRAßE",
        // Text without a field.
        "stoplogging",
        "\"US East\"",
        "apollo status: open",
        "status: open apollo",
        "cloudtrail AND (virginia OR ohio)",
    ] {
        assert!(finds(query), "{query}");
    }
}

#[test]
fn what_does_not_find_it() {
    for query in [
        "status: closed",
        "NOT status: open",
        "tinyId: 2",
        "alias: arn:aws",
        "alias: ARN:aws:cloudwatch:us-east-1:123456789012:alarm:CloudTrailChanges",
        "message: ohio",
        "message: \"ALARM*\"",
        "message: CloudTrail*",
        "tag: cloud",
        "tag: \"cloudtrail owner:bob\"",
        "priority: (P2 OR P3)",
        "description: (apollo AND ohio)",
        "acknowledgedBy: *",
        "acknowledged: false",
        "count > 5",
        "count < 5",
        "count: 4",
        "createdAt > 22-09-2026",
        "createdAt < 22-09-2026",
        "createdAt: 21-09-2026",
        "snoozedUntil > 0",
        "snoozedUntil <= 9223372036854775807",
        "createdAt > 9223372036854775807",
        "createdAt < -9223372036854775808",
        "(status: open OR status: closed) AND priority: P5",
        "status: open priority: P5",
        "ohio",
        "ada@example.test",
    ] {
        assert!(!finds(query), "{query}");
    }
}

#[test]
fn an_alias_finds_an_open_alert_alone() {
    let closed = Sample { open: false, ..sample() };
    let alias = Query::parse("alias: *").unwrap();
    assert!(alias.matches(&sample()) && !alias.matches(&closed));
    assert!(Query::parse("NOT alias: *").unwrap().matches(&closed));
}

#[test]
fn each_switch_has_two_sides() {
    let default = QueryRules::default();
    let words = QueryRules { text: TextMatch::Words, ..default };
    let plain = QueryRules { wildcards: false, ..default };
    let message = QueryRules { free_text: FreeText::Message, ..default };
    let upper = QueryRules { lower_case_operators: false, ..default };
    for (query, rules, by_default, by_switch) in [
        ("description: poll", words, true, false),
        ("description: average apollo", words, false, true),
        ("description: \"average apollo\"", words, false, false),
        ("description: \"APOLLO - average is\"", words, false, true),
        ("description: apol*", words, false, true),
        ("message: \"(N. Virginia)\"", words, true, true),
        ("description: 5 * 3", plain, false, true),
        ("tag: cloud*", plain, true, false),
        ("stoplogging", message, true, false),
        ("virginia", message, true, true),
        ("tag: backup or status: open", upper, true, false),
        ("description: (apollo OR x) and server", upper, true, false),
    ] {
        let by = |rules: QueryRules| Query::parse_by(query, rules).unwrap().matches(&sample());
        assert_eq!((by(default), by(rules)), (by_default, by_switch), "{query}");
    }
    let refused = QueryRules { free_text: FreeText::Refused, ..default };
    let error = Query::parse_by("status: open apollo OR x", refused).unwrap_err();
    assert_eq!((error.problem(), error.span()), (&QueryProblem::FreeText, 13..19));
}

#[test]
fn what_is_refused_is_shown_with_its_place() {
    let refusals: Vec<String> = [
        "status: open AND host: web-1",
        "tag: café AND wer: x",
        "status:",
        "status: AND tag: x",
        "message: OR",
        "tag: \"\"",
        "status: open AND",
        "OR status: open",
        "status: open OR OR tag: x",
        "()",
        "tag: ()",
        "(status: open",
        "status: open)",
        "tag: (a OR b",
        "message: \"half",
        "priority > P3",
        "count > (1 OR 2)",
        "count: many",
        "createdAt > yesterday",
        "createdAt: 31-02-2026",
        "acknowledged: yes",
        "status: acked",
        "https://example.org/a",
        "NOT",
    ]
    .into_iter()
    .map(|query| Query::parse(query).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn length_depth_and_number_are_limited() {
    let long = format!("message: {}", "é".repeat(MAX_CHARACTERS));
    let deep = format!("{}status: open", "(".repeat(2_000));
    let nots = "NOT ".repeat(900);
    let many = "a OR ".repeat(700) + "a";
    for (query, problem) in [
        (long, QueryProblem::TooLong),
        (deep, QueryProblem::TooDeep),
        (nots, QueryProblem::TooDeep),
        (many, QueryProblem::TooMany),
    ] {
        let error = Query::parse(&query).unwrap_err();
        assert_eq!(*error.problem(), problem);
        assert!(error.to_string().len() < 500, "{error}");
    }
    let fits = format!("{}status: open{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
    assert!(finds(&fits));
    assert!(!Query::parse(&format!("message: {}", "é".repeat(3_900))).unwrap().matches(&sample()));
}
