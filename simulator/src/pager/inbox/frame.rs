//! What all pages have around them, and the pages that say no.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use thiserror::Error;

use super::super::alert::time;
use super::super::http::Reply;
use super::html::Html;

/// Nothing from elsewhere, nothing within the page's own text, and in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Why there is no page.
#[derive(Debug, Error)]
pub(super) enum Problem {
    /// Another machine, or another name of this one.
    #[error(
        "The inbox is for this machine alone: open it by a loopback address such as http://127.0.0.1, or localhost."
    )]
    Elsewhere,
    /// A form of another site.
    #[error(
        "Alerts are acknowledged and closed by the buttons of this inbox alone, not by another site's form."
    )]
    ForeignForm,
    /// A body over the limit.
    #[error("The form is too long.")]
    TooLong,
    /// A parameter that does not fit.
    #[error("The address does not fit: {0}.")]
    Parameter(String),
    /// No such account.
    #[error("There is no account \"{0}\".")]
    NoAccount(String),
    /// No such alert.
    #[error("There is no such alert. It may have been deleted, or the twin was reset or started anew.")]
    NoAlert,
    /// No such page.
    #[error("There is no such page.")]
    NoPage,
    /// These methods alone.
    #[error("This page takes {0} alone.")]
    Method(&'static str),
}

impl Problem {
    const fn status(&self) -> u16 {
        match self {
            Self::Elsewhere | Self::ForeignForm => 403,
            Self::TooLong => 413,
            Self::Parameter(_) => 400,
            Self::NoAccount(_) | Self::NoAlert | Self::NoPage => 404,
            Self::Method(_) => 405,
        }
    }
}

/// A page.
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) title: String,
    /// The time of the twin's clock, and the number of the last change that is in the page; `None` if it is not to be
    /// renewed.
    pub(super) state: Option<(DateTime<Utc>, u64)>,
    pub(super) main: Html,
}

impl Page {
    pub(super) fn reply(&self) -> Reply {
        let mut html = Html::default();
        html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
        html.text(&self.title).raw("</title>\n");
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.raw("<link rel=\"icon\" href=\"/inbox/icon.svg\" type=\"image/svg+xml\">\n");
        html.raw("<link rel=\"stylesheet\" href=\"/inbox/inbox.css\">\n");
        html.raw("<script src=\"/inbox/inbox.js\" defer></script>\n</head>\n<body");
        if let Some((_, since)) = self.state {
            html.raw(" data-since=\"").text(since).raw("\"");
        }
        html.raw(">\n<header>\n<a class=\"home\" href=\"/\">Pager inbox</a>\n");
        if let Some((now, _)) = self.state {
            html.raw("<p id=\"now\" data-live>The time here is <time datetime=\"").text(time(now)).raw("\">");
            html.text(now.format("%Y-%m-%d %H:%M:%S UTC")).raw("</time></p>\n");
            html.raw(
                "<p id=\"connection\" role=\"status\"><noscript>Reload to see what is new</noscript></p>\n",
            );
        }
        html.raw("</header>\n<main>\n").html(&self.main).raw("</main>\n</body>\n</html>\n");
        let mut headers = shared_headers();
        headers.push(("Cache-Control", "no-store".to_owned()));
        let body = Bytes::from(html.into_string());
        Reply { status: self.status, headers, content_type: "text/html; charset=utf-8", body }
    }
}

/// The page that says what is wrong.
pub(super) fn problem(problem: &Problem) -> Reply {
    let mut main = Html::default();
    main.raw("<h1>No</h1>\n<p id=\"problem\" data-live>").text(problem);
    main.raw("</p>\n<p><a href=\"/\">To the inbox</a></p>\n");
    let page = Page { status: problem.status(), title: "No: pager inbox".to_owned(), state: None, main };
    let mut reply = page.reply();
    if let Problem::Method(methods) = problem {
        reply.headers.push(("Allow", (*methods).to_owned()));
    }
    reply
}

/// Leads to a page after a form.
pub(super) fn see_other(to: String) -> Reply {
    let mut headers = shared_headers();
    headers.push(("Location", to));
    headers.push(("Cache-Control", "no-store".to_owned()));
    Reply { status: 303, headers, content_type: "text/plain; charset=utf-8", body: Bytes::new() }
}

/// What every answer has.
pub(super) fn shared_headers() -> Vec<(&'static str, String)> {
    [
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        // Not `no-referrer`: forms would then come from the origin `null`.
        ("Referrer-Policy", "same-origin"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect()
}
