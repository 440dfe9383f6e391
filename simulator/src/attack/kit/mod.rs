//! Runs attacks against a receiver, one after the other.

mod genuine;
mod post;

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::attack::catalogue::{Attack, Needs};
use crate::attack::evidence::{Answer, Evidence, Verdict, judge};
use crate::attack::forge::{Forge, ForgeError};
use crate::attack::hosts::{Marks, SnsHost, SnsHostError, Trap, caused};
use crate::attack::plan::{Plan, Shot};
use crate::attack::report::{Controlled, Report, Tried};
use crate::attack::settings::Settings;
use crate::attack::setup::Setup;
use crate::attack::wire::{Held, Wire};
use crate::clock::Clock;
use crate::sns::{PostError, Poster, Target, TlsError, client_config};

/// How long to wait before a receiver that was busy is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// Why the kit does not start.
#[derive(Debug, Error)]
pub enum KitError {
    /// The receiver's URL is of no use.
    #[error(transparent)]
    Url(#[from] PostError),
    /// The authorities of its certificate are of no use.
    #[error("the receiver's certificate authorities: {0}")]
    Ca(#[from] TlsError),
    /// The address of the kit's hosts is no address that a receiver could call.
    #[error("the kit's hosts need an address by which the receiver reaches this machine, not {0}")]
    Anywhere(SocketAddr),
    /// The kit's hosts cannot listen.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// SNS's host is not served.
    #[error(transparent)]
    Host(#[from] SnsHostError),
    /// No messages can be made.
    #[error(transparent)]
    Forge(#[from] ForgeError),
}

/// Genuine messages were not accepted, so that no refusal says anything.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct Refused {
    /// Why.
    pub reason: String,
    /// What was tried.
    pub controls: Vec<Controlled>,
}

/// The kit: its forge, its hosts, and what sends.
pub struct Kit {
    settings: Settings,
    clock: Clock,
    forge: Forge,
    sns: SnsHost,
    address: SocketAddr,
    poster: Poster,
    wire: Wire,
    controls: Vec<Controlled>,
    confirms: bool,
}

/// An attack that was carried out, before it is judged.
struct Done<'a> {
    attack: &'a Attack,
    trap: Trap,
    evidence: Evidence,
    milliseconds: u64,
}

impl Kit {
    /// Plays SNS's host. `clock` is what messages are dated by.
    pub async fn start(settings: Settings, clock: Clock) -> Result<Self, KitError> {
        if settings.sns_listen.ip().is_unspecified() {
            return Err(KitError::Anywhere(settings.sns_listen));
        }
        let poster = Poster::new(&settings.endpoint_ca)?.within(settings.timeout);
        let tls = client_config(&settings.endpoint_ca)?;
        let wire = Wire::new(Target::parse(&settings.url)?, tls, settings.timeout);
        let forge = Forge::new(settings.topic.clone(), settings.seed, clock.now())?;
        let listen = |source| KitError::Listen { address: settings.sns_listen, source };
        let listener = TcpListener::bind(settings.sns_listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let names = setup(&forge, address).names();
        let sns = SnsHost::serve(listener, &forge, &names, settings.seed)?;
        let (controls, confirms) = (Vec::new(), false);
        Ok(Self { settings, clock, forge, sns, address, poster, wire, controls, confirms })
    }

    /// Aims at another URL than that of the settings.
    pub fn aim(&mut self, url: &str) -> Result<(), KitError> {
        self.wire.aim(Target::parse(url)?);
        url.clone_into(&mut self.settings.url);
        Ok(())
    }

    /// What the receiver has to be told.
    #[must_use]
    pub fn setup(&self) -> Setup {
        setup(&self.forge, self.address)
    }

    /// Sends genuine messages, which have to be accepted: a receiver that refuses everything withstands nothing. Without
    /// trust there are none, and a forged one has to be answered by something that takes messages.
    pub async fn prove(&mut self) -> Result<(), Refused> {
        let proven =
            if self.settings.trusted { self.prove_genuine().await } else { self.prove_there().await };
        proven.map_err(|reason| Refused { reason, controls: self.controls.clone() })
    }

    /// Carries out attacks; those that need trust are left out where there is none. `before` is told of each.
    pub async fn run(
        &mut self,
        attacks: &[Attack],
        mut before: impl FnMut(&Attack),
    ) -> Result<Report, KitError> {
        let (mut done, mut marks, mut left): (Vec<Done<'_>>, _, _) = (Vec::new(), Vec::new(), Vec::new());
        let mut broken_by: Option<&Attack> = None;
        for attack in attacks {
            if !self.settings.trusted && attack.needs == Needs::Trust {
                continue;
            }
            if let Some(broken_by) = broken_by {
                left.push(not_tried(attack, broken_by));
                continue;
            }
            before(attack);
            let (one, mark) = self.carry_out(attack).await?;
            if one.evidence.broken.is_some() {
                broken_by = Some(attack);
            }
            done.push(one);
            marks.push(mark);
        }
        sleep(self.settings.settle).await;
        let caused = caused(&self.sns.requests(), &marks, &self.forge.certificate().path);
        let judged = done.into_iter().zip(caused).map(|(done, (fetched, calls))| {
            let Done { attack, trap, evidence, milliseconds } = done;
            let evidence = Evidence { trapped: trap.called(), fetched, calls, ..evidence };
            let right = attack.what_is_right(self.settings.trusted);
            let verdict = judge(right, attack.fetches, &evidence);
            let Attack { family, name, sentence, .. } = *attack;
            Tried { family, name, sentence, verdict, milliseconds }
        });
        let tried = judged.chain(left).collect();
        let (controls, confirms) = (self.controls.clone(), self.confirms);
        Ok(Report { controls, confirms, trusted: self.settings.trusted, tried })
    }

    async fn carry_out<'a>(&mut self, attack: &'a Attack) -> Result<(Done<'a>, Marks), KitError> {
        let begun = self.clock.now();
        let ip = self.address.ip();
        let trap = Trap::set(ip)
            .await
            .map_err(|source| KitError::Listen { address: SocketAddr::new(ip, 0), source })?;
        let known: HashSet<String> = self.tokens().collect();
        self.forge.begin(begun, trap.address);
        let plan = attack.plan(&mut self.forge)?;
        let marks = Marks {
            before: self.sns.count(),
            paths: self.forge.paths().to_vec(),
            tokens: self.tokens().filter(|token| !known.contains(token)).collect(),
            calls: plan.calls.clone(),
        };
        self.sns.prepare(&self.forge, &plan);
        let (answers, held) = self.shoot(&plan).await;
        self.sns.behave();
        let broken = self.aftermath().await?;
        drop(held);
        let milliseconds = u64::try_from((self.clock.now() - begun).num_milliseconds()).unwrap_or_default();
        let evidence =
            Evidence { answers, broken, confirms: self.confirms, unseen: plan.unseen, ..Evidence::default() };
        Ok((Done { attack, trap, evidence, milliseconds }, marks))
    }

    async fn shoot(&self, plan: &Plan) -> (Vec<Answer>, Vec<Held>) {
        let (mut answers, mut held) = (Vec::new(), Vec::new());
        for shot in &plan.shots {
            answers.push(match shot {
                Shot::Post(delivery) => self.post(delivery).await.0,
                Shot::Raw(raw) => {
                    let (answer, open) = self.wire.send(raw).await;
                    held.extend(open);
                    answer
                }
            });
        }
        (answers, held)
    }
}

fn setup(forge: &Forge, address: SocketAddr) -> Setup {
    Setup {
        host: forge.topic().host().to_owned(),
        address,
        topic_arn: forge.topic().arn().to_owned(),
        region: forge.topic().region().to_owned(),
        authority: forge.authority().pem(),
    }
}

fn not_tried(attack: &Attack, broken_by: &Attack) -> Tried {
    let Attack { family, name, sentence, .. } = *attack;
    let reason = format!("not tried: since {} no genuine message is accepted", broken_by.name);
    Tried { family, name, sentence, verdict: Verdict::Unclear(reason), milliseconds: 0 }
}

impl fmt::Debug for Kit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kit")
            .field("settings", &self.settings)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
