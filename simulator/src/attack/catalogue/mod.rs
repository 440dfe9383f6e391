//! All attacks. A file a family, or two; one entry an attack.

mod attack;
mod canonicalisation;
mod certificate;
mod certificate_url;
mod confirmation;
mod header_and_body;
mod replay;
mod signature;
mod subscribe_url;
mod transport;
mod urls;

pub use attack::{Attack, Needs};

use super::family::Family;

/// All attacks, family by family in the order of [`Family::ALL`].
#[must_use]
pub fn catalogue() -> Vec<Attack> {
    let of_family = |family| match family {
        Family::Signature => vec![signature::attacks()],
        Family::Confirmation => vec![confirmation::attacks(), subscribe_url::attacks()],
        Family::Replay => vec![replay::attacks()],
        Family::Canonicalisation => vec![canonicalisation::attacks()],
        Family::HeaderAndBody => vec![header_and_body::attacks()],
        Family::CertificateUrl => vec![certificate_url::attacks(), certificate::attacks()],
        Family::Transport => vec![transport::attacks()],
    };
    Family::ALL.into_iter().flat_map(of_family).flatten().collect()
}

#[cfg(test)]
mod tests;
