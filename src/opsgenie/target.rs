//! Where alerts go, and what can be asked there.

use std::{fmt, str::FromStr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Call, Request};

/// RFC 3986: all but the unreserved characters is encoded in a query's names and values.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The API that a base URL speaks. Key, payload and paths are the same, the calls are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flavor {
    /// Opsgenie's Alert API v2: all calls.
    Opsgenie,
    /// Jira Service Management's integration events: create, acknowledge, close and note only
    /// (<https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/api-group-integration-events/>).
    JsmEvents,
}

impl Flavor {
    /// Whether the API has this call.
    #[must_use]
    pub const fn has(self, call: Call) -> bool {
        match self {
            Self::Opsgenie => true,
            Self::JsmEvents => match call {
                Call::Create | Call::Acknowledge | Call::Close | Call::AddNote => true,
                Call::Delete
                | Call::Unacknowledge
                | Call::Snooze
                | Call::Escalate
                | Call::Assign
                | Call::AddTeam
                | Call::AddResponder
                | Call::AddTags
                | Call::RemoveTags
                | Call::AddDetails
                | Call::RemoveDetails
                | Call::UpdatePriority
                | Call::UpdateMessage
                | Call::UpdateDescription
                | Call::CustomAction => false,
            },
        }
    }
}

impl fmt::Display for Flavor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opsgenie => "Opsgenie",
            Self::JsmEvents => "JSM's integration events API",
        })
    }
}

/// The hosted services, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Site {
    /// `https://api.opsgenie.com`
    OpsgenieUs,
    /// `https://api.eu.opsgenie.com`: the only one that knows the keys of accounts in the EU.
    OpsgenieEu,
    /// `https://api.atlassian.com/jsm/ops/integration`, for the US and the EU alike.
    Jsm,
}

impl Site {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OpsgenieUs, Self::OpsgenieEu, Self::Jsm];

    /// The name in settings: `opsgenie-us`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpsgenieUs => "opsgenie-us",
            Self::OpsgenieEu => "opsgenie-eu",
            Self::Jsm => "jsm",
        }
    }

    const fn parts(self) -> (&'static str, &'static str, Flavor) {
        match self {
            Self::OpsgenieUs => ("api.opsgenie.com", "", Flavor::Opsgenie),
            Self::OpsgenieEu => ("api.eu.opsgenie.com", "", Flavor::Opsgenie),
            Self::Jsm => ("api.atlassian.com", "/jsm/ops/integration", Flavor::JsmEvents),
        }
    }
}

impl FromStr for Site {
    type Err = UnknownSite;

    fn from_str(text: &str) -> Result<Self, UnknownSite> {
        Self::ALL.into_iter().find(|site| site.as_str() == text).ok_or_else(|| UnknownSite(text.to_owned()))
    }
}

/// The text names none of the hosted services.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no pager that is known by name: use `opsgenie-us`, `opsgenie-eu`, `jsm` or a base URL")]
pub struct UnknownSite(pub String);

/// A base URL and the API that it speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    https: bool,
    /// Host, and port unless it is the scheme's own.
    authority: String,
    /// Empty, or begins with a slash and does not end with one.
    prefix: String,
    flavor: Flavor,
}

impl Target {
    /// A target at any base URL: the part before `/v2/alerts`. A path is kept, a slash at its end is not.
    ///
    /// The API cannot be told from a URL, so it is named.
    pub fn custom(base: &str, flavor: Flavor) -> Result<Self, TargetError> {
        let url = Url::parse(base.trim()).map_err(TargetError::Syntax)?;
        // Checked first: an error that shows the URL must not show a password in it.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(TargetError::QueryOrFragment);
        }
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            other => return Err(TargetError::Scheme(other.to_owned())),
        };
        let host = url.host_str().ok_or(TargetError::Syntax(url::ParseError::EmptyHost))?;
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let prefix = url.path().trim_end_matches('/');
        for tail in ["/v2", "/v2/alerts"] {
            if prefix.ends_with(tail) {
                return Err(TargetError::ApiPath { tail });
            }
        }
        Ok(Self { https, authority, prefix: prefix.to_owned(), flavor })
    }

    /// The API that is spoken there.
    #[must_use]
    pub const fn flavor(&self) -> Flavor {
        self.flavor
    }

    /// Whether requests, and the key with them, travel encrypted.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Host, and port unless it is the scheme's own.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The whole URL of a request.
    #[must_use]
    pub fn url(&self, request: &Request) -> String {
        format!("{}://{}{}", self.scheme(), self.authority, self.path_and_query(request))
    }

    /// The prefix, the request's path exactly as it stands there, and its query, encoded.
    #[must_use]
    pub fn path_and_query(&self, request: &Request) -> String {
        let mut text = String::with_capacity(self.prefix.len() + request.path.len() + 32);
        text.push_str(&self.prefix);
        text.push_str(&request.path);
        let mut separator = '?';
        for (name, value) in &request.query {
            text.push(separator);
            text.extend(utf8_percent_encode(name, QUERY));
            text.push('=');
            text.extend(utf8_percent_encode(value, QUERY));
            separator = '&';
        }
        text
    }

    /// The path at which the status of a request can be read.
    #[must_use]
    pub fn status_path(&self, request_id: &str) -> String {
        format!("{}/v2/alerts/requests/{request_id}", self.prefix)
    }

    const fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }
}

