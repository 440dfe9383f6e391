//! Posting, and what is shown of answers.

use super::Kit;
use crate::attack::evidence::Answer;
use crate::sns::{Delivery, PostError};

/// How much of an answer's text is shown.
const SHOWN: usize = 200;

impl Kit {
    /// The answer, and what it says in a few words.
    pub(super) async fn post(&self, delivery: &Delivery) -> (Answer, String) {
        match self.poster.post(&self.settings.url, delivery).await {
            Ok(answer) => (Answer::Status(answer.status), self.shown(&answer.body)),
            Err(PostError::TimedOut { .. }) => (Answer::TimedOut, String::new()),
            // The status came, and then more than anybody reads.
            Err(PostError::Http { .. } | PostError::TooLong { .. }) => (Answer::Closed, String::new()),
            Err(error) => (Answer::Unreachable(error.to_string()), String::new()),
        }
    }

    /// The beginning of an answer, without control characters and without a token that it may repeat.
    fn shown(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        let mut text: String = text.trim().chars().filter(|character| !character.is_control()).collect();
        for token in self.tokens() {
            text = text.replace(&token, "…");
        }
        if text.is_empty() { text } else { format!(" ({})", text.chars().take(SHOWN).collect::<String>()) }
    }

    pub(super) fn tokens(&self) -> impl Iterator<Item = String> + '_ {
        self.forge.subscriptions().flat_map(|subscription| subscription.tokens().iter().cloned())
    }
}
