//! `trailbell serve`, with the configuration that a file would give it.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use chrono::Utc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use trailbell::config::{Config, Settings, Surroundings};
use trailbell::server::Server;
use trailbell_sim::clock::Clock;
use trailbell_sim::engine::World;
use trailbell_sim::pager::PagerTwin;
use trailbell_sim::sns::Poster;

use super::{Failure, aws};

/// How SNS reaches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// The running server.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    pub(crate) scheme: Scheme,
    /// Posts to `localhost`, which is the server, and trusts its certificate.
    pub(crate) poster: Poster,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Serving {
    /// Starts with the time of `clock`; `sns` is where SNS's host is played.
    pub(crate) async fn start(
        world: &World,
        sns: SocketAddr,
        pager: &PagerTwin,
        scheme: Scheme,
        clock: Clock,
    ) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let authority = world.sns().authority();
        fs::write(folder.path().join("sns-ca.pem"), authority.pem())?;
        let tls = match scheme {
            Scheme::Http => "",
            Scheme::Https => {
                let certificate = authority.issue_server(2, &["localhost"])?;
                fs::write(folder.path().join("chain.pem"), certificate.chain_pem)?;
                fs::write(folder.path().join("key.pem"), certificate.key_pem)?;
                "[tls]\ncertificate_file = \"chain.pem\"\nkey_file = \"key.pem\""
            }
        };
        let text = format!(
            r#"
            listen = "127.0.0.1:0"
            [topics]
            allow = ["{topics}"]
            [pager]
            base_url = "{pager}"
            api_key = "7c2f0f8e-5f0e-4f5e-8f39-2a6f0d1b9c44"
            [[dangerously_trust_signing_host]]
            host = "{host}"
            address = "{sns}"
            ca_file = "sns-ca.pem"
            {tls}
            "#,
            topics = aws::TOPICS,
            pager = pager.base_url(),
            host = aws::HOST,
        );
        let settings = Settings::parse(&text, "demo.toml".as_ref())?;
        let surroundings =
            Surroundings { folder: folder.path(), variable: &|_| None, now: Utc::now(), seed: 1 };
        let config = Config::prepare(&settings, surroundings).map_err(|problems| format!("{problems:?}"))?;
        let server = Server::bind(config, Arc::new(move || clock.now())).await?;
        let address = server.address()?;
        let poster = Poster::new(&authority.pem())?.resolve("localhost", address);
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Ok(Self { address, scheme, poster, stop, running })
    }

    /// Stops it as SIGTERM does.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        let _ = self.stop.send(());
        Ok(self.running.await?)
    }
}
