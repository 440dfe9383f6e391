//! Each scenario comes out as it says.

use std::path::Path;
use std::process::{Child, Command, Stdio};

fn play(file: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_trailbell-sim"))
        .args(["run", "--format", "json", "--scenario"])
        .arg(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn every_scenario_comes_out_as_it_says_and_the_same_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    // All at once: what each of them does first is to make keys.
    let playing: Vec<_> = files
        .map(|file| {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let again = matches!(name.as_str(), "slow-subscriber" | "reorder").then(|| play(&file));
            (name, play(&file), again)
        })
        .collect();
    assert!(playing.len() >= 11, "{playing:?}");
    for (name, first, again) in playing {
        let first = first.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&first.stderr).into_owned();
        assert!(first.status.success(), "{name}: {said}");
        assert!(said.starts_with(&format!("{name}: ")), "{said}");
        if let Some(again) = again {
            assert_eq!(first.stdout, again.wait_with_output().unwrap().stdout, "{name} differs from itself");
        }
    }
}
