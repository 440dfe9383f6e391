//! The rules one by one, with the smallest events that show them.

use cloudwatch_filter_pattern::{FilterPattern, PatternKind, PatternSet, Scalar, Selector};

fn pattern(text: &str) -> FilterPattern {
    FilterPattern::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Pattern, messages that match, messages that do not.
type Rule = (&'static str, &'static [&'static str], &'static [&'static str]);

fn check(rules: &[Rule]) {
    for (text, matching, others) in rules {
        let pattern = pattern(text);
        for message in *matching {
            assert!(pattern.matches(message), "{text} must match {message}");
        }
        for message in *others {
            assert!(!pattern.matches(message), "{text} must not match {message}");
        }
    }
}

#[test]
fn terms_are_parts_of_the_message() {
    check(&[
        ("", &["", "anything"], &[]),
        ("ERROR", &["TERROR x", "[ERROR] x", "ERROR_x", "a\nERROR"], &["error", ""]),
        ("ERROR ARGUMENTS", &["ARGUMENTS ERROR"], &["ERROR", "ARGUMENTS"]),
        ("?ERROR ?WARN", &["ERROR", "a WARN"], &["INFO", ""]),
        ("?ERROR ?WARN REQUEST", &["REQUEST"], &["ERROR"]),
        ("?ERROR -REQUEST", &["INFO", ""], &["ERROR REQUEST"]),
        ("ERROR -\"BAD REQUEST\"", &["ERROR BAD"], &["ERROR BAD REQUEST"]),
        ("\"ERROR\" - \"Exiting\"", &["ERROR"], &["ERROR Exiting", ""]),
        ("\"INTERNAL SERVER\"", &["x INTERNAL SERVER x"], &["INTERNAL  SERVER"]),
        ("\" \"", &["a b"], &["ab", ""]),
        ("\"\"", &["", "x"], &[]),
        (r#""say \"hi\"""#, &[r#"say "hi""#], &["say hi", r#"say \"hi\""#]),
        ("  hello-world  ", &["hello-world"], &["hello world"]),
    ]);
}

#[test]
fn selectors_lead_into_objects_and_arrays() {
    check(&[
        (
            "{ $.a.b = 1 }",
            &[r#"{"a":{"b":1}}"#],
            &[r#"{"a.b":1}"#, r#"{"a":[{"b":1}]}"#, r#"{"a":null}"#, r#"{"a":1}"#],
        ),
        ("{ $.['a.b'] = 1 }", &[r#"{"a.b":1}"#], &[r#"{"a":{"b":1}}"#]),
        ("{ $.a.['b c'].d = 1 }", &[r#"{"a":{"b c":{"d":1}}}"#], &[]),
        ("{ $.m[0][1] = 1 }", &[r#"{"m":[[0,1]]}"#], &[r#"{"m":[[1,0]]}"#, r#"{"m":{"0":{"1":1}}}"#]),
        ("{ $.a[1] = 1 }", &[r#"{"a":[0,1]}"#], &[r#"{"a":[1]}"#, r#"{"a":{"1":1}}"#]),
        ("{ $.a.1 = 1 }", &[r#"{"a":{"1":1}}"#], &[r#"{"a":[0,1]}"#]),
        (
            "{ $.a[*] = 1 }",
            &[r#"{"a":[0,1]}"#, r#"{"a":{"x":1}}"#],
            &[r#"{"a":1}"#, r#"{"a":[[1]]}"#, r#"{"a":[]}"#],
        ),
        (
            "{ $.a[*].b = 1 }",
            &[r#"{"a":[{"b":0},{"b":1}]}"#, r#"{"a":{"x":{"b":1}}}"#],
            &[r#"{"a":{"b":1}}"#],
        ),
        ("{ $.* = 1 }", &[r#"{"x":0,"y":1}"#], &[r#"{"x":{"y":1}}"#, r#"{"x":[1]}"#, "{}"]),
        ("{ $.a[*].b = 1 && $.a[*].c = 2 }", &[r#"{"a":[{"b":1},{"c":2}]}"#], &[r#"{"a":[{"b":1}]}"#]),
        ("{ $.request-id = x }", &[r#"{"request-id":"x"}"#], &[]),
        (r#"{ $.name = "x" }"#, &[r#"{"\u006eame":"x"}"#, r#"{ "name" : "\u0078" }"#], &[r#"{"Name":"x"}"#]),
    ]);
}

#[test]
fn the_last_of_equal_keys_counts() {
    check(&[
        (
            "{ $.v = 2 }",
            &[r#"{"v":1,"v":2}"#, r#"{"v":1,"\u0076":2}"#],
            &[r#"{"v":2,"v":1}"#, r#"{"v":2,"v":null}"#],
        ),
        (
            "{ $.a.b = 1 }",
            &[r#"{"a":0,"a":{"b":1}}"#],
            &[r#"{"a":{"b":1},"a":0}"#, r#"{"a":{"b":1},"a":{}}"#],
        ),
        ("{ $.a.b NOT EXISTS }", &[r#"{"a":{"b":1},"a":{}}"#], &[r#"{"a":{},"a":{"b":1}}"#]),
        ("{ $.* = 1 }", &[r#"{"x":2,"x":1}"#], &[r#"{"x":1,"x":2}"#]),
        ("{ $.a[*].b = 1 }", &[r#"{"a":[{"b":2},{"b":1}]}"#], &[r#"{"a":[{"b":1,"b":2},{"b":1,"b":3}]}"#]),
        ("{ $.*.b = 1 }", &[r#"{"x":{"b":0},"y":{"b":1}}"#], &[r#"{"x":{"b":1},"y":0,"x":2}"#]),
    ]);
}

#[test]
fn only_strings_and_numbers_are_equal_or_unequal() {
    let neither: &[&str] = &[
        "{}",
        r#"{"v":null}"#,
        r#"{"v":true}"#,
        r#"{"v":[1]}"#,
        r#"{"v":{"a":1}}"#,
        r#"[{"v":1}]"#,
        "x",
        "",
    ];
    for text in [
        "{ $.v = 1 }",
        "{ $.v != 1 }",
        "{ $.v = * }",
        "{ $.v != x }",
        "{ $.v = %.% }",
        "{ $.v != %x% }",
        "{ $.v > 0 }",
    ] {
        check(&[(text, &[], neither)]);
    }
    check(&[
        ("{ $.v = 1 }", &[r#"{"v":1.0}"#, r#"{"v":1e0}"#, r#"{"v":"1"}"#], &[r#"{"v":"1.0"}"#]),
        ("{ $.v = 1e+0 }", &[r#"{"v":1}"#, r#"{"v":"1e+0"}"#], &[r#"{"v":"1"}"#]),
        (r#"{ $.v = "1" }"#, &[r#"{"v":1}"#, r#"{"v":"1"}"#], &[r#"{"v":1.0}"#, r#"{"v":1e0}"#]),
        ("{ $.v = 4* }", &[r#"{"v":404}"#, r#"{"v":"4"}"#], &[r#"{"v":14}"#]),
        ("{ $.v != 4* }", &[r#"{"v":14}"#], &[r#"{"v":404}"#]),
        ("{ $.v = true }", &[r#"{"v":"true"}"#], &[r#"{"v":true}"#]),
        ("{ $.v IS TRUE }", &[r#"{"v":true}"#], &[r#"{"v":"true"}"#, r#"{"v":false}"#]),
        (
            "{ $.v IS NULL }",
            &[r#"{"v":null}"#, r#"{"v":[1, null]}"#],
            &["{}", r#"{"v":[[null]]}"#, r#"{"v":{"a":null}}"#],
        ),
        (
            "{ $.v NOT EXISTS }",
            &["{}", r#"{"w":{"v":1}}"#],
            &[r#"{"v":null}"#, r#"{"v":[]}"#, "[]", "x", "{", "{}}"],
        ),
        ("{ $.v > 1 }", &[r#"{"v":1.5}"#, r#"{"v":1e3}"#], &[r#"{"v":1}"#, r#"{"v":"10"}"#]),
        ("{ $.v >= -1 }", &[r#"{"v":-1.0}"#], &[r#"{"v":-2}"#]),
        (r#"{ $.v = "" }"#, &[r#"{"v":""}"#], &[r#"{"v":" "}"#]),
        (r#"{ $.v = "a\"*" }"#, &[r#"{"v":"a\"b"}"#], &[r#"{"v":"ab"}"#]),
        (r"{ $.v = %^\w{2}$% }", &[r#"{"v":"ab"}"#, r#"{"v":12}"#], &[r#"{"v":"abc"}"#]),
    ]);
}

#[test]
fn brackets_bind_before_and_and_and_before_or() {
    check(&[
        (
            "{ $.a = 1 || $.b = 2 && $.c = 3 }",
            &[r#"{"a":1}"#, r#"{"b":2,"c":3}"#],
            &[r#"{"b":2}"#, r#"{"c":3}"#],
        ),
        ("{ ($.a = 1 || $.b = 2) && $.c = 3 }", &[r#"{"a":1,"c":3}"#], &[r#"{"a":1}"#]),
        ("{(((($.a=1)))||(($.b=2)&&(($.c=3))))}", &[r#"{"a":1}"#, r#"{"b":2,"c":3}"#], &[r#"{"b":2}"#]),
    ]);
}

#[test]
fn fields_are_bound_from_the_start_and_after_an_ellipsis_from_the_end() {
    const LINE: &str = "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";
    const LONGER: &str =
        "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534 extra";
    check(&[
        ("[]", &["", "a b"], &[]),
        ("[...]", &["", "a b"], &[]),
        ("[a]", &["a", "a b"], &["", "  "]),
        ("[ip, identity, user, timestamp, request, status >= 400, bytes > 1000]", &[LINE], &[LONGER]),
        ("[..., request = *.html*, status = 4*, bytes]", &[LINE], &[LONGER]),
        ("[..., status = 404 || status = 410, bytes]", &[LINE], &["x 500 1"]),
        ("[ip, ..., status, bytes]", &["a b c"], &["a b"]),
        ("[ip, ...]", &["a", "a b c"], &[""]),
        ("[..., request=*.html*, status_code=4*,]", &[LINE], &["a.html 404"]),
        ("[w1=ERROR, w2]", &["ERROR x y"], &["ERROR", "WARN x"]),
        ("[w1!=ERROR && w1!=WARNING, w2]", &["INFO x"], &["ERROR x", "WARNING x"]),
        ("[w1=ERROR || w1=%WARN%, w2]", &["WARNING x", "ERROR x"], &["INFO x"]),
        ("[w1=a || w1=b && w1=c]", &["a"], &["b", "c"]),
        // The guide's own pattern has two spellings of one name.
        ("[w1=ERROR || W1=WARNING, w2]", &["WARNING x"], &["INFO x"]),
        ("[a = 1]", &["1"], &["1.0", "01", "1 2"]),
        ("[a > 1]", &["1.5", "+2", "1e1"], &["1", "2 extra", "x", "inf", "NaN", "0x10"]),
        ("[a = \"x y\"]", &["\"x y\"", "[x y]", "x y"], &["x"]),
    ]);
}

#[test]
fn extracted_values_have_the_names_of_the_fields_or_their_numbers() {
    type Fields = &'static [(&'static str, &'static str)];
    let cases: [(&str, &str, Fields); 8] = [
        ("[ip, user]", "a \"b c\"", &[("$ip", "a"), ("$user", "b c")]),
        ("[ip, user]", "a \"b c\" [d]  e ", &[("$ip", "a"), ("$user", "\"b c\" [d]  e ")]),
        ("[ip, ..., bytes]", "a b \"c\" d", &[("$ip", "a"), ("$2", "b"), ("$3", "c"), ("$bytes", "d")]),
        ("[ip, ..., bytes]", "a d", &[("$ip", "a"), ("$bytes", "d")]),
        ("[ip, ...]", "a b", &[("$ip", "a"), ("$2", "b")]),
        ("[]", "a b", &[("$1", "a"), ("$2", "b")]),
        ("[ip,,x]", "a b c", &[("$ip", "a"), ("$2", "b"), ("$x", "c")]),
        ("a", "a b", &[]),
    ];
    for (text, message, expected) in cases {
        let pattern = pattern(text);
        let extracted = pattern.extract(message).unwrap();
        assert_eq!(extracted.iter().collect::<Vec<_>>(), expected, "{text} on {message}");
    }
    assert_eq!(pattern("[a, b]").extract("x"), None);
}

#[test]
fn metric_values_come_from_numbers_and_from_texts_that_are_numbers() {
    let event = r#"{"n":7,"s":"11.5","bad":"banana","b":true,"z":null,"a":[1],"o":{"p":-2e1},"big":1e999,"d":1,"d":"2"}"#;
    let cases = [
        ("$.n", Some(7.0)),
        ("$.s", Some(11.5)),
        ("$.o.p", Some(-20.0)),
        ("$.a[0]", Some(1.0)),
        ("$.d", Some(2.0)),
        ("$.bad", None),
        ("$.b", None),
        ("$.z", None),
        ("$.a", None),
        ("$.o", None),
        ("$.missing", None),
        ("$.big", None),
        ("$n", None),
    ];
    for (text, expected) in cases {
        let selector = Selector::parse(text).unwrap();
        assert_eq!(selector.select(event).and_then(|value| value.as_number()), expected, "{text}");
    }
    let number = Selector::parse("$.n").unwrap();
    assert_eq!(number.select(event), Some(Scalar::Number("7")));
    assert_eq!(number.select("[7]"), None);
    assert_eq!(pattern("{ $.s = banana }").select(&number, event), None, "the event does not match");
    let field = Selector::parse("$bytes").unwrap();
    let of_line = |line| pattern("[ip, bytes]").select(&field, line).and_then(|value| value.as_number());
    assert_eq!(of_line("a 17"), Some(17.0));
    assert_eq!(of_line("a \"17.5\""), Some(17.5));
    assert_eq!(of_line("a 17 b"), None);
    assert!(Selector::parse("$.items[*].value").unwrap().has_wildcard());
}

#[test]
fn a_set_names_the_patterns_that_match() {
    let texts = [
        "ERROR",
        "{ $.a = 1 }",
        "[x, y]",
        "%E.R%",
        "",
        "-ERROR",
        "?ERROR ?WARN",
        "{ $.a = 2 || $.b NOT EXISTS }",
    ];
    let set = PatternSet::new(texts.map(pattern));
    let mut matcher = set.matcher();
    assert_eq!(matcher.matches("an ERROR"), [0, 2, 3, 4, 6]);
    assert_eq!(matcher.matches(r#"{"a":1}"#), [1, 4, 5, 7]);
    assert_eq!(matcher.matches(r#"{"a":2, "b":1}"#), [2, 4, 5, 7]);
    assert_eq!(matcher.matches(""), [4, 5]);
    assert!(PatternSet::new([]).matches("x").is_empty());
    assert_eq!(pattern(" [a]").kind(), PatternKind::SpaceDelimited);
    let regexes: Vec<usize> =
        ["%a%", "{ $.a = %x% && $.b != %y% }", "[a=%x%]", "a"].map(|text| pattern(text).regexes()).to_vec();
    assert_eq!(regexes, [1, 2, 1, 0]);
}

#[test]
fn an_explanation_shows_what_decided() {
    let explain = |text: &str, message: &str| pattern(text).explain(message).to_string();
    assert_eq!(
        explain(
            r#"{ ($.eventName = ConsoleLogin) && ($.mfa != "Yes" || $.x[*] = 1) }"#,
            r#"{"eventName":"ConsoleLogin","x":["a",2]}"#
        ),
        r#"no match
   true   $.eventName = ConsoleLogin  ("ConsoleLogin")
   false  $.mfa != "Yes"  (missing)
-> false  $.x[*] = 1  ("a", 2)"#
    );
    assert_eq!(
        explain("{ $.a IS NULL || $.b = 1 }", r#"{"a":[null]}"#),
        "match\n-> true   $.a IS NULL  ([…])\n   false  $.b = 1  (missing)"
    );
    assert_eq!(explain("{ $.a = 1 }", "[]"), "no match: the event is not a JSON object");
    assert_eq!(explain("[a, b]", "x"), "no match: the event has 1 field, the pattern needs 2");
    assert_eq!(explain("[a=x, b]", "y z"), "no match\n-> false  a=x  (\"y\")");
    assert_eq!(explain("ERROR -WARN", "ERROR WARN"), "no match\n   true   ERROR\n-> false  -WARN");
    assert_eq!(explain("", "x"), "match: the empty pattern matches every event");
    assert_eq!(explain("%a|b%", "b"), "match\n-> true   %a|b%");
}
