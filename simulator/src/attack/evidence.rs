//! What was seen of an attack, what would be right, and what follows.

use std::fmt;

/// What a receiver does that withstands. Whatever is right, no host that a message names is called, nothing is called at
/// SNS but what the plan allows, no more certificates are fetched than the attack allows, and a genuine message is
/// accepted afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// It answers 4xx, but not 429: with 429 and 5xx SNS would send the message again.
    Refused,
    /// It does not answer 2xx. Trouble that may pass is a good reason not to accept: it may answer 5xx, or hang up.
    NotAccepted,
    /// It does not answer 2xx, and answers in time.
    NotAcceptedInTime,
    /// It calls nothing, whatever it answers. SNS signed the message, so acknowledging it is no harm.
    Uncalled,
    /// It goes on working; there may be no answer to read.
    Undisturbed,
}

/// What came back for one shot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// One HTTP status.
    Status(u16),
    /// Several statuses on a connection that carried one request.
    Several(Vec<u16>),
    /// More was taken than any message has, without an answer.
    Swallowed,
    /// The connection was closed, or broke, without an answer.
    Closed,
    /// None in time.
    TimedOut,
    /// No connection, for this reason.
    Unreachable(String),
    /// Nobody waited for one.
    None,
}

/// A call at SNS's API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// The one that the plan allows.
    Allowed,
    /// Any other. The text tells the action, never a token.
    Other(String),
}

/// All that was seen of an attack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// One for each shot.
    pub answers: Vec<Answer>,
    /// Connections to the host that a message named and that nobody must call.
    pub trapped: usize,
    /// Requests for the attack's certificates, and for any other that nobody knows.
    pub fetched: usize,
    /// Calls at SNS's API.
    pub calls: Vec<Call>,
    /// Whether the receiver was seen to confirm a subscription of its own accord. Without it, a call that could not be
    /// seen is not feared.
    pub confirms: bool,
    /// Whether the kit cannot see calls to what the message names.
    pub unseen: bool,
    /// Why a genuine message was not accepted afterwards; nothing if it was.
    pub broken: Option<String>,
}

/// What became of an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver did right.
    Withstood,
    /// It did not, in this way.
    Fell(String),
    /// It cannot be said, for this reason.
    Unclear(String),
}

impl Verdict {
    /// `withstood`, `fell` or `unclear`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Withstood => "withstood",
            Self::Fell(_) => "fell",
            Self::Unclear(_) => "unclear",
        }
    }

    /// Why it is not `withstood`.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Withstood => None,
            Self::Fell(reason) | Self::Unclear(reason) => Some(reason),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "answered {status}"),
            Self::Several(statuses) => write!(f, "answered several times: {statuses:?}"),
            Self::Swallowed => f.write_str("took all of it without a word"),
            Self::Closed => f.write_str("hung up without an answer"),
            Self::TimedOut => f.write_str("gave no answer in time"),
            Self::Unreachable(reason) => f.write_str(reason),
            Self::None => f.write_str("was not asked for an answer"),
        }
    }
}

/// Decides. `fetches` is the most certificates that may be fetched.
#[must_use]
pub fn judge(right: Right, fetches: Option<usize>, evidence: &Evidence) -> Verdict {
    if let Some(fall) = fall(fetches, evidence) {
        return Verdict::Fell(fall);
    }
    let verdicts: Vec<Verdict> =
        evidence.answers.iter().map(|answer| of_answer(right, answer, evidence)).collect();
    let worst = |fell: bool| {
        verdicts
            .iter()
            .find(|verdict| matches!(verdict, Verdict::Fell(_)) == fell && **verdict != Verdict::Withstood)
    };
    if let Some(fell) = worst(true) {
        return fell.clone();
    }
    if let Some(reason) = &evidence.broken {
        return Verdict::Fell(format!("a genuine message is not accepted afterwards: {reason}"));
    }
    worst(false).cloned().unwrap_or(Verdict::Withstood)
}

/// What is wrong whatever was answered.
fn fall(fetches: Option<usize>, evidence: &Evidence) -> Option<String> {
    let times = |count: usize| if count == 1 { "once".to_owned() } else { format!("{count} times") };
    if evidence.trapped > 0 {
        return Some(format!("called a host that the message named, {}", times(evidence.trapped)));
    }
    if let Some(Call::Other(what)) = evidence.calls.iter().find(|call| matches!(call, Call::Other(_))) {
        return Some(format!("called SNS: {what}"));
    }
    let most = fetches?;
    (evidence.fetched > most).then(|| match most {
        0 => format!("fetched the certificate, {}", times(evidence.fetched)),
        most => format!("fetched {} certificates, more than {most}", evidence.fetched),
    })
}

