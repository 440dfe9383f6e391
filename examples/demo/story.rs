//! Tells what happens and what came of it, and keeps in mind whether all was well.

use chrono::TimeDelta;
use trailbell_sim::pager::StandIn;
use trailbell_sim::sns::Delivery;

use super::Failure;
use super::aws::Aws;
use super::serving::Serving;

pub(crate) struct Story<'a> {
    aws: &'a Aws,
    pager: &'a StandIn,
    serving: &'a Serving,
    fine: bool,
}

impl<'a> Story<'a> {
    pub(crate) const fn new(aws: &'a Aws, pager: &'a StandIn, serving: &'a Serving) -> Self {
        Self { aws, pager, serving, fine: true }
    }

    /// Lets minutes pass until an alert is open, or none; half an hour at most.
    pub(crate) async fn pass_until(&self, open: bool) {
        for _ in 0..30 {
            if (self.open() > 0) == open {
                break;
            }
            self.aws.pass(TimeDelta::minutes(1)).await;
        }
        let what = if open { "an alert opens" } else { "the alert closes" };
        println!("{}    pager         {what}", self.aws.now().format("%H:%M"));
    }

    /// Posts a message as SNS does.
    pub(crate) async fn post(
        &mut self,
        what: &str,
        delivery: &Delivery,
        expected: u16,
    ) -> Result<(), Failure> {
        let url = format!("{}://localhost/", self.serving.scheme);
        let answer = self.serving.poster.post(&url, delivery).await?;
        self.expect(what, answer.status == expected);
        println!("      {} {}", answer.status, String::from_utf8_lossy(&answer.body).trim_end());
        Ok(())
    }

    pub(crate) fn expect(&mut self, what: &str, holds: bool) {
        self.fine &= holds;
        println!("{} {what}", if holds { " ok  " } else { " NO  " });
    }

    pub(crate) fn open(&self) -> usize {
        self.pager.alerts().iter().filter(|alert| alert.open).count()
    }

    pub(crate) const fn is_fine(&self) -> bool {
        self.fine
    }

    pub(crate) fn show_alerts(&self) -> Result<(), Failure> {
        println!("\nThe alert as the pager holds it:\n");
        for alert in self.pager.alerts() {
            let state = if alert.open { "open" } else { "closed" };
            println!("{state}, count {}, alias {}", alert.count, alert.alias);
            println!("{}", serde_json::to_string_pretty(&alert.body)?);
            println!("note: {}", alert.notes.join("\nnote: "));
        }
        Ok(())
    }
}
