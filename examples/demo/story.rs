//! Tells what happens and what came of it, and keeps in mind whether all was well.

use chrono::TimeDelta;
use trailbell_sim::pager::PagerTwin;
use trailbell_sim::sns::Delivery;

use super::Failure;
use super::aws::Aws;
use super::serving::Serving;

pub(crate) struct Story<'a> {
    aws: &'a Aws,
    pager: &'a PagerTwin,
    serving: &'a Serving,
    fine: bool,
}

impl<'a> Story<'a> {
    pub(crate) const fn new(aws: &'a Aws, pager: &'a PagerTwin, serving: &'a Serving) -> Self {
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
        self.pager.alerts().iter().filter(|alert| alert.is_open()).count()
    }

    pub(crate) const fn is_fine(&self) -> bool {
        self.fine
    }

    pub(crate) fn show_alerts(&self) {
        println!("\nThe alert as the pager holds it:\n");
        for alert in self.pager.alerts() {
            println!("{}, count {}, {}", alert.status, alert.count, alert.priority.as_str());
            println!("alias        {}", alert.alias);
            println!("message      {}", alert.message);
            println!("tags         {}", alert.tags.join(", "));
            println!("description\n    {}", alert.description.replace('\n', "\n    "));
            println!("details");
            for (name, value) in &alert.details {
                println!("    {name}: {}", value.replace('\n', "\n        "));
            }
            for note in &alert.notes {
                println!("note         {}", note.note);
            }
        }
    }
}
