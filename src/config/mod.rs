//! Settings as written, and the ready configuration made of them.

mod door_certificate;
mod forward;
mod paging;
mod ready;
mod relay;
mod secret;
mod settings;
mod timeouts;
mod verification;
mod workshop;

pub use door_certificate::{DoorCertificate, TlsError};
pub use forward::{ForwardConfig, NextHop, NextHopError};
pub use paging::{API_KEY_VARIABLE, PagerConfig, PagingConfig};
pub use ready::{Config, Onward};
pub use relay::RelayConfig;
pub use secret::Secret;
pub use settings::{
    BasicAuthSettings, ConfirmMode, ForwardSettings, LimitSettings, MappingSettings, PagerSettings,
    RelaySettings, Settings, SettingsError, SigningHostSettings, TlsSettings, TopicSettings,
    VerificationSettings,
};
pub use timeouts::Timeouts;
pub use workshop::{BasicAuth, Limits, Problem, Surroundings};
