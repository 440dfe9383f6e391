//! Who makes a call, from where and with what: the forms of `userIdentity`.

use chrono::TimeDelta;

use super::json::{Json, Object};
use super::scene::Scene;
use crate::cloudtrail::record::EventTime;

/// One who calls.
#[derive(Debug, Clone)]
pub(super) struct Actor {
    pub(super) identity: Json,
    pub(super) arn: String,
    pub(super) address: String,
    pub(super) agent: String,
    /// Services' calls have no details of a TLS connection.
    pub(super) service: bool,
    /// Whether the credentials are those of a console session.
    pub(super) console: bool,
}

const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";

impl Actor {
    fn person(identity: Object, arn: String, address: &str, agent: &str) -> Self {
        Self {
            identity: identity.into(),
            arn,
            address: address.to_owned(),
            agent: agent.to_owned(),
            service: false,
            console: agent.starts_with("Mozilla/"),
        }
    }

    /// The account's owner.
    pub(super) fn root(scene: &mut Scene<'_>) -> Self {
        let world = scene.world;
        let arn = scene.iam_arn("root");
        let identity = Object::new()
            .text("type", "Root")
            .text("principalId", &world.account)
            .text("arn", &arn)
            .text("accountId", &world.account)
            .text("accessKeyId", &format!("ASIA{}", scene.random.capitals(16)))
            .json("sessionContext", Object::new().json("attributes", attributes(scene, false)));
        Self::person(identity, arn, &world.office, BROWSER)
    }

    /// A service that acts with root's rights, such as for a snapshot's copy: no use of root by a person.
    pub(super) fn root_for_a_service(scene: &mut Scene<'_>, service: &str) -> Self {
        let account = &scene.world.account;
        let identity = Object::new()
            .text("type", "Root")
            .text("principalId", account)
            .text("arn", &scene.iam_arn("root"))
            .text("accountId", account)
            .text("invokedBy", service);
        Self::by_service(identity, scene.iam_arn("root"), service)
    }

    fn by_service(identity: Object, arn: String, service: &str) -> Self {
        let called = service.to_owned();
        Self {
            identity: identity.into(),
            arn,
            address: called.clone(),
            agent: called,
            service: true,
            console: false,
        }
    }

    /// A user of IAM with a long-lived access key, or with a console session.
    pub(super) fn user(scene: &mut Scene<'_>, place: usize) -> Self {
        let user = &scene.world.users[place % scene.world.users.len()];
        let arn = scene.iam_arn(&format!("user/{}", user.name));
        let identity = Object::new()
            .text("type", "IAMUser")
            .text("principalId", &user.id)
            .text("arn", &arn)
            .text("accountId", &scene.world.account);
        let identity = if user.agent.starts_with("Mozilla/") {
            identity
                .text("accessKeyId", &format!("ASIA{}", scene.random.capitals(16)))
                .text("userName", user.name)
                .json("sessionContext", Object::new().json("attributes", attributes(scene, true)))
        } else {
            identity.text("accessKeyId", &user.access_key).text("userName", user.name)
        };
        Self::person(identity, arn, &user.address, user.agent)
    }

    /// Any user.
    pub(super) fn some_user(scene: &mut Scene<'_>) -> Self {
        let place = scene.random.below(64) as usize;
        Self::user(scene, place)
    }

    /// A user's key in a stranger's hands.
    pub(super) fn thief(scene: &mut Scene<'_>) -> Self {
        let stranger = scene.world.stranger.clone();
        let agent = "Boto3/1.26.90 Python/3.11.2 Linux/6.1.0-kali9-amd64 Botocore/1.29.90".to_owned();
        Self { address: stranger, agent, console: false, ..Self::user(scene, 5) }
    }

    /// A role's session.
    pub(super) fn role(scene: &mut Scene<'_>, place: usize) -> Self {
        let role = &scene.world.roles[place % scene.world.roles.len()];
        let account = &scene.world.account;
        let on_instance = role.session.is_empty();
        let session = if on_instance { scene.instance() } else { role.session };
        let arn = format!("arn:aws:sts::{account}:assumed-role/{}/{session}", role.name);
        let issuer = Object::new()
            .text("type", "Role")
            .text("principalId", &role.id)
            .text("arn", &scene.iam_arn(&format!("role/{}", role.name)))
            .text("accountId", account)
            .text("userName", role.name);
        let context =
            Object::new().json("sessionIssuer", issuer).json("attributes", attributes(scene, false));
        let context = if on_instance { context.text("ec2RoleDelivery", "2.0") } else { context };
        let identity = Object::new()
            .text("type", "AssumedRole")
            .text("principalId", &format!("{}:{session}", role.id))
            .text("arn", &arn)
            .text("accountId", account)
            .text("accessKeyId", &format!("ASIA{}", scene.random.capitals(16)))
            .json("sessionContext", context);
        let address = if on_instance {
            format!("10.0.{}.{}", scene.random.below(8), scene.random.between(4, 250))
        } else {
            scene.world.office.clone()
        };
        Self::person(identity, arn, &address, role.agent)
    }

