//! One event: what is called, by whom, with what outcome; and its text as CloudTrail writes it.

use super::actor::Actor;
use super::json::{Json, Object};
use super::scene::Scene;
use crate::cloudtrail::record::EventTime;

/// A kind of event.
#[derive(Debug)]
pub(super) struct Kind {
    /// The service, as `eventSource` has it before `.amazonaws.com`.
    pub(super) service: &'static str,
    /// `eventName`.
    pub(super) name: &'static str,
    /// What is special about it, empty for the ordinary case.
    pub(super) variant: &'static str,
    pub(super) read_only: bool,
    pub(super) body: fn(&mut Scene<'_>) -> Body,
}

impl Kind {
    /// A call that changes something.
    pub(super) const fn write(
        service: &'static str,
        name: &'static str,
        body: fn(&mut Scene<'_>) -> Body,
    ) -> Self {
        Self { service, name, variant: "", read_only: false, body }
    }

    /// A call that reads.
    pub(super) const fn read(
        service: &'static str,
        name: &'static str,
        body: fn(&mut Scene<'_>) -> Body,
    ) -> Self {
        Self { service, name, variant: "", read_only: true, body }
    }

    /// The same call, in a special case.
    pub(super) const fn variant(self, variant: &'static str) -> Self {
        Self { variant, ..self }
    }

    fn is_sign_in(&self) -> bool {
        self.service == "signin"
    }
}

/// What differs from one kind to the next.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) request: Json,
    pub(super) response: Json,
    pub(super) additional: Option<Json>,
    pub(super) resources: Option<Json>,
    pub(super) error: Option<(String, String)>,
    /// Who calls, where that belongs to the kind.
    pub(super) actor: Option<Actor>,
}

impl Body {
    pub(super) fn request(request: impl Into<Json>) -> Self {
        let (request, response) = (request.into(), Json::null());
        Self { request, response, additional: None, resources: None, error: None, actor: None }
    }

    pub(super) fn none(_: &mut Scene<'_>) -> Self {
        Self::request(Json::null())
    }

    pub(super) fn response(self, response: impl Into<Json>) -> Self {
        Self { response: response.into(), ..self }
    }

    pub(super) fn additional(self, additional: impl Into<Json>) -> Self {
        Self { additional: Some(additional.into()), ..self }
    }

    pub(super) fn resource(self, scene: &Scene<'_>, kind: &str, arn: &str) -> Self {
        let resource =
            Object::new().text("accountId", &scene.world.account).text("type", kind).text("ARN", arn);
        Self { resources: Some(Json::list([resource.into()])), ..self }
    }

    pub(super) fn by(self, actor: Actor) -> Self {
        Self { actor: Some(actor), ..self }
    }

    pub(super) fn failed(self, code: &str, message: &str) -> Self {
        Self { error: Some((code.to_owned(), message.to_owned())), response: Json::null(), ..self }
    }

    /// The call is refused for want of rights, in the words of its service.
    pub(super) fn denied(self, kind: &Kind, actor: &Actor) -> Self {
        let action = format!("{}:{}", kind.service, kind.name);
        let who = format!("User: {} is not authorized to perform: {action}", actor.arn);
        match kind.service {
            "ec2" => self.failed(
                "Client.UnauthorizedOperation",
                &format!("You are not authorized to perform this operation. {who} because no identity-based policy allows the {action} action."),
            ),
            "s3" => self.failed("AccessDenied", "Access Denied"),
            "kms" | "organizations" | "cloudtrail" | "config" => self.failed(
                "AccessDeniedException",
                &format!("{who} because no identity-based policy allows the {action} action"),
            ),
            _ => self.failed(
                "AccessDenied",
                &format!("{who} on resource: * because no identity-based policy allows the {action} action"),
            ),
        }
    }
}

/// Services whose events are all logged in us-east-1.
const GLOBAL: [&str; 4] = ["iam", "organizations", "account", "cloudfront"];

/// The event's JSON, members in the order of a native record of version 1.11.
pub(super) fn write(kind: &Kind, body: Body, actor: &Actor, scene: &mut Scene<'_>) -> String {
    let Body { request, response, additional, resources, error, actor: _ } = body;
    let region = if GLOBAL.contains(&kind.service) { "us-east-1" } else { &scene.region }.to_owned();
    let mut event = Object::new()
        .text("eventVersion", "1.11")
        .json("userIdentity", actor.identity.clone())
        .text("eventTime", &EventTime(scene.time).to_string())
        .text("eventSource", &format!("{}.amazonaws.com", kind.service))
        .text("eventName", kind.name)
        .text("awsRegion", &region)
        .text("sourceIPAddress", &actor.address)
        .text("userAgent", &actor.agent);
    if let Some((code, message)) = error {
        // A failed sign-in has a message and no code.
        event = if code.is_empty() { event } else { event.text("errorCode", &code) }
            .text("errorMessage", &message);
    }
    event = event.json("requestParameters", request).json("responseElements", response);
    if let Some(additional) = additional {
        event = event.json("additionalEventData", additional);
    }
    if !kind.is_sign_in() {
        event = event.text("requestID", &scene.random.uuid());
    }
    event = event.text("eventID", &scene.random.uuid()).flag("readOnly", kind.read_only);
    if let Some(resources) = resources {
        event = event.json("resources", resources);
    }
    event = event
        .text("eventType", if kind.is_sign_in() { "AwsConsoleSignIn" } else { "AwsApiCall" })
        .flag("managementEvent", true)
        .text("recipientAccountId", &scene.world.account)
        .text("eventCategory", "Management");
    if !actor.service && !kind.is_sign_in() {
        let host = if GLOBAL.contains(&kind.service) {
            format!("{}.amazonaws.com", kind.service)
        } else {
            format!("{}.{region}.amazonaws.com", kind.service)
        };
        let tls = Object::new()
            .text("tlsVersion", "TLSv1.3")
            .text("cipherSuite", "TLS_AES_128_GCM_SHA256")
            .text("clientProvidedHostHeader", &host);
        event = event.json("tlsDetails", tls);
        if actor.console {
            event = event.text("sessionCredentialFromConsole", "true");
        }
    }
    Json::from(event).into_text()
}
