//! Real bodies that lie beside the project and are no part of it.

use std::path::{Path, PathBuf};

/// The folder of real data: `$TRAILBELL_DATA`, or `../shared/data` beside the project. Where it is missing,
/// says so and gives `None`: the test is then skipped, and `.ci/run` refuses to start.
pub(crate) fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("TRAILBELL_DATA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no real data at {} (set TRAILBELL_DATA)", folder.display());
    None
}

/// The JSON in a file below the folder.
pub(crate) fn json(path: &Path) -> serde_json::Value {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
