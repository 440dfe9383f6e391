//! The edge: connections, requests off them, answers onto them.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use thiserror::Error;
use tokio::io::AsyncWrite;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::body::Outgoing;
use super::control;
use super::ends::Ends;
use super::http::{Received, Reply};
use super::inbox;
use super::live::{Live, NoReply};

/// Accepts until it is dropped; its connections end with it.
pub(super) async fn accept(listener: TcpListener, live: Arc<Live>) {
    let mut connections = JoinSet::new();
    let mut following = pin!(live.follow());
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => { connections.spawn(serve(stream, peer, Arc::clone(&live))); }
                // Out of file descriptors, say: connections that end will free some.
                Err(_) => tokio::task::yield_now().await,
            },
            Some(_) = connections.join_next() => {}
            () = &mut following => {}
        }
    }
}

/// Serves one connection. One that fails is the client's affair.
async fn serve(stream: TcpStream, peer: SocketAddr, live: Arc<Live>) {
    // Gone before it was served.
    let Ok(local) = stream.local_addr() else { return };
    let ends = Ends { peer, local };
    // Answers are small and written whole.
    let _ = stream.set_nodelay(true);
    let is_reset = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&is_reset);
    let service = service_fn(move |request| {
        let (live, told) = (Arc::clone(&live), Arc::clone(&told));
        Box::pin(async move {
            answer(&live, ends, request).await.inspect_err(|Reset| told.store(true, Ordering::Relaxed))
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let mut stream = connection.into_parts().io.into_inner();
    if is_reset.load(Ordering::Relaxed) {
        // What is closed without lingering is reset.
        let _ = stream.set_zero_linger();
    } else {
        let _ = poll_fn(|context| Pin::new(&mut stream).poll_shutdown(context)).await;
    }
}

/// Ends the connection without an answer.
#[derive(Debug, Error)]
#[error("the connection was told to be reset")]
struct Reset;

async fn answer(
    live: &Arc<Live>,
    ends: Ends,
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Reset> {
    let (head, body) = request.into_parts();
    let collected = Limited::new(body, live.body_limit()).collect().await;
    let is_control = control::is_control(head.uri.path());
    if is_control || inbox::is_inbox(&head) {
        let body = collected.map(http_body_util::Collected::to_bytes).map_err(drop);
        return Ok(if is_control {
            control::answer(live, ends, &head, body)
        } else {
            response(inbox::answer(live, ends, &head, body))
        });
    }
    let answer = match collected {
        Ok(body) => live.receive(received(&head, body.to_bytes())),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            let message = format!("a body has at most {} bytes here", live.body_limit());
            let reply = Reply::json(413, &json!({"message": message, "took": 0.001, "requestId": ""}));
            live.refuse(received(&head, Bytes::new()), reply)
        }
        // The client went away in the middle of its body.
        Err(_) => return Err(Reset),
    };
    live.until(answer.at).await;
    match answer.reply {
        Ok(reply) => Ok(response(reply)),
        Err(NoReply::Hang) => match std::future::pending::<Infallible>().await {},
        Err(NoReply::Reset) => Err(Reset),
    }
}

fn received(head: &Parts, body: Bytes) -> Received {
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Received {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers.iter().map(header).collect(),
        body,
    }
}

/// A reply, ready for the wire.
pub(super) fn response(reply: Reply) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::whole(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value))
        {
            headers.append(name, value);
        }
    }
    response
}