    /// A service in its own name.
    pub(super) fn service(name: &str) -> Self {
        let identity = Object::new().text("type", "AWSService").text("invokedBy", name);
        Self::by_service(identity, String::new(), name)
    }

    /// A service that acts in a role made for it.
    pub(super) fn service_role(scene: &mut Scene<'_>, role: &str, service: &str) -> Self {
        let account = &scene.world.account;
        let id = format!("AROA{}", scene.random.capitals(17));
        let session = service.split('.').next().unwrap_or(service);
        let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{session}");
        let issuer = Object::new()
            .text("type", "Role")
            .text("principalId", &id)
            .text("arn", &scene.iam_arn(&format!("role/aws-service-role/{service}/{role}")))
            .text("accountId", account)
            .text("userName", role);
        let identity = Object::new()
            .text("type", "AssumedRole")
            .text("principalId", &format!("{id}:{session}"))
            .text("arn", &arn)
            .text("accountId", account)
            .json(
                "sessionContext",
                Object::new().json("sessionIssuer", issuer).json("attributes", attributes(scene, false)),
            )
            .text("invokedBy", service);
        Self::by_service(identity, arn, service)
    }

    /// Somebody of another account, as the owner of the resource sees him.
    pub(super) fn other_account(scene: &mut Scene<'_>) -> Self {
        let identity = Object::new()
            .text("type", "AWSAccount")
            .text("principalId", &format!("AIDA{}", scene.random.capitals(17)))
            .text("accountId", "210987654321");
        Self::person(identity, String::new(), "198.51.100.21", "aws-cli/2.27.0 ua/2.1 os/linux")
    }

    /// A user of the Identity Center.
    pub(super) fn identity_center(scene: &mut Scene<'_>) -> Self {
        let store = format!("arn:aws:identitystore::{}:identitystore/d-9067000000", scene.world.account);
        let identity = Object::new()
            .text("type", "IdentityCenterUser")
            .text("accountId", &scene.world.account)
            .json(
                "onBehalfOf",
                Object::new().text("userId", &scene.random.uuid()).text("identityStoreArn", &store),
            )
            .text("credentialId", &scene.random.uuid());
        Self::person(identity, String::new(), &scene.world.office, BROWSER)
    }

    /// Who comes with an assertion of an identity provider.
    pub(super) fn saml(scene: &mut Scene<'_>) -> Self {
        let user = scene.user_name();
        let identity = Object::new()
            .text("type", "SAMLUser")
            .text("principalId", &format!("{}=:{user}@example.com", scene.random.capitals(20)))
            .text("userName", &format!("{user}@example.com"))
            .text("identityProvider", "https://idp.example.com/saml");
        Self::person(identity, String::new(), &scene.world.office, BROWSER)
    }

    /// Who comes with a token of a web identity, such as a pod of a cluster.
    pub(super) fn web_identity(scene: &mut Scene<'_>) -> Self {
        let provider =
            format!("oidc.eks.{}.amazonaws.com/id/{}", scene.region, "A1B2C3D4E5F60718293A4B5C6D7E8F90");
        let subject = "system:serviceaccount:shop:checkout";
        let identity = Object::new()
            .text("type", "WebIdentityUser")
            .text(
                "principalId",
                &format!(
                    "{}:sts.amazonaws.com:{subject}",
                    scene.iam_arn(&format!("oidc-provider/{provider}"))
                ),
            )
            .text("userName", subject)
            .text("identityProvider", &scene.iam_arn(&format!("oidc-provider/{provider}")));
        Self::person(
            identity,
            String::new(),
            "10.0.3.17",
            "aws-sdk-go-v2/1.36.5 ua/2.1 os/linux lang/go#1.24.4",
        )
    }

    /// A session of `GetFederationToken`.
    pub(super) fn federated(scene: &mut Scene<'_>) -> Self {
        let account = &scene.world.account;
        let user = scene.pick(&scene.world.users);
        let arn = format!("arn:aws:sts::{account}:federated-user/contractor");
        let issuer = Object::new()
            .text("type", "IAMUser")
            .text("principalId", &user.id)
            .text("arn", &scene.iam_arn(&format!("user/{}", user.name)))
            .text("accountId", account)
            .text("userName", user.name);
        let identity = Object::new()
            .text("type", "FederatedUser")
            .text("principalId", &format!("{account}:contractor"))
            .text("arn", &arn)
            .text("accountId", account)
            .text("accessKeyId", &format!("ASIA{}", scene.random.capitals(16)))
            .json(
                "sessionContext",
                Object::new().json("sessionIssuer", issuer).json("attributes", attributes(scene, false)),
            );
        Self::person(identity, arn, "198.51.100.44", "aws-cli/2.27.0 ua/2.1 os/linux")
    }
}

/// A session that began up to an hour ago.
fn attributes(scene: &mut Scene<'_>, mfa: bool) -> Object {
    let began = scene.time - TimeDelta::seconds(i64::from(scene.random.between(60, 3600)));
    Object::new()
        .text("creationDate", &EventTime(began).to_string())
        .text("mfaAuthenticated", if mfa { "true" } else { "false" })
}
