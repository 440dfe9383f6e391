//! The style sheet, the script and the icon.

use bytes::Bytes;

use super::super::http::Reply;
use super::frame::shared_headers;

/// Each file after those that it changes.
const STYLE: &str = concat!(
    include_str!("style/page.css"),
    include_str!("style/filter.css"),
    include_str!("style/list.css"),
    include_str!("style/alert.css"),
    include_str!("style/narrow.css"),
);

/// The file of a path, if there is one.
pub(super) fn file(path: &str) -> Option<Reply> {
    let (content_type, text) = match path {
        "/inbox/inbox.css" => ("text/css; charset=utf-8", STYLE),
        "/inbox/inbox.js" => ("text/javascript; charset=utf-8", include_str!("inbox.js")),
        "/inbox/icon.svg" | "/favicon.ico" => ("image/svg+xml", include_str!("icon.svg")),
        _ => return None,
    };
    let body = Bytes::from_static(text.as_bytes());
    Some(Reply { status: 200, headers: shared_headers(), content_type, body })
}
