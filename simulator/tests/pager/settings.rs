use trailbell_sim::pager::Settings;
use trailbell_sim::pager::settings::{KeyKind, OverLimit, PlanAction, Product, Switches};

#[test]
fn a_whole_file_is_read() {
    let text = r#"
        seed = 42
        open = false
        processing_delay_ms = 300

        [[accounts]]
        name = "production"
        plan_lacks = ["assign"]

        [[accounts.keys]]
        key = "11111111-2222-4333-8444-555555555555"
        name = "ct-notify"
        team = "secops"

        [[accounts.keys]]
        key = "22222222-2222-4333-8444-555555555555"
        kind = "cloudwatch"
        product = "opsgenie"
        access = { delete = false }

        [[directory.teams]]
        name = "secops"
        members = ["ann@example.test"]

        [[directory.users]]
        id = "u-1"
        username = "ann@example.test"

        [[rate_limits]]
        domain = "alert"
        per_second = 20
        per_minute = 600

        [switches]
        repeat_adds_note = false
        over_limit = { message = "truncate" }
    "#;
    let settings = Settings::from_toml(text).unwrap();
    assert_eq!((settings.seed, settings.open, settings.processing_delay_ms), (42, false, 300));
    let account = &settings.accounts[0];
    assert_eq!(account.plan_lacks, [PlanAction::Assign]);
    let [first, second] = account.keys.as_slice() else { panic!("two keys") };
    assert_eq!((first.kind, first.product, first.enabled), (KeyKind::Api, Product::Both, true));
    assert_eq!((second.kind, second.product), (KeyKind::CloudWatch, Product::Opsgenie));
    assert_eq!((second.access.read, second.access.delete), (true, false));
    assert_eq!(settings.switches.over_limit.message, OverLimit::Truncate);
    assert_eq!(settings.switches.over_limit.alias, OverLimit::Reject);
    assert!(!settings.switches.repeat_adds_note);
}

#[test]
fn an_empty_file_is_the_default() {
    assert_eq!(Settings::from_toml("").unwrap(), Settings::default());
    assert_eq!(Settings::default().switches, Switches::default());
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    let account = |keys: &str| format!("[[accounts]]\nname = \"a\"\n{keys}");
    let key =
        |rest: &str| format!("[[accounts.keys]]\nkey = \"11111111-2222-4333-8444-555555555555\"\n{rest}");
    for (text, words) in [
        ("sede = 1".to_owned(), "unknown field `sede`"),
        ("[switches]\nrepeats = true".to_owned(), "unknown field `repeats`"),
        ("tiny_ids = 0".to_owned(), "tiny_ids is the largest tiny id and must be at least 1"),
        (account("[[accounts.keys]]\nkey = \"secret\""), "key number 1 is no UUID"),
        (account(&format!("{}{}", key(""), key(""))), "key number 2 stands in the settings before"),
        (
            "[[rate_limits]]\ndomain = \"alert\"\n[[rate_limits]]\ndomain = \"alert\"".to_owned(),
            "the domain alert has two entries",
        ),
        (
            format!("{}[[directory.teams]]\nname = \"x\"", account(&key("team = \"secops\"\n"))),
            "a key of account a belongs to team secops, which the directory does not have",
        ),
    ] {
        let error = Settings::from_toml(&text).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
    let error = Settings::from_toml(&account("[[accounts.keys]]\nkey = \"secret\"")).unwrap_err();
    assert!(!error.to_string().contains("secret"), "a key is in no error: {error}");
}
