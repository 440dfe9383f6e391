//! CloudTrail: its records, the files that hold them, and a generator of them.

mod compact;
mod duplicates;
mod generator;
mod identity;
mod key;
mod members;
mod order;
mod reader;
mod record;

pub use compact::compact;
pub use duplicates::DuplicateCounter;
pub use generator::{Appearance, CastError, GeneratedEvent, Generator, Part, Settings, event_names, stories};
pub use identity::{SessionAttributes, SessionContext, SessionIssuer, UserIdentity};
pub use key::{LogFileName, ObjectKind};
pub use members::Field;
pub use order::InTimeOrder;
pub use reader::{
    Archive, Events, Folder, Head, LeftAside, MAX_RECORD_BYTES, Place, RawRecord, ReadError, read_events,
    unpack,
};
pub use record::{EventTime, Record, RecordError, Resource, TlsDetails};
