//! The folder of real data, and the events in it.

use std::path::PathBuf;

use serde_json::Value;
use trailbell_sim::cloudtrail::{Archive, RawRecord};

/// A path in the folder of real data, or `None`, said aloud, where there is none.
pub(crate) fn data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TRAILBELL_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = root.join(path);
    if !path.exists() {
        eprintln!("SKIPPED: {} is missing; set TRAILBELL_DATA to the folder of real data", path.display());
        return None;
    }
    Some(path)
}

/// A JSON file of the folder.
pub(crate) fn json(path: &str) -> Option<Value> {
    Some(serde_json::from_slice(&std::fs::read(data(path)?).unwrap()).unwrap())
}

/// The events of a file of the folder, none of which may be damaged.
pub(crate) fn events(path: &str) -> Option<impl Iterator<Item = RawRecord>> {
    Some(Archive::open(&[data(path)?]).unwrap().map(Result::unwrap))
}
