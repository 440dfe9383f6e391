//! Signing in to the console (CIS 4.2, 4.3, 4.6), and root's use of the API.

use super::super::actor::Actor;
use super::super::event::{Body, Kind};
use super::super::json::{Json, Object};
use super::super::scene::Scene;

const fn login(variant: &'static str, body: fn(&mut Scene<'_>) -> Body) -> Kind {
    Kind::write("signin", "ConsoleLogin", body).variant(variant)
}

pub(in super::super) const KINDS: &[Kind] = &[
    login("", |scene| succeeds(Mfa::Used).by(user(scene, Shown::Arn))),
    login("no-mfa", |scene| succeeds(Mfa::NotUsed).by(user(scene, Shown::Arn))),
    login("failed", |scene| fails(Mfa::NotUsed).by(user(scene, Shown::Name))),
    login("unknown-user", |scene| fails(Mfa::NotUsed).by(user(scene, Shown::Nothing))),
    login("root", |scene| succeeds(Mfa::Used).by(root(scene))),
    login("root-no-mfa", |scene| succeeds(Mfa::NotUsed).by(root(scene))),
    // MFA happened at the identity provider, which AWS does not see.
    login("federated", |scene| succeeds(Mfa::NotUsed).by(Actor::role(scene, 4))),
];

#[derive(Clone, Copy)]
enum Mfa {
    Used,
    NotUsed,
}

fn outcome(outcome: &str, mfa: Mfa) -> Body {
    let additional = Object::new()
        .text("LoginTo", "https://console.aws.amazon.com/console/home")
        .text("MobileVersion", "No")
        .text("MFAUsed", if matches!(mfa, Mfa::Used) { "Yes" } else { "No" });
    Body::request(Json::null()).response(Object::new().text("ConsoleLogin", outcome)).additional(additional)
}

fn succeeds(mfa: Mfa) -> Body {
    outcome("Success", mfa)
}

fn fails(mfa: Mfa) -> Body {
    // The event has no error code, and its response says what happened all the same.
    let failure = Some((String::new(), "Failed authentication".to_owned()));
    Body { error: failure, ..outcome("Failure", mfa) }
}

/// How much of a user an event of signing in shows.
#[derive(Clone, Copy)]
enum Shown {
    /// A user who is known.
    Arn,
    /// A user whose password was wrong.
    Name,
    /// A name that is no user's: it may be a password that was typed into the wrong field.
    Nothing,
}

/// A user at the console: no access key, no session.
fn user(scene: &mut Scene<'_>, shown: Shown) -> Actor {
    let user = scene.pick(&scene.world.users);
    let arn = scene.iam_arn(&format!("user/{}", user.name));
    let base = Object::new().text("type", "IAMUser").text("principalId", &user.id);
    let account = &scene.world.account;
    let (identity, address) = match shown {
        Shown::Arn => {
            let identity = base.text("arn", &arn).text("accountId", account).text("userName", user.name);
            (identity, user.address.clone())
        }
        Shown::Name => (
            base.text("accountId", account).text("accessKeyId", "").text("userName", user.name),
            scene.world.stranger.clone(),
        ),
        Shown::Nothing => (
            Object::new()
                .text("type", "IAMUser")
                .text("accountId", account)
                .text("accessKeyId", "")
                .text("userName", "HIDDEN_DUE_TO_SECURITY_REASONS"),
            scene.world.stranger.clone(),
        ),
    };
    Actor {
        identity: identity.into(),
        address,
        agent: BROWSER.to_owned(),
        arn,
        service: false,
        console: false,
    }
}

fn root(scene: &mut Scene<'_>) -> Actor {
    // Root signs in at the global endpoint, whatever region is opened next.
    "us-east-1".clone_into(&mut scene.region);
    let identity = Object::new()
        .text("type", "Root")
        .text("principalId", &scene.world.account)
        .text("arn", &scene.iam_arn("root"))
        .text("accountId", &scene.world.account)
        .text("accessKeyId", "");
    Actor { identity: identity.into(), ..user(scene, Shown::Arn) }
}

const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";
