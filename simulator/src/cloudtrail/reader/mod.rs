//! Files of events, read one record at a time.

mod elements;
mod error;
mod events;
mod files;
mod head;

pub use error::{Place, ReadError};
pub use events::{Events, MAX_RECORD_BYTES, RawRecord};
pub use files::{Archive, Folder, LeftAside, read_events, unpack};
pub use head::Head;
