//! What strangers may try, and the answer that each attempt gets.
//!
//! A row says what is sent, the status, the reason as it is counted, and words of the answer. For each row it is
//! also demanded that the pager was not even asked and that nothing was called at SNS.

mod certificate;
mod certificate_url;
mod confirmation;
mod door;
mod forgery;
mod malformed;
mod replay;
mod topic;

use trailbell_sim::sns::Delivery;

use crate::world::World;

/// One attempt.
struct Attack {
    name: String,
    delivery: Delivery,
    status: u16,
    /// The counter, and the kind in it.
    counter: &'static str,
    reason: &'static str,
    /// Words of the answer, for whoever tries by hand.
    says: &'static str,
    /// How often the certificate's host is asked: forged messages must not make us fetch.
    fetches: usize,
}

impl Attack {
    fn new(name: impl Into<String>, delivery: Delivery) -> Self {
        Self {
            name: name.into(),
            delivery,
            status: 403,
            counter: "refused",
            reason: "",
            says: "",
            fetches: 0,
        }
    }

    fn answered(mut self, status: u16, reason: &'static str, says: &'static str) -> Self {
        (self.status, self.reason, self.says) = (status, reason, says);
        self
    }

    fn counted_as(mut self, counter: &'static str) -> Self {
        self.counter = counter;
        self
    }

    fn fetching(mut self, fetches: usize) -> Self {
        self.fetches = fetches;
        self
    }
}

/// Makes all attempts in turn, and tells of all that went otherwise than their rows say.
async fn repel(world: &World, attacks: impl IntoIterator<Item = Attack>) {
    let mut surprises = Vec::new();
    for attack in attacks {
        if let Err(surprise) = attempt(world, &attack).await {
            surprises.push(format!("{}: {surprise}", attack.name));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

async fn attempt(world: &World, attack: &Attack) -> Result<(), String> {
    let before = world.metrics().await;
    let (asked, called) = (world.pager.requests().len(), world.api_calls());
    let fetched = world.endpoint.certificate_fetches();
    let answer = world.post(&attack.delivery).await;
    let text = String::from_utf8_lossy(&answer.body);
    let refused = world.metrics().await.since(&before, attack.counter);
    if answer.status != attack.status || !text.contains(attack.says) {
        return Err(format!("answered {} {text:?}", answer.status));
    }
    if refused != [(attack.reason.to_owned(), 1)] {
        return Err(format!("counted as {refused:?}"));
    }
    if world.pager.requests().len() != asked {
        return Err("the pager was asked".to_owned());
    }
    if world.api_calls() != called {
        return Err("something was called at SNS".to_owned());
    }
    match world.endpoint.certificate_fetches() - fetched {
        fetches if fetches == attack.fetches => Ok(()),
        fetches => Err(format!("{fetches} certificates were fetched")),
    }
}

/// Delivers an honest message, so that the world is known to work, and its certificate is at hand.
async fn prove_honest(world: &mut World) {
    let signed = world.signed();
    let answer = world.post(&world.delivery(&signed)).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    assert_eq!(world.alerts().len(), 1);
}
