//! `trailbell serve`: from the start to SIGTERM.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

use chrono::Utc;
use serde_json::Value;
use trailbell_sim::pager::PagerTwin;
use trailbell_sim::sns::{
    CertificateProfile, Delivery, Poster, QueryApi, SignatureVersion, Signer, SigningCertificate,
    SigningEndpoint, Topic,
};

use super::Desk;
use crate::world::{ACCOUNT, API_KEY, HOST, REGION, alarm, key, tls_authority};

/// A running server, and what it logs.
struct Served {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Served {
    fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let mut child = desk.command(arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        Self { child, log }
    }

    /// The next line of the log that says this.
    fn logged(&mut self, message: &str) -> Value {
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

    /// SIGTERM; the exit code.
    fn terminate(mut self) -> Option<i32> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        self.logged("stopped");
        self.child.wait().unwrap().code()
    }
}

/// A test that fails leaves nothing running.
impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_takes_a_message_and_ends_on_sigterm() {
    // The command reads the system's clock, so everything is of now.
    let now = Utc::now();
    let certificate =
        SigningCertificate::self_signed(key(), &CertificateProfile::for_region(REGION, now)).unwrap();
    let tls = tls_authority().issue_server(1, &[HOST]).unwrap();
    let endpoint = SigningEndpoint::start(QueryApi::new(REGION, 1), Some(&tls)).await.unwrap();
    endpoint.publish(&certificate);
    let pager = PagerTwin::start().await.unwrap();
    let mut topic = Topic::new(REGION, ACCOUNT, "ops-alarms", 1).unwrap();
    let subscription = topic.subscribe();

    let desk = Desk::new();
    desk.write("ca.pem", tls_authority().pem());
    desk.write("key", API_KEY);
    desk.write(
        "trailbell.toml",
        format!(
            "listen = \"127.0.0.1:0\"\nstatus_listen = \"127.0.0.1:0\"\n[topics]\nallow = [\"{}\"]\n\
             [pager]\nbase_url = \"{}\"\napi_key_file = \"key\"\npoll_status = false\n\
             [[dangerously_trust_signing_host]]\nhost = \"{HOST}\"\naddress = \"{}\"\nca_file = \"ca.pem\"\n",
            topic.arn(),
            pager.base_url(),
            endpoint.address()
        ),
    );
    let (mut served, address) = tokio::task::spawn_blocking(move || {
        let mut served = Served::start(&desk, &["serve", "--config", "trailbell.toml"]);
        let address = served.logged("listening")["address"].as_str().unwrap().to_owned();
        (served, address)
    })
    .await
    .unwrap();

    let envelope = topic.notification(&subscription, alarm("root-login", "ALARM"), now);
    let id = envelope.message_id.clone();
    let signed = Signer::new(key(), SignatureVersion::V2, certificate.url(HOST)).sign(envelope).unwrap();
    let delivery = Delivery::envelope(&signed, subscription.arn());
    let answer = Poster::new("").unwrap().post(&format!("http://{address}/"), &delivery).await.unwrap();
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    assert_eq!(pager.alerts().len(), 1);

    let code = tokio::task::spawn_blocking(move || {
        let entry = served.logged("the pager accepted");
        for (field, value) in [
            ("level", "INFO"),
            ("message_id", &id),
            ("topic", "arn:aws:sns:us-east-1:123456789012:ops-alarms"),
            ("alarm", "root-login"),
            ("alias", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:root-login"),
            ("verb", "create"),
        ] {
            assert_eq!(entry[field], value, "{field}: {entry}");
        }
        served.terminate()
    })
    .await
    .unwrap();
    assert_eq!(code, Some(0));
}

#[test]
fn an_address_that_is_taken_is_code_2() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let desk = Desk::new();
    desk.write("key", API_KEY);
    let arn = "arn:aws:sns:us-east-1:123456789012:ops-alarms";
    let ended = desk.run(&["serve", "--listen", &address, "--allow-topic", arn, "--api-key-file", "key"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains(&format!("trailbell: cannot listen on {address}: ")), "{}", ended.err);
}
