//! Settings as written, and the ready configuration made of them.

mod door_certificate;
mod ready;
mod secret;
mod settings;
mod timeouts;

pub use door_certificate::{DoorCertificate, TlsError};
pub use ready::{API_KEY_VARIABLE, BasicAuth, Config, Problem, Surroundings};
pub use secret::Secret;
pub use settings::{
    BasicAuthSettings, ConfirmMode, LimitSettings, MappingSettings, PagerSettings, Settings, SettingsError,
    SigningHostSettings, TlsSettings, TopicSettings, VerificationSettings,
};
pub use timeouts::Timeouts;