fn of_answer(right: Right, answer: &Answer, evidence: &Evidence) -> Verdict {
    let accepted = matches!(answer, Answer::Status(200..=299));
    let refused = matches!(answer, Answer::Status(400..=428 | 430..=499));
    if let Answer::Several(_) = answer {
        return Verdict::Fell(format!("{answer}: took the body of a request for another request"));
    }
    if *answer == Answer::Swallowed {
        return Verdict::Fell(answer.to_string());
    }
    if let (Answer::Unreachable(_), false) = (answer, right == Right::Undisturbed) {
        return Verdict::Unclear(answer.to_string());
    }
    match right {
        Right::Undisturbed => Verdict::Withstood,
        Right::Uncalled => {
            let harmless = !evidence.unseen || refused || !evidence.confirms;
            let unseen =
                || Verdict::Unclear(format!("{answer}; a call to that address cannot be seen from here"));
            if harmless { Verdict::Withstood } else { unseen() }
        }
        _ if accepted => Verdict::Fell(format!("{answer}: accepted")),
        Right::Refused if refused => Verdict::Withstood,
        Right::Refused => Verdict::Unclear(format!("{answer}; a refusal is 4xx, but not 429")),
        Right::NotAccepted if *answer == Answer::TimedOut => Verdict::Unclear(answer.to_string()),
        Right::NotAcceptedInTime if *answer == Answer::TimedOut => Verdict::Fell(answer.to_string()),
        Right::NotAccepted | Right::NotAcceptedInTime => Verdict::Withstood,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(answer: Answer) -> Evidence {
        Evidence { answers: vec![answer], confirms: true, ..Evidence::default() }
    }

    #[test]
    fn each_answer_has_its_verdict() {
        let all = [
            Answer::Status(200),
            Answer::Status(302),
            Answer::Status(403),
            Answer::Status(429),
            Answer::Status(503),
            Answer::Closed,
            Answer::TimedOut,
            Answer::Several(vec![400, 200]),
            Answer::Unreachable("no connection".to_owned()),
            Answer::Swallowed,
        ];
        for (right, unseen, want) in [
            (Right::Refused, false, "FUWUUUUFUF"),
            (Right::NotAccepted, false, "FWWWWWUFUF"),
            (Right::NotAcceptedInTime, false, "FWWWWWFFUF"),
            (Right::Uncalled, false, "WWWWWWWFUF"),
            (Right::Uncalled, true, "UUWUUUUFUF"),
            (Right::Undisturbed, false, "WWWWWWWFWF"),
        ] {
            let got: String = all
                .iter()
                .map(|answer| match judge(right, None, &Evidence { unseen, ..answered(answer.clone()) }) {
                    Verdict::Withstood => 'W',
                    Verdict::Fell(_) => 'F',
                    Verdict::Unclear(_) => 'U',
                })
                .collect();
            assert_eq!(got, want, "{right:?}");
        }
    }

    #[test]
    fn what_was_called_or_broken_weighs_more_than_the_answer() {
        let refused = || answered(Answer::Status(403));
        let other = Call::Other("Action=Unsubscribe".to_owned());
        for (evidence, fetches, want) in [
            (refused(), Some(0), None),
            (Evidence { calls: vec![Call::Allowed], ..refused() }, None, None),
            (Evidence { fetched: 3, ..refused() }, None, None),
            (Evidence { trapped: 1, ..refused() }, None, Some("called a host that the message named, once")),
            (
                Evidence { calls: vec![Call::Allowed, other], ..refused() },
                None,
                Some("called SNS: Action=Unsubscribe"),
            ),
            (Evidence { fetched: 2, ..refused() }, Some(0), Some("fetched the certificate, 2 times")),
            (Evidence { fetched: 31, ..refused() }, Some(30), Some("fetched 31 certificates, more than 30")),
            (
                Evidence { broken: Some("answered 503".to_owned()), ..refused() },
                None,
                Some("a genuine message is not accepted afterwards: answered 503"),
            ),
        ] {
            let verdict = judge(Right::Refused, fetches, &evidence);
            assert_eq!(verdict.reason(), want, "{evidence:?}");
        }
    }

    /// A receiver that confirms nothing of itself calls nothing that nobody sees.
    #[test]
    fn an_unseen_call_is_feared_only_of_those_who_call() {
        let evidence = Evidence { confirms: false, unseen: true, ..answered(Answer::Status(200)) };
        assert_eq!(judge(Right::Uncalled, None, &evidence), Verdict::Withstood);
    }

    #[test]
    fn the_worst_of_several_answers_decides() {
        let answers =
            vec![Answer::Status(403), Answer::Status(503), Answer::Status(200), Answer::Status(403)];
        let verdict = judge(Right::Refused, None, &Evidence { answers, ..Evidence::default() });
        assert_eq!(verdict.reason(), Some("answered 200: accepted"));
    }
}