impl From<Site> for Target {
    fn from(site: Site) -> Self {
        let (authority, prefix, flavor) = site.parts();
        Self { https: true, authority: authority.into(), prefix: prefix.into(), flavor }
    }
}

/// The base URL, without a slash at its end.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority, self.prefix)
    }
}

/// Why a text is no base URL for alerts. None of them shows the text: it may hold a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is no URL.
    #[error("the pager's base URL is no URL: {0}")]
    Syntax(url::ParseError),
    /// Neither `http` nor `https`.
    #[error("the pager's base URL has the scheme `{0}`: use https, or http for a pager on this machine")]
    Scheme(String),
    /// It has a user name or a password.
    #[error("the pager's base URL holds credentials: the key is given apart")]
    Credentials,
    /// It has a query or a fragment.
    #[error(
        "the pager's base URL has a query or a fragment: the key is given apart, and nothing else is needed"
    )]
    QueryOrFragment,
    /// It already holds the path that is put behind it.
    #[error("the pager's base URL ends with `{tail}`: give the part before it")]
    ApiPath {
        /// The part that is too much.
        tail: &'static str,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn close(path: &str) -> Request {
        Request {
            method: "POST".into(),
            path: path.into(),
            query: [("identifierType".into(), "alias".into())].into(),
            body: serde_json::Map::new(),
        }
    }

    #[test]
    fn the_hosted_services_have_their_published_base_urls() {
        let bases = Site::ALL.map(|site| Target::from(site).to_string());
        assert_eq!(
            bases,
            [
                "https://api.opsgenie.com",
                "https://api.eu.opsgenie.com",
                "https://api.atlassian.com/jsm/ops/integration"
            ]
        );
        for site in Site::ALL {
            assert_eq!(site.as_str().parse(), Ok(site));
            assert_eq!(serde_json::to_value(site).unwrap(), site.as_str());
            assert_eq!(
                Target::custom(&Target::from(site).to_string(), Target::from(site).flavor()),
                Ok(site.into())
            );
        }
        assert_eq!("opsgenie".parse::<Site>(), Err(UnknownSite("opsgenie".into())));
    }

    #[test]
    fn a_base_url_keeps_its_prefix_and_loses_its_last_slash() {
        for (base, want) in [
            ("https://pager.example", "https://pager.example"),
            ("https://pager.example/", "https://pager.example"),
            (" https://pager.example:443/ \n", "https://pager.example"),
            ("http://127.0.0.1:8080/twin/", "http://127.0.0.1:8080/twin"),
            ("http://[::1]:80/a/b//", "http://[::1]/a/b"),
            ("https://Pager.Example/A%2Fb", "https://pager.example/A%2Fb"),
        ] {
            assert_eq!(Target::custom(base, Flavor::Opsgenie).unwrap().to_string(), want, "{base}");
        }
    }

    #[test]
    fn a_base_url_that_cannot_work_is_refused_without_showing_it() {
        for (base, want) in [
            ("pager.example", TargetError::Syntax(url::ParseError::RelativeUrlWithoutBase)),
            ("ftp://pager.example", TargetError::Scheme("ftp".into())),
            ("https://me:hush@pager.example", TargetError::Credentials),
            ("https://pager.example?apiKey=hush", TargetError::QueryOrFragment),
            ("https://pager.example/#hush", TargetError::QueryOrFragment),
            ("https://pager.example/v2/alerts", TargetError::ApiPath { tail: "/v2/alerts" }),
            ("https://pager.example/x/v2/", TargetError::ApiPath { tail: "/v2" }),
        ] {
            let error = Target::custom(base, Flavor::Opsgenie).unwrap_err();
            assert_eq!(error, want, "{base}");
            assert!(!error.to_string().contains("hush"), "{error}");
        }
    }

    #[test]
    fn an_encoded_alias_stays_as_it_is() {
        let target = Target::custom("https://pager.example/twin/", Flavor::Opsgenie).unwrap();
        assert_eq!(
            target.url(&close("/v2/alerts/a%2Fb%25c%20d%23e%3Ff%C3%A4/close")),
            "https://pager.example/twin/v2/alerts/a%2Fb%25c%20d%23e%3Ff%C3%A4/close?identifierType=alias"
        );
        // Not normalised either: upper and lower case, and characters that need no encoding.
        assert_eq!(
            target.path_and_query(&close("/v2/alerts/%c3%A4:@!/close")),
            "/twin/v2/alerts/%c3%A4:@!/close?identifierType=alias"
        );
    }

    #[test]
    fn a_query_is_encoded_in_the_order_of_its_names() {
        let mut request = close("/v2/alerts/a/tags");
        request.query.insert("tags".into(), "a b,ü&x=1".into());
        request.query.insert("a#".into(), String::new());
        assert_eq!(
            Target::from(Site::OpsgenieEu).url(&request),
            "https://api.eu.opsgenie.com/v2/alerts/a/tags?a%23=&identifierType=alias&tags=a%20b%2C%C3%BC%26x%3D1"
        );
    }

    #[test]
    fn jsm_integration_events_have_four_calls() {
        for call in [Call::Create, Call::Acknowledge, Call::Close, Call::AddNote] {
            assert!(Flavor::JsmEvents.has(call), "{call}");
        }
        for call in
            [Call::UpdateMessage, Call::UpdatePriority, Call::Unacknowledge, Call::Snooze, Call::AddTags]
        {
            assert!(!Flavor::JsmEvents.has(call), "{call}");
            assert!(Flavor::Opsgenie.has(call), "{call}");
        }
    }
}
