//! Genuine messages: before all attacks, so that a refusal says something.

use tokio::time::{sleep, timeout};

use super::{Kit, PAUSE};
use crate::attack::evidence::Answer;
use crate::attack::forge::ForgeError;
use crate::attack::plan::Plan;
use crate::attack::report::Controlled;
use crate::sns::{Delivery, Envelope, Kind, SignatureVersion};

impl Kit {
    pub(super) async fn prove_there(&mut self) -> Result<(), String> {
        let delivery = self.probe().map_err(|error| error.to_string())?;
        let (answer, text) = self.post_patiently(&delivery).await;
        match answer {
            Answer::Status(401 | 404 | 405 | 407 | 410 | 500..) => {
                Err(format!("a message is {answer}{text}: that is no receiver of messages"))
            }
            Answer::Status(_) => Ok(()),
            other => Err(other.to_string()),
        }
    }

    /// No message, which every receiver refuses without asking anybody.
    fn probe(&mut self) -> Result<Delivery, ForgeError> {
        Ok(self.genuine(SignatureVersion::V2, |_| {})?.body("{}"))
    }

    /// Why a genuine message is not accepted any more; nothing if it is. One who is busy is asked again for a while, as
    /// SNS does. Without trust it is enough that there is an answer.
    pub(super) async fn aftermath(&mut self) -> Result<Option<String>, ForgeError> {
        let trusted = self.settings.trusted;
        let delivery = if trusted { self.genuine(self.forge.version(), |_| {})? } else { self.probe()? };
        let mut last = Answer::TimedOut.to_string();
        let asking = async {
            loop {
                let (answer, text) = self.post(&delivery).await;
                last = format!("{answer}{text}");
                match answer {
                    Answer::Status(200..=299) => return true,
                    Answer::Status(_) if !trusted => return true,
                    Answer::Status(300..=428 | 430..=499) => return false,
                    _ => sleep(PAUSE).await,
                }
            }
        };
        let well = timeout(self.settings.timeout, asking).await.unwrap_or(false);
        Ok((!well).then_some(last))
    }

    pub(super) async fn prove_genuine(&mut self) -> Result<(), String> {
        let error = |error: ForgeError| error.to_string();
        let mut versions = Vec::new();
        for (version, name, sentence) in [
            (SignatureVersion::V2, "version-2", "A notification of signature version 2."),
            (SignatureVersion::V1, "version-1", "A notification of signature version 1."),
        ] {
            let delivery = self.genuine(version, |_| {}).map_err(error)?;
            if self.control(name, sentence, true, &delivery).await {
                versions.push(version);
            }
        }
        let Some(version) = versions.first() else {
            let answers: Vec<&str> = self.controls.iter().map(|control| control.answer.as_str()).collect();
            return Err(format!("no genuine message is accepted: {}", answers.join("; ")));
        };
        let version = *version;
        self.forge.use_version(version);
        let bare = self.genuine(version, |envelope| set_subject(envelope, None)).map_err(error)?;
        let odd = self.genuine(version, |envelope| {
            let odd = "\"AlarmDescription\":\"Grüße an \\\"alle\\\"\\n\\\\ < & > 漢字 🔔 \u{7f} ";
            envelope.message = envelope.message.replacen("\"AlarmDescription\":\"", odd, 1);
            envelope.message.push('\n');
        });
        let odd = odd.map_err(error)?;
        for (name, sentence, delivery) in [
            ("without-subject", "A notification without a Subject.", bare),
            ("any-text", "A notification with quotes, line feeds and letters of many alphabets.", odd),
        ] {
            self.control(name, sentence, false, &delivery).await;
        }
        self.prove_confirmation().await.map_err(error)
    }

    /// A receiver may confirm, or leave that to somebody: either is right, and it decides what an unseen call may mean.
    async fn prove_confirmation(&mut self) -> Result<(), ForgeError> {
        let envelope = self.forge.confirmation();
        let signed = self.forge.sign(envelope)?;
        self.sns.prepare(&self.forge, &Plan::default());
        let delivery = self.forge.delivery(&signed);
        self.control("confirmation", "A request to confirm the subscription.", true, &delivery).await;
        let arn = self.forge.subscriptions().next().map(|own| own.arn().to_owned()).unwrap_or_default();
        if !self.sns.is_confirmed(&arn) {
            sleep(self.settings.settle).await;
        }
        self.confirms = self.sns.is_confirmed(&arn);
        Ok(())
    }

    fn genuine(
        &mut self,
        version: SignatureVersion,
        bend: impl FnOnce(&mut Envelope),
    ) -> Result<Delivery, ForgeError> {
        let trap = self.forge.trap();
        self.forge.begin(self.clock.now(), trap);
        let mut envelope = self.forge.notification();
        bend(&mut envelope);
        let signed = self.forge.sign_in(version, envelope)?;
        Ok(self.forge.delivery(&signed))
    }

    async fn control(
        &mut self,
        name: &'static str,
        sentence: &'static str,
        optional: bool,
        delivery: &Delivery,
    ) -> bool {
        let (answer, text) = self.post_patiently(delivery).await;
        let accepted = matches!(answer, Answer::Status(200..=299));
        let answer = if accepted { answer.to_string() } else { format!("{answer}{text}") };
        self.controls.push(Controlled { name, sentence, accepted, optional, answer });
        accepted
    }

    /// Waits for a receiver that is not there yet.
    async fn post_patiently(&self, delivery: &Delivery) -> (Answer, String) {
        let mut answer = self.post(delivery).await;
        let waiting = async {
            while matches!(answer.0, Answer::Unreachable(_)) {
                sleep(PAUSE).await;
                answer = self.post(delivery).await;
            }
        };
        // An attempt that is cut off here found nobody before.
        let _ = timeout(self.settings.wait, waiting).await;
        answer
    }
}

fn set_subject(envelope: &mut Envelope, subject: Option<String>) {
    if let Kind::Notification(notification) = &mut envelope.kind {
        notification.subject = subject;
    }
}
