//! A switch for each thing that is not known of the service, with the likelier answer as its default.

use serde::Deserialize;

/// The switches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
// Each is a question of its own with the answers yes and no.
#[allow(clippy::struct_excessive_bools)]
pub struct Switches {
    /// A field is longer than its limit. Only the refusal of long messages and the truncation of long details have been
    /// seen.
    pub over_limit: FieldPolicies,
    /// A write names an alert that does not exist. Accepted and failed later, by most reports; one claims a direct 404.
    pub unknown_alert: UnknownAlert,
    /// Whether the note of a repeated create is added to the open alert.
    pub repeat_adds_note: bool,
    /// Whether snoozing acknowledges.
    pub snooze_acknowledges: bool,
    /// The unit of `report.ackTime` and `report.closeTime`.
    pub report_times: ReportTimes,
    /// Whether POST sets message and description as PUT does. The schema says PUT, a client made from the prose POST.
    pub update_by_post: bool,
    /// Whether an alert can be deleted by alias. The schema says so, the prose names id and tiny id alone.
    pub delete_by_alias: bool,
    /// A method that a path does not have.
    pub wrong_method: WrongMethod,
    /// Whether other media types than JSON are refused with 406 and 415.
    pub media_types: MediaTypes,
    /// What stands in errors whose body nobody has recorded: 400, 402, 404, 405, 406, 415.
    pub error_bodies: ErrorBodies,
    /// `X-RateLimit-State` of a request that is not throttled. Empty: the header is left out.
    pub rate_limit_state: String,
    /// Over the rate limit: refused with 429, or accepted and carried out late. Both are documented, not when which.
    pub throttled: Throttled,
    /// Whether writes take effect in the order in which they came.
    pub order: Order,
    /// How long an outcome can be read, in seconds from its effect; 0 for as long as it is kept at all.
    pub outcome_seconds: u32,
    /// Whether responders can be named at JSM's paths, as at Opsgenie's. If not, only ids are found.
    pub jsm_responder_names: bool,
    /// Whether JSM has the hosted webhook, at `/jsm/ops/integration/v1/json/cloudwatch`.
    pub jsm_webhook: bool,
    /// How an action that the plan lacks is refused. Seen as an outcome; the schema has 402 as well.
    pub plan_refusal: PlanRefusal,
    /// Whether a custom action can be run that the alert does not list.
    pub custom_actions: CustomActions,
    /// Whether alerts have the fields that the prose shows and the schema lacks: `seen`, `teams`, `ownerTeamId`.
    pub legacy_fields: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            over_limit: FieldPolicies::default(),
            unknown_alert: UnknownAlert::default(),
            repeat_adds_note: true,
            snooze_acknowledges: false,
            report_times: ReportTimes::default(),
            update_by_post: true,
            delete_by_alias: true,
            wrong_method: WrongMethod::default(),
            media_types: MediaTypes::default(),
            error_bodies: ErrorBodies::default(),
            rate_limit_state: "OK".to_owned(),
            throttled: Throttled::default(),
            order: Order::default(),
            outcome_seconds: 86_400,
            jsm_responder_names: true,
            jsm_webhook: true,
            plan_refusal: PlanRefusal::default(),
            custom_actions: CustomActions::default(),
            legacy_fields: true,
        }
    }
}

/// What happens to a field over its limit, field by field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FieldPolicies {
    /// 130 characters. Seen rejected.
    pub message: OverLimit,
    /// 512 characters.
    pub alias: OverLimit,
    /// 15,000 characters.
    pub description: OverLimit,
    /// 512 characters.
    pub entity: OverLimit,
    /// 100 characters.
    pub source: OverLimit,
    /// 100 characters.
    pub user: OverLimit,
    /// 25,000 characters.
    pub note: OverLimit,
    /// 20 of 50 characters.
    pub tags: OverLimit,
    /// 10 of 50 characters.
    pub actions: OverLimit,
    /// 50.
    pub responders: OverLimit,
    /// 50.
    pub visible_to: OverLimit,
    /// 8,000 characters of JSON. Seen truncated without a word.
    pub details: OverLimit,
}

impl Default for FieldPolicies {
    fn default() -> Self {
        let details = OverLimit::Truncate;
        Self { details, ..Self::all(OverLimit::Reject) }
    }
}

impl FieldPolicies {
    /// The same for every field.
    #[must_use]
    pub const fn all(policy: OverLimit) -> Self {
        Self {
            message: policy,
            alias: policy,
            description: policy,
            entity: policy,
            source: policy,
            user: policy,
            note: policy,
            tags: policy,
            actions: policy,
            responders: policy,
            visible_to: policy,
            details: policy,
        }
    }
}

/// What happens to a field over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverLimit {
    /// The request is refused with 422.
    Reject,
    /// The field is cut and nothing said.
    Truncate,
}

/// A write names an alert that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownAlert {
    /// 202, and an outcome that says so.
    #[default]
    Accepted,
    /// 404 at once.
    NotFound,
}

/// The unit of times in an alert's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportTimes {
    /// Milliseconds, by the schema's habit.
    #[default]
    Milliseconds,
    /// Seconds, as one consumer documents.
    Seconds,
}

/// A method that a path does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongMethod {
    /// 405
    #[default]
    MethodNotAllowed,
    /// 404
    NotFound,
}

/// How media types are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaTypes {
    /// Neither `Content-Type` nor `Accept` is looked at.
    #[default]
    Lenient,
    /// 415 for a body that calls itself something other than JSON, 406 if JSON is not accepted. An empty
    /// `Content-Type`, which the Go SDK sends, is none.
    Strict,
}

/// What stands in an error whose body nobody has recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorBodies {
    /// The error object that the schema has.
    #[default]
    Json,
    /// A line of plain text.
    Text,
    /// Nothing.
    Empty,
}

/// Over the rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Throttled {
    /// 429
    #[default]
    Refuse,
    /// Writes are accepted and take effect a period of the limit later than they would. Reads are refused.
    Delay,
}

/// In which order writes take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As they came.
    #[default]
    Arrival,
    /// Each after a delay of its own, drawn from none to twice the processing delay.
    Shuffled,
}

/// How an action that the plan lacks is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanRefusal {
    /// 202, and an outcome that says so.
    #[default]
    Outcome,
    /// 402 at once.
    PaymentRequired,
}

/// Which custom actions can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomActions {
    /// Those that the alert lists; others fail in their outcome.
    #[default]
    Listed,
    /// Any.
    Any,
}
