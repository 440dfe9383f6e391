//! Each scenario comes out as it says.

use std::path::Path;
use std::process::Command;

#[test]
fn every_scenario_comes_out_as_it_says_and_the_same_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let play = || {
            Command::new(env!("CARGO_BIN_EXE_trailbell-sim"))
                .args(["run", "--format", "json", "--scenario"])
                .arg(&file)
                .output()
                .unwrap()
        };
        let first = play();
        let said = String::from_utf8_lossy(&first.stderr).into_owned();
        assert!(first.status.success(), "{name}: {said}");
        assert!(said.starts_with(&format!("{name}: ")), "{said}");
        if matches!(name.as_str(), "slow-subscriber" | "reorder") {
            assert_eq!(first.stdout, play().stdout, "{name} differs from itself");
        }
        names.push(name);
    }
    assert!(names.len() >= 11, "{names:?}");
}
