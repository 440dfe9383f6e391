//! The organisation's changes (CIS 4.15).

use super::super::event::{Body, Kind};
use super::super::json::{Json, Object};
use super::super::scene::Scene;

const fn kind(name: &'static str, body: fn(&mut Scene<'_>) -> Body) -> Kind {
    Kind::write("organizations", name, body)
}

pub(in super::super) const KINDS: &[Kind] = &[
    kind("AcceptHandshake", handshake),
    kind("DeclineHandshake", handshake),
    kind("InviteAccountToOrganization", |_| {
        let target = Object::new().text("id", "210987654321").text("type", "ACCOUNT");
        Body::request(Object::new().json("target", target))
    }),
    kind("LeaveOrganization", Body::none),
    kind("DeleteOrganization", Body::none),
    kind("CreateAccount", |scene| {
        let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
        let status = Object::new()
            .text("id", &format!("car-{}", scene.random.hex(32)))
            .text("accountName", hidden)
            .text("state", "IN_PROGRESS")
            .text("requestedTimestamp", &scene.java_time());
        let request = Object::new()
            .text("accountName", hidden)
            .text("email", hidden)
            .text("roleName", "OrganizationAccountAccessRole");
        Body::request(request).response(Object::new().json("createAccountStatus", status))
    }),
    kind("MoveAccount", |scene| {
        let request = Object::new()
            .text("accountId", "210987654321")
            .text("sourceParentId", &format!("r-{}", scene.random.hex(4)))
            .text("destinationParentId", &unit(scene));
        Body::request(request)
    }),
    kind("RemoveAccountFromOrganization", |_| Body::request(Object::new().text("accountId", "210987654321"))),
    kind("CreateOrganizationalUnit", |scene| {
        Body::request(Object::new().text("name", "sandbox").text("parentId", &unit(scene)))
    }),
    kind("UpdateOrganizationalUnit", |scene| {
        Body::request(Object::new().text("name", "sandbox").text("organizationalUnitId", &unit(scene)))
    }),
    kind("DeleteOrganizationalUnit", |scene| {
        Body::request(Object::new().text("organizationalUnitId", &unit(scene)))
    }),
    kind("CreatePolicy", |scene| {
        let summary =
            Object::new().text("id", &policy(scene)).text("name", "guard").flag("awsManaged", false);
        let made = Object::new().json("policySummary", summary);
        let request =
            Object::new().text("name", "guard").text("type", "SERVICE_CONTROL_POLICY").text("content", "{}");
        Body::request(request).response(Object::new().json("policy", made))
    }),
    kind("UpdatePolicy", |scene| {
        Body::request(Object::new().text("policyId", &policy(scene)).text("name", "guard"))
    }),
    kind("DeletePolicy", |scene| Body::request(Object::new().text("policyId", &policy(scene)))),
    kind("AttachPolicy", |scene| {
        Body::request(Object::new().text("policyId", &policy(scene)).text("targetId", &unit(scene)))
    }),
    kind("DetachPolicy", |scene| {
        Body::request(Object::new().text("policyId", &policy(scene)).text("targetId", &unit(scene)))
    }),
    kind("EnablePolicyType", policy_type),
    kind("DisablePolicyType", policy_type),
];

fn unit(scene: &mut Scene<'_>) -> String {
    format!("ou-{}-{}", scene.random.hex(4), scene.random.hex(8))
}

fn policy(scene: &mut Scene<'_>) -> String {
    format!("p-{}", scene.random.hex(8))
}

fn handshake(scene: &mut Scene<'_>) -> Body {
    let id = format!("h-{}", scene.random.hex(10));
    let parties =
        Json::list([Object::new().text("id", &scene.world.organization).text("type", "ORGANIZATION").into()]);
    let made = Object::new().text("id", &id).json("parties", parties).text("state", "ACCEPTED");
    Body::request(Object::new().text("handshakeId", &id)).response(Object::new().json("handshake", made))
}

fn policy_type(scene: &mut Scene<'_>) -> Body {
    let request = Object::new()
        .text("rootId", &format!("r-{}", scene.random.hex(4)))
        .text("policyType", "SERVICE_CONTROL_POLICY");
    Body::request(request)
}
