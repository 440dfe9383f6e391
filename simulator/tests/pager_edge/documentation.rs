//! What README says of settings is so.

use trailbell_sim::pager::hosted::HostedSettings;
use trailbell_sim::pager::query::{Query, QueryRules};
use trailbell_sim::pager::settings::Switches;
use trailbell_sim::pager::{EdgeSettings, Settings};

const README: &str = include_str!("../../src/pager/README.md");

fn blocks(language: &str) -> Vec<&'static str> {
    README.split("```").filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n')).collect()
}

#[test]
fn the_settings_of_readme_are_the_defaults() {
    let [settings, switches] = blocks("toml")[..] else { panic!("README has two TOML examples") };
    let unknowns = Settings::from_toml(switches).unwrap();
    assert_eq!(unknowns, Settings::default());
    let settings = Settings::from_toml(settings).unwrap();
    assert_eq!(settings.edge, EdgeSettings::default());
    let examples = Settings {
        accounts: Vec::new(),
        directory: Settings::default().directory,
        rate_limits: Vec::new(),
        ..settings
    };
    assert_eq!(examples, Settings::default());
}

/// A switch that README leaves out shows here.
#[test]
fn readme_names_every_switch() {
    let names = |debug: String| -> Vec<String> {
        let words = debug.split([' ', '{', '(']).filter_map(|word| word.strip_suffix(':')).map(str::to_owned);
        words.collect()
    };
    let (switches, query) = (format!("{:?}", Switches::default()), format!("{:?}", QueryRules::default()));
    let (hosted, settings) =
        (format!("{:?}", HostedSettings::default()), format!("{:?}", Settings::default()));
    for name in [switches, query, hosted, settings].into_iter().flat_map(names) {
        assert!(README.contains(&name), "README does not name {name}");
    }
}

#[test]
fn the_queries_of_readme_are_read() {
    let queries = blocks("text").into_iter().find(|block| block.starts_with("status: open")).unwrap();
    for query in queries.lines() {
        Query::parse(query).unwrap();
    }
}
