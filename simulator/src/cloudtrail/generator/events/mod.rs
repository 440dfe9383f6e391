//! The kinds of events, by service.

mod iam;
mod instances;
mod network;
mod organizations;
mod reads;
mod s3;
mod security_groups;
mod sign_in;
mod trail;

use super::event::{Body, Kind};
use super::json::Object;
use super::scene::Scene;

/// All kinds.
pub(super) fn all() -> impl Iterator<Item = &'static Kind> {
    [
        security_groups::KINDS,
        network::KINDS,
        instances::KINDS,
        trail::KINDS,
        iam::KINDS,
        s3::KINDS,
        organizations::KINDS,
        sign_in::KINDS,
        denied::KINDS,
        reads::KINDS,
    ]
    .into_iter()
    .flatten()
}

/// The kind of this service, name and variant.
pub(super) fn find(service: &str, name: &str, variant: &str) -> Option<&'static Kind> {
    all().find(|kind| kind.service == service && kind.name == name && kind.variant == variant)
}

/// A call of EC2's that answers with nothing else than that it is done.
fn ec2(scene: &mut Scene<'_>, request: Object) -> Body {
    let response = Object::new().text("requestId", &scene.random.uuid()).flag("_return", true);
    Body::request(request).response(response)
}

/// Calls for which the caller has no right (CIS 4.1).
mod denied {
    use super::super::actor::Actor;
    use super::super::event::Kind;

    const TERMINATE: Kind = Kind::write("ec2", "TerminateInstances", super::Body::none);
    const LIST_USERS: Kind = Kind::read("iam", "ListUsers", super::Body::none);
    const GET_SECRET: Kind = Kind::read("secretsmanager", "GetSecretValue", super::Body::none);
    const STOP_LOGGING: Kind = Kind::write("cloudtrail", "StopLogging", super::Body::none);

    pub(super) const KINDS: &[Kind] = &[
        Kind { body: |scene| by_thief(scene, &TERMINATE), ..TERMINATE.variant("denied") },
        Kind { body: |scene| by_thief(scene, &LIST_USERS), ..LIST_USERS.variant("denied") },
        Kind { body: |scene| by_thief(scene, &GET_SECRET), ..GET_SECRET.variant("denied") },
        Kind { body: |scene| by_thief(scene, &STOP_LOGGING), ..STOP_LOGGING.variant("denied") },
    ];

    fn by_thief(scene: &mut super::Scene<'_>, kind: &Kind) -> super::Body {
        let actor = Actor::thief(scene);
        (kind.body)(scene).denied(kind, &actor).by(actor)
    }
}
