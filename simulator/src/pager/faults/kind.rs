//! The kinds of faults.

use chrono::TimeDelta;

use super::CallKind;
use super::fault::FaultError;
use super::span::span;

/// Their names, with a value where one is needed or usual.
pub(super) const NAMES: [&str; 10] = [
    "latency=200ms",
    "throttle",
    "error=503",
    "hang",
    "reset",
    "html=502",
    "lose",
    "late=30s",
    "reorder",
    "slow-status=10s",
];

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The answer comes this much later.
    Latency(TimeDelta),
    /// 429 with the headers of a limit of so many seconds.
    Throttle(u32),
    /// This status with the service's error body.
    Error(u16),
    /// No answer ever; the connection stays open.
    Hang,
    /// The connection is reset without an answer.
    Reset,
    /// This status with a page of HTML, as from a gateway.
    Html(u16),
    /// A write is accepted and never takes effect.
    Lose,
    /// A write is accepted and takes effect this much later.
    Late(TimeDelta),
    /// A write is accepted and takes effect before all that waits.
    Reorder,
    /// A question for an outcome finds nothing, until this long after the write was accepted.
    SlowStatus(TimeDelta),
}

impl FaultKind {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::Throttle(_) => "throttle",
            Self::Error(_) => "error",
            Self::Hang => "hang",
            Self::Reset => "reset",
            Self::Html(_) => "html",
            Self::Lose => "lose",
            Self::Late(_) => "late",
            Self::Reorder => "reorder",
            Self::SlowStatus(_) => "slow-status",
        }
    }

    /// The only requests that it can strike.
    pub(super) const fn only(self) -> Option<CallKind> {
        match self {
            Self::Lose | Self::Late(_) | Self::Reorder => Some(CallKind::Write),
            Self::SlowStatus(_) => Some(CallKind::Status),
            _ => None,
        }
    }

    /// Whether something else is answered than the twin says.
    pub(super) const fn replaces_the_answer(self) -> bool {
        matches!(self, Self::Throttle(_) | Self::Error(_) | Self::Hang | Self::Reset | Self::Html(_))
    }

    pub(super) fn parse(name: &str, value: Option<&str>) -> Result<Self, FaultError> {
        let wants = |wants| Err(FaultError::Value { name: name.to_owned(), wants });
        let bare = |kind| if value.is_none() { Ok(kind) } else { wants("takes no value") };
        let span = |kind: fn(TimeDelta) -> Self| match value.and_then(span) {
            Some(span) => Ok(kind(span)),
            None => wants("needs a time span, such as 200ms, 30s or 5m"),
        };
        let status = |default: &'static str| match value.unwrap_or(default).parse() {
            Ok(status @ 400..=599) => Some(status),
            _ => None,
        };
        match name {
            "latency" => span(Self::Latency),
            "throttle" => match value.unwrap_or("60") {
                "1" => Ok(Self::Throttle(1)),
                "60" => Ok(Self::Throttle(60)),
                _ => wants("is of a period of 1 or 60 seconds"),
            },
            "error" => {
                status("503").map_or_else(|| wants("needs a status from 400 to 599"), |s| Ok(Self::Error(s)))
            }
            "hang" => bare(Self::Hang),
            "reset" => bare(Self::Reset),
            "html" => match value.unwrap_or("502").parse() {
                Ok(status @ 200..=599) => Ok(Self::Html(status)),
                _ => wants("needs a status from 200 to 599"),
            },
            "lose" => bare(Self::Lose),
            "late" => span(Self::Late),
            "reorder" => bare(Self::Reorder),
            "slow-status" => span(Self::SlowStatus),
            _ => Err(FaultError::Name(name.to_owned())),
        }
    }
}
