//! IAM's policies (CIS 4.4) and what goes with them.

use super::super::event::{Body, Kind};
use super::super::json::Object;
use super::super::scene::Scene;

pub(in super::super) const KINDS: &[Kind] = &[
    Kind::write("iam", "PutUserPolicy", |scene| put(scene, Holder::User)),
    Kind::write("iam", "PutRolePolicy", |scene| put(scene, Holder::Role)),
    Kind::write("iam", "PutGroupPolicy", |scene| put(scene, Holder::Group)),
    Kind::write("iam", "DeleteUserPolicy", |scene| inline(scene, Holder::User)),
    Kind::write("iam", "DeleteRolePolicy", |scene| inline(scene, Holder::Role)),
    Kind::write("iam", "DeleteGroupPolicy", |scene| inline(scene, Holder::Group)),
    Kind::write("iam", "AttachUserPolicy", |scene| attach(scene, Holder::User, "ReadOnlyAccess")),
    Kind::write("iam", "AttachRolePolicy", |scene| attach(scene, Holder::Role, "ReadOnlyAccess")),
    Kind::write("iam", "AttachGroupPolicy", |scene| attach(scene, Holder::Group, "ReadOnlyAccess")),
    Kind::write("iam", "DetachUserPolicy", |scene| attach(scene, Holder::User, "ReadOnlyAccess")),
    Kind::write("iam", "DetachRolePolicy", |scene| attach(scene, Holder::Role, "ReadOnlyAccess")),
    Kind::write("iam", "DetachGroupPolicy", |scene| attach(scene, Holder::Group, "ReadOnlyAccess")),
    Kind::write("iam", "CreatePolicy", create_policy),
    Kind::write("iam", "DeletePolicy", |scene| {
        Body::request(Object::new().text("policyArn", &policy_arn(scene)))
    }),
    Kind::write("iam", "CreatePolicyVersion", create_version),
    Kind::write("iam", "DeletePolicyVersion", |scene| {
        Body::request(Object::new().text("policyArn", &policy_arn(scene)).text("versionId", "v2"))
    }),
    Kind::write("iam", "AttachUserPolicy", |scene| attach(scene, Holder::User, "AdministratorAccess"))
        .variant("administrator"),
    // Neighbours that are no changes of policies.
    Kind::write("iam", "CreateUser", |scene| {
        let name = format!("support-{}", scene.random.hex(4));
        let made = Object::new()
            .text("path", "/")
            .text("userName", &name)
            .text("userId", &format!("AIDA{}", scene.random.capitals(17)))
            .text("arn", &scene.iam_arn(&format!("user/{name}")))
            .text("createDate", &scene.java_time());
        Body::request(Object::new().text("userName", &name)).response(Object::new().json("user", made))
    }),
    Kind::write("iam", "CreateAccessKey", |scene| {
        let user = scene.user_name();
        let made = Object::new()
            .text("userName", user)
            .text("accessKeyId", &format!("AKIA{}", scene.random.capitals(16)))
            .text("status", "Active")
            .text("createDate", &scene.java_time());
        Body::request(Object::new().text("userName", user)).response(Object::new().json("accessKey", made))
    }),
    Kind::write("iam", "TagPolicy", |scene| {
        Body::request(Object::new().text("policyArn", &policy_arn(scene)))
    }),
];

#[derive(Clone, Copy)]
enum Holder {
    User,
    Role,
    Group,
}

/// A request about a holder of policies.
fn about(scene: &mut Scene<'_>, holder: Holder) -> Object {
    match holder {
        Holder::User => Object::new().text("userName", scene.user_name()),
        Holder::Role => Object::new().text("roleName", scene.role_name()),
        Holder::Group => Object::new().text("groupName", "developers"),
    }
}

const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

fn put(scene: &mut Scene<'_>, holder: Holder) -> Body {
    Body::request(about(scene, holder).text("policyName", "read-reports").text("policyDocument", DOCUMENT))
}

fn inline(scene: &mut Scene<'_>, holder: Holder) -> Body {
    Body::request(about(scene, holder).text("policyName", "read-reports"))
}

fn attach(scene: &mut Scene<'_>, holder: Holder, policy: &str) -> Body {
    Body::request(about(scene, holder).text("policyArn", &format!("arn:aws:iam::aws:policy/{policy}")))
}

fn policy_arn(scene: &Scene<'_>) -> String {
    scene.iam_arn("policy/reports")
}

fn create_policy(scene: &mut Scene<'_>) -> Body {
    let name = format!("reports-{}", scene.random.hex(4));
    let now = scene.java_time();
    let made = Object::new()
        .text("policyName", &name)
        .text("policyId", &format!("ANPA{}", scene.random.capitals(17)))
        .text("arn", &scene.iam_arn(&format!("policy/{name}")))
        .text("path", "/")
        .text("defaultVersionId", "v1")
        .number("attachmentCount", 0)
        .flag("isAttachable", true)
        .text("createDate", &now)
        .text("updateDate", &now);
    Body::request(Object::new().text("policyName", &name).text("policyDocument", DOCUMENT))
        .response(Object::new().json("policy", made))
}

fn create_version(scene: &mut Scene<'_>) -> Body {
    let made = Object::new()
        .text("versionId", "v2")
        .flag("isDefaultVersion", true)
        .text("createDate", &scene.java_time());
    let request = Object::new()
        .text("policyArn", &policy_arn(scene))
        .text("policyDocument", DOCUMENT)
        .flag("setAsDefault", true);
    Body::request(request).response(Object::new().json("policyVersion", made))
}
