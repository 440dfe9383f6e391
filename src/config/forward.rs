//! The next hop of verified messages.

use std::fmt;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::Uri;

use super::secret::Secret;
use super::settings::ForwardSettings;
use super::timeouts::Timeouts;
use super::workshop::{BasicAuth, Workshop};

/// How long the next hop may take to answer, by default. SNS gives up after 15 s.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where verified messages are posted on to.
#[derive(Clone)]
pub struct ForwardConfig {
    /// The next hop.
    pub url: NextHop,
    /// Sent along, if the next hop demands it.
    pub basic_auth: Option<BasicAuth>,
    /// Longest time for the next hop's answer.
    pub timeout: Duration,
    /// Where messages are kept that the next hop refuses for good.
    pub dead_letters: PathBuf,
    /// One more authority to believe when connecting to the next hop: PEM.
    pub authorities: Option<Vec<u8>>,
}

/// The next hop's URL. Its path and query may hold a secret, so it prints as scheme, host and port.
#[derive(Clone, PartialEq, Eq)]
pub struct NextHop(Uri);

/// Why a text is no next hop. None of them shows the text: it may hold a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NextHopError {
    /// It is no URL.
    #[error("is no URL such as http://127.0.0.1:8088/sns")]
    Syntax,
    /// Neither `http` nor `https`.
    #[error("has the scheme `{0}`: use https, or http on this machine")]
    Scheme(String),
    /// It has a user name or a password.
    #[error("holds credentials: put them into forward.basic_auth")]
    Credentials,
}

impl NextHop {
    /// Takes an absolute `http` or `https` URL.
    pub fn parse(text: &str) -> Result<Self, NextHopError> {
        let url = url::Url::parse(text.trim()).map_err(|_| NextHopError::Syntax)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NextHopError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NextHopError::Credentials);
        }
        let mut url = url;
        url.set_fragment(None);
        url.as_str().parse().map(Self).map_err(|_| NextHopError::Syntax)
    }

    /// The whole URL.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.0
    }

    /// Whether messages travel encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// Whether it is on this machine, as far as its name tells.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let host = self.0.host().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for NextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.0.authority().map_or("", http::uri::Authority::as_str);
        write!(f, "{}://{authority}", self.0.scheme_str().unwrap_or_default())
    }
}

impl fmt::Debug for NextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NextHop({self})")
    }
}

impl Workshop<'_> {
    pub(super) fn forward(&mut self, forward: &ForwardSettings) -> Option<ForwardConfig> {
        let text = forward.url.as_ref().map_or("", Secret::reveal);
        let url = if text.is_empty() {
            self.problem("forward.url", "is missing: where do messages go?");
            None
        } else {
            self.keep("forward.url", NextHop::parse(text))
        };
        let timeout = match &forward.timeout {
            None => Some(DEFAULT_TIMEOUT),
            Some(text) => self.duration("forward.timeout", text),
        };
        let longest = Timeouts::default().delivery;
        if let Some(timeout) = timeout {
            let reason = format!("has to be above 0 and at most {} s: SNS waits 15 s", longest.as_secs());
            self.demand("forward.timeout", !timeout.is_zero() && timeout <= longest, &reason);
        }
        let basic_auth = self.basic_auth(
            "forward.basic_auth",
            "forward.basic_auth.password_file",
            forward.basic_auth.as_ref(),
        );
        let authorities = self.authorities("forward.ca_file", forward.ca_file.as_ref());
        let dead_letters = forward.dead_letters.as_ref().map(|file| self.path(file));
        if let Some(file) = &dead_letters {
            let writable = is_writable(file).map_err(|error| format!("{}: {error}", file.display()));
            self.keep("forward.dead_letters", writable);
        } else {
            let reason =
                "is missing: name the file that keeps what the next hop refuses, so that nothing is lost";
            self.problem("forward.dead_letters", reason);
        }
        Some(ForwardConfig {
            url: url?,
            basic_auth,
            timeout: timeout?,
            dead_letters: dead_letters?,
            authorities,
        })
    }
}

/// Whether a file can be added to. It is not made: this is asked by `trailbell check`, too.
fn is_writable(file: &Path) -> std::io::Result<()> {
    match OpenOptions::new().read(true).append(true).open(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            std::fs::read_dir(folder.unwrap_or(Path::new("."))).map(|_| ())
        }
        opened => opened.map(|_| ()),
    }
}

/// What an operator should know of the way to the next hop.
pub(super) fn warnings(forward: &ForwardConfig) -> Vec<String> {
    let url = &forward.url;
    let mut warnings = Vec::new();
    if !url.is_https() && !url.is_local() {
        warnings.push(format!(
            "forward.url: messages travel unencrypted to {url}, which cannot tell them from forged ones"
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_url_prints_without_what_may_be_secret() {
        for (text, shown, uri) in [
            ("http://127.0.0.1:8088", "http://127.0.0.1:8088", "http://127.0.0.1:8088/"),
            (
                " https://Vector.test/hush/x?token=hush#hush\n",
                "https://vector.test",
                "https://vector.test/hush/x?token=hush",
            ),
            ("http://[::1]:80/a%2Fb", "http://[::1]", "http://[::1]/a%2Fb"),
        ] {
            let hop = NextHop::parse(text).unwrap();
            assert_eq!((hop.to_string().as_str(), hop.uri().to_string().as_str()), (shown, uri));
            assert!(!format!("{hop:?}").contains("hush"));
        }
    }

    #[test]
    fn what_is_no_next_hop_is_refused_without_showing_it() {
        for (text, want) in [
            ("127.0.0.1:8088", NextHopError::Syntax),
            ("/hush", NextHopError::Syntax),
            ("http://", NextHopError::Syntax),
            ("unix:/hush.sock", NextHopError::Scheme("unix".to_owned())),
            ("http://me:hush@vector.test/", NextHopError::Credentials),
            ("http://hush@vector.test/", NextHopError::Credentials),
        ] {
            let error = NextHop::parse(text).unwrap_err();
            assert_eq!(error, want, "{text}");
            assert!(!error.to_string().contains("hush"), "{error}");
        }
    }

    #[test]
    fn this_machine_is_known() {
        for (text, local) in [
            ("http://localhost:1/", true),
            ("http://127.8.0.1/", true),
            ("http://[::1]:9/", true),
            ("http://10.0.0.1/", false),
            ("http://localhost.test/", false),
        ] {
            assert_eq!(NextHop::parse(text).unwrap().is_local(), local, "{text}");
        }
    }
}
