//! Where a delivery goes: an endpoint's URL, and the request to it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue};
use hyper::{Method, Request};
use percent_encoding::percent_decode_str;
use url::Url;

use super::delivery::Delivery;
use super::poster::PostError;

/// An endpoint's URL, taken apart. It has no `Debug`: the path may be a secret.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// What stands in `Host`, and in errors.
    pub(crate) authority: String,
    pub(crate) path_and_query: String,
    /// The `Authorization` of its user and password.
    pub(crate) basic: Option<HeaderValue>,
}

impl Target {
    pub(crate) fn parse(text: &str) -> Result<Self, PostError> {
        let url = Url::parse(text)?;
        let scheme = || PostError::Scheme(url.scheme().to_owned());
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(scheme()),
        };
        let host = url.host_str().ok_or_else(scheme)?;
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let path_and_query = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Ok(Self {
            tls,
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: url.port_or_known_default().ok_or_else(scheme)?,
            authority,
            path_and_query,
            basic: basic(&url),
        })
    }

    /// A GET of the URL, with no credentials.
    pub(crate) fn get(&self) -> Result<Request<Full<Bytes>>, PostError> {
        self.request(&Delivery { headers: Vec::new(), body: Bytes::new() }, None).map(|mut request| {
            *request.method_mut() = Method::GET;
            request
        })
    }

    pub(crate) fn request(
        &self,
        delivery: &Delivery,
        basic: Option<&HeaderValue>,
    ) -> Result<Request<Full<Bytes>>, PostError> {
        let mut request = Request::new(Full::new(delivery.body.clone()));
        *request.method_mut() = Method::POST;
        let bad = |name: &str| PostError::Header(name.to_owned());
        *request.uri_mut() = self.path_and_query.parse().map_err(|_| bad("request line"))?;
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::from_str(&self.authority).map_err(|_| bad("host"))?);
        for (name, value) in &delivery.headers {
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(name))?;
            headers.append(header, HeaderValue::from_str(value).map_err(|_| bad(name))?);
        }
        if let Some(basic) = basic {
            headers.insert(AUTHORIZATION, basic.clone());
        }
        Ok(request)
    }
}

/// The `Authorization` of a URL's user and password, if it has any.
fn basic(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut credentials: Vec<u8> = percent_decode_str(url.username()).collect();
    credentials.push(b':');
    credentials.extend(percent_decode_str(url.password().unwrap_or_default()));
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(credentials))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        for (url, tls, host, port, authority, path) in [
            ("http://localhost", false, "localhost", 80, "localhost", "/"),
            ("https://example.org/sns?key=1#f", true, "example.org", 443, "example.org", "/sns?key=1"),
            ("https://user@example.org:8443/a", true, "example.org", 8443, "example.org:8443", "/a"),
            ("http://[::1]:8080/", false, "::1", 8080, "[::1]:8080", "/"),
        ] {
            let target = Target::parse(url).unwrap();
            assert_eq!(
                (target.tls, target.host.as_str(), target.port, target.authority.as_str()),
                (tls, host, port, authority)
            );
            assert_eq!(target.path_and_query, path);
        }
    }

    #[test]
    fn credentials_are_decoded_before_they_are_encoded() {
        for (url, basic) in [
            ("https://example.org/", None),
            ("https://user:pass@example.org/", Some("user:pass")),
            ("https://user@example.org/", Some("user:")),
            ("https://us%40er:p%3Aa%2Bss+@example.org/", Some("us@er:p:a+ss+")),
        ] {
            let want = basic.map(|text| format!("Basic {}", STANDARD.encode(text)));
            let target = Target::parse(url).unwrap();
            assert_eq!(target.basic.as_ref().map(|value| value.to_str().unwrap()), want.as_deref(), "{url}");
        }
    }

    #[test]
    fn other_urls_are_refused_without_being_shown() {
        for (url, want) in [
            ("sqs", "the endpoint's URL cannot be read: relative URL without a base"),
            (
                "ftp://secret.example.org/",
                "the endpoint's URL needs a host and http or https, not the scheme \"ftp\"",
            ),
        ] {
            assert_eq!(Target::parse(url).err().unwrap().to_string(), want);
        }
    }
}
