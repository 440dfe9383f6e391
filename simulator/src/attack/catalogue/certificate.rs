//! What may stand behind a sound `SigningCertURL`. Trouble that passes is a good reason for a 503.

use std::time::Duration;

use chrono::TimeDelta;

use super::attack::Attack;
use crate::attack::evidence::Right;
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError};
use crate::attack::plan::Plan;
use crate::sns::{Behaviour, CertificateProfile, SigningCertificate};

/// More than a certificate can have, and little enough for the kit to hold.
const HUGE: usize = 16 << 20;
/// How many forged messages come with a certificate of their own.
const FLOOD: usize = 60;

pub(super) fn attacks() -> Vec<Attack> {
    let mut all = profiles();
    all.extend(pages());
    all.extend(behaviours());
    all.push(flood());
    all
}

fn attack(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
) -> Attack {
    Attack::new(Family::CertificateUrl, name, sentence, make).right(Right::NotAccepted)
}

/// Certificates for the right key that say something wrong.
fn profiles() -> Vec<Attack> {
    let says = |name, sentence, bend: fn(CertificateProfile, &Forge) -> CertificateProfile| {
        attack(name, sentence, move |forge| {
            let profile = bend(forge.profile(), forge);
            let certificate = forge.issue(&profile)?;
            signed_under(forge, certificate)
        })
    };
    vec![
        says("expired-certificate", "The certificate expired yesterday.", |profile, forge| {
            profile.valid(forge.now() - TimeDelta::days(365), forge.now() - TimeDelta::days(1))
        }),
        says("certificate-of-tomorrow", "The certificate is good from tomorrow on.", |profile, forge| {
            profile.valid(forge.now() + TimeDelta::days(1), forge.now() + TimeDelta::days(365))
        }),
        says("strangers-name", "The certificate is in the name of a stranger.", |profile, _| {
            profile.named("attacker.test")
        }),
        says("name-below", "The certificate's name stands below SNS's.", |profile, _| {
            let name = format!("attacker.{}", profile.common_name);
            profile.named(name)
        }),
        attack("weak-key", "The certificate has a key of 1024 bits, which signed.", |forge| {
            let certificate = forge.issue_weak()?;
            let envelope = forge.notification();
            let signed = forge.sign_weakly(&certificate.url(forge.host()), envelope)?;
            Ok(Plan::post(forge.delivery(&signed)).serving(certificate))
        }),
        attack("key-that-is-not-rsa", "The certificate has a key on an elliptic curve.", |forge| {
            let server = forge.authority().issue_server(1, &[&forge.profile().common_name])?;
            let leaf =
                server.chain_pem.split_inclusive("-----END CERTIFICATE-----\n").next().unwrap_or_default();
            let certificate = forge.page(leaf);
            signed_under(forge, certificate)
        }),
    ]
}

/// Answers that are no certificate.
fn pages() -> Vec<Attack> {
    vec![
        attack("page-for-certificate", "A page of HTML is served for the certificate.", |forge| {
            let certificate = forge.page("<html>nothing here</html>");
            signed_under(forge, certificate)
        }),
        attack("nothing-for-certificate", "Nothing is served for the certificate.", |forge| {
            let certificate = forge.page("");
            signed_under(forge, certificate)
        }),
        attack("cut-certificate", "The certificate breaks off.", |forge| {
            let pem = &forge.certificate().pem;
            let half = pem.get(..pem.len() / 2).unwrap_or_default().to_owned();
            let certificate = forge.page(&half);
            signed_under(forge, certificate)
        }),
        attack(
            "second-certificate",
            "A stranger's certificate stands after SNS's, and the stranger signed.",
            |forge| {
                let strange = forge.issue_strange()?;
                let both = format!("{}{}", forge.certificate().pem, strange.pem);
                let certificate = forge.page(&both);
                let envelope = forge.notification();
                let signed = forge.sign_as_stranger(&certificate.url(forge.host()), envelope)?;
                Ok(Plan::post(forge.delivery(&signed)).serving(certificate))
            },
        ),
    ]
}

/// A host that answers otherwise than SNS does.
fn behaviours() -> Vec<Attack> {
    let behaves = |name, sentence, right, behaviour: fn(&Forge) -> Behaviour| {
        attack(name, sentence, move |forge| {
            let profile = forge.profile();
            let certificate = forge.issue(&profile)?;
            let behaviour = behaviour(forge);
            Ok(signed_under(forge, certificate)?.certificates_behave(behaviour))
        })
        .right(right)
    };
    vec![
        behaves(
            "certificate-redirects",
            "The certificate's URL redirects to another host.",
            Right::NotAccepted,
            |forge| Behaviour::Redirect(format!("https://{}/SimpleNotificationService-0.pem", forge.trap())),
        ),
        behaves("certificate-404", "The certificate does not exist.", Right::NotAccepted, |_| {
            Behaviour::Status(404)
        }),
        behaves("certificate-500", "The certificate's host has trouble.", Right::NotAccepted, |_| {
            Behaviour::Status(500)
        }),
        behaves("certificate-disconnects", "The certificate's host hangs up.", Right::NotAccepted, |_| {
            Behaviour::Disconnect
        }),
        behaves("certificate-oversized", "The certificate has 16 MiB.", Right::NotAccepted, |_| {
            Behaviour::Oversized(HUGE)
        }),
        behaves(
            "certificate-hangs",
            "The certificate's host never answers.",
            Right::NotAcceptedInTime,
            |_| Behaviour::Hang,
        ),
        behaves(
            "certificate-drips",
            "The certificate comes a byte at a time, five a second.",
            Right::NotAcceptedInTime,
            |_| Behaviour::Drip { chunk: 1, every: Duration::from_millis(200) },
        ),
    ]
}

/// Each forged message with a certificate's URL of its own would be a request to SNS.
fn flood() -> Attack {
    attack(
        "certificate-flood",
        "60 forged messages name 60 certificates: SNS's host must not be flooded.",
        |forge| {
            let mut deliveries = Vec::with_capacity(FLOOD);
            for _ in 0..FLOOD {
                let path = forge.fresh_path();
                let url = format!("https://{}{path}", forge.host());
                let envelope = forge.notification();
                deliveries.push(forge.delivery(&forge.sign_as_stranger(&url, envelope)?));
            }
            Ok(Plan::posts(deliveries))
        },
    )
    .fetches(FLOOD / 2)
}

/// A message that SNS's key signed, under this certificate.
fn signed_under(forge: &mut Forge, certificate: SigningCertificate) -> Result<Plan, ForgeError> {
    let envelope = forge.notification();
    let signed = forge.sign_under(&certificate.url(forge.host()), envelope)?;
    Ok(Plan::post(forge.delivery(&signed)).serving(certificate))
}
