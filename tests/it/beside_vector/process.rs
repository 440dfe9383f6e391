//! trailbell as a process, and an SNS of now in front of it: a process reads the system's clock.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use chrono::Utc;
use serde_json::Value;
use tempfile::TempDir;
use trailbell_sim::sns::{
    CertificateProfile, Delivery, Poster, QueryApi, SignatureVersion, SignedEnvelope, Signer,
    SigningCertificate, SigningEndpoint, Subscription, Topic,
};

use crate::world::{ACCOUNT, HOST, REGION, key, tls_authority};

/// A topic whose messages are signed, and a folder with a configuration that believes them.
pub(super) struct Sns {
    topic: Topic,
    subscription: Subscription,
    certificate: SigningCertificate,
    _endpoint: SigningEndpoint,
    pub(super) folder: TempDir,
}

impl Sns {
    /// `more` is added to the configuration `trailbell.toml`.
    pub(super) async fn start(more: &str) -> Self {
        let profile = CertificateProfile::for_region(REGION, Utc::now());
        let certificate = SigningCertificate::self_signed(key(), &profile).unwrap();
        let tls = tls_authority().issue_server(1, &[HOST]).unwrap();
        let endpoint = SigningEndpoint::start(QueryApi::new(REGION, 1), Some(&tls)).await.unwrap();
        endpoint.publish(&certificate);
        let mut topic = Topic::new(REGION, ACCOUNT, "ops-alarms", 1).unwrap();
        let subscription = topic.subscribe();
        let folder = TempDir::new().unwrap();
        let text = format!(
            "listen = \"127.0.0.1:0\"\n[topics]\nallow = [\"{}\"]\n{more}\n\
             [[dangerously_trust_signing_host]]\nhost = \"{HOST}\"\naddress = \"{}\"\nca_file = \"ca.pem\"\n",
            topic.arn(),
            endpoint.address()
        );
        std::fs::write(folder.path().join("trailbell.toml"), text).unwrap();
        std::fs::write(folder.path().join("ca.pem"), tls_authority().pem()).unwrap();
        Self { topic, subscription, certificate, _endpoint: endpoint, folder }
    }

    /// A fresh message, and its post.
    pub(super) fn message(&mut self, text: &str) -> (SignedEnvelope, Delivery) {
        let envelope = self.topic.notification(&self.subscription, text, Utc::now());
        let signer = Signer::new(key(), SignatureVersion::V2, self.certificate.url(HOST));
        let signed = signer.sign(envelope).unwrap();
        let delivery = Delivery::envelope(&signed, self.subscription.arn());
        (signed, delivery)
    }
}

/// Posts as SNS does: the status, or none if nobody answered.
pub(super) async fn post(address: &str, delivery: &Delivery) -> Option<u16> {
    let answer = Poster::new("").unwrap().post(&format!("http://{address}/"), delivery).await;
    answer.ok().map(|answer| answer.status)
}

/// A running trailbell. A test that fails leaves nothing running.
pub(super) struct Running {
    child: Child,
    log: BufReader<ChildStderr>,
    lines: Option<BufReader<ChildStdout>>,
    /// Where it listens.
    pub(super) address: String,
}

impl Running {
    /// Starts it, and waits until it listens. Blocks.
    pub(super) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trailbell"))
            .args(arguments)
            .current_dir(folder)
            .env_remove("TRAILBELL_API_KEY")
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let lines = child.stdout.take().map(BufReader::new);
        let mut running = Self { child, log, lines, address: String::new() };
        let listening = running.logged("listening");
        running.address.push_str(listening["address"].as_str().unwrap());
        running
    }

    /// The next line of standard output, without its end. Blocks.
    pub(super) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.as_mut().unwrap().read_line(&mut line).unwrap();
        line.strip_suffix('\n').unwrap().to_owned()
    }

    /// Reads standard output no more.
    pub(super) fn stop_reading(&mut self) {
        self.lines = None;
    }

    /// The next line of the log that says this. Blocks.
    pub(super) fn logged(&mut self, message: &str) -> Value {
        let mut line = String::new();
        while self.log.read_line(&mut line).unwrap() > 0 {
            if let Ok(entry) = serde_json::from_str::<Value>(&line)
                && entry["message"] == message
            {
                return entry;
            }
            line.clear();
        }
        panic!("the log ended without {message:?}: {:?}", self.child.wait());
    }

    /// Exit code, and the rest of the log. Blocks until the end.
    pub(super) fn wait(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }

    /// SIGTERM, then what [`Self::wait`] gives.
    pub(super) fn terminate(self) -> (Option<i32>, String) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        self.wait()
    }

    /// SIGKILL.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
