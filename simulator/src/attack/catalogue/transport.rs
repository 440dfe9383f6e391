//! Below the message: requests that are none, bodies without end, and connections that say nothing.
//!
//! What matters most here comes afterwards: a genuine message still has to be accepted, while the attack's connections
//! stand.

use super::attack::{Attack, Needs};
use crate::attack::evidence::Right;
use crate::attack::family::Family;
use crate::attack::forge::{Forge, ForgeError};
use crate::attack::plan::{Ending, Plan, Raw, Shot};

/// Connections at once: more than a pool of threads has, less than the files that a process may open.
const MANY: usize = 64;
/// A body that no SNS message has.
const ENDLESS: usize = 32 << 20;

pub(super) fn attacks() -> Vec<Attack> {
    let mut all = no_http();
    all.extend(framing());
    all.extend(bodies());
    all.extend(crowds());
    all
}

fn attack(
    name: &'static str,
    sentence: &'static str,
    make: impl Fn(&mut Forge) -> Result<Plan, ForgeError> + Send + Sync + 'static,
) -> Attack {
    Attack::new(Family::Transport, name, sentence, make).needs(Needs::Nothing).right(Right::NotAccepted)
}

fn raw(name: &'static str, sentence: &'static str, make: impl Fn() -> Raw + Send + Sync + 'static) -> Attack {
    attack(name, sentence, move |_| Ok(Plan::raw(make())))
}

fn no_http() -> Vec<Attack> {
    vec![
        raw("no-http", "Bytes that are no HTTP.", || {
            Raw::bytes(*b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        }),
        raw("strange-version", "A version of HTTP that does not exist.", || Raw {
            version: "HTTP/9.9",
            ..Raw::post("content-length: 2\r\n", "{}")
        }),
        raw("huge-header", "A line of header with 256 KiB.", || {
            Raw::post(format!("x-long: {}\r\ncontent-length: 2\r\n", "a".repeat(256 * 1024)), "{}")
        }),
        raw("many-headers", "10,000 lines of header.", || {
            Raw::post(format!("{}content-length: 2\r\n", "a: b\r\n".repeat(10_000)), "{}")
        }),
        raw("zero-in-header", "A zero byte in a header.", || {
            Raw::post("x-amz-sns-message-type: Notification\0\r\ncontent-length: 2\r\n", "{}")
        }),
    ]
}

/// Requests whose end two readers see in different places.
fn framing() -> Vec<Attack> {
    const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
    vec![
        raw("two-lengths", "Two lengths, the second of which hides a request.", || {
            let length = SMUGGLED.len();
            Raw::post(format!("content-length: 0\r\ncontent-length: {length}\r\n"), SMUGGLED)
        }),
        raw("signed-length", "A length with a sign.", || Raw::post("content-length: +2\r\n", "{}")),
        raw("list-of-lengths", "Two lengths in one header.", || Raw::post("content-length: 2, 3\r\n", "{} ")),
        raw("length-and-chunks", "A length and chunks, after which a request hides.", || {
            let body = format!("0\r\n\r\n{SMUGGLED}");
            Raw::post(format!("content-length: {}\r\ntransfer-encoding: chunked\r\n", body.len()), body)
        }),
        raw("chunks-unsaid", "An encoding that is not chunked, after which a request hides.", || {
            Raw::post("transfer-encoding: xchunked\r\n", format!("0\r\n\r\n{SMUGGLED}"))
        }),
        raw("space-before-colon", "A space before a header's colon.", || {
            Raw::post(format!("content-length : {}\r\n", SMUGGLED.len()), SMUGGLED)
        }),
        raw("broken-chunk", "A chunk whose size is no number.", || {
            Raw::post("transfer-encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n")
        }),
    ]
}

fn bodies() -> Vec<Attack> {
    vec![
        attack("broken-off", "A genuine message whose last bytes never come.", |forge| {
            let envelope = forge.notification();
            let signed = forge.sign(envelope)?;
            let delivery = forge.delivery(&signed);
            let length = format!("content-length: {}\r\n", delivery.body.len() + 1);
            let lines = delivery.headers.iter().filter(|(name, _)| name != "connection");
            let headers = lines.map(|(name, value)| format!("{name}: {value}\r\n")).chain([length]);
            let headers: String = headers.collect();
            Ok(Plan::raw(Raw::post(headers, &delivery.body).ending(Ending::HalfClose)))
        })
        .needs(Needs::Trust),
        raw("endless-chunks", "32 MiB in chunks, whose end is not told.", || Raw {
            rest: [b"10000\r\n".to_vec(), vec![b' '; 0x10000], b"\r\n".to_vec()].concat(),
            repeated: ENDLESS / 0x10000,
            ..Raw::post("transfer-encoding: chunked\r\n\r\n", "")
        }),
        raw("huge-length", "A body of a tebibyte is announced.", || {
            Raw::post(format!("content-length: {}\r\n", 1_u64 << 40), "{}").ending(Ending::Hold)
        })
        .right(Right::Undisturbed),
    ]
}

/// Many connections that do not come to the point, while a genuine message is tried.
fn crowds() -> Vec<Attack> {
    let crowd = |name, sentence, raw: fn() -> Raw| {
        attack(name, sentence, move |_| {
            Ok(Plan { shots: vec![Shot::Raw(raw().times(MANY))], ..Plan::default() })
        })
        .right(Right::Undisturbed)
    };
    vec![
        crowd("silent-connections", "64 connections that say nothing.", || Raw {
            before_tls: true,
            ..Raw::bytes(Vec::new()).ending(Ending::Hold)
        }),
        crowd("slow-headers", "64 requests whose header does not end.", || {
            Raw::post("x-slow: ", "").without_end().ending(Ending::Hold)
        }),
        crowd("slow-bodies", "64 requests whose body does not come.", || {
            Raw::post("content-length: 100\r\n", "{\"Type\":").ending(Ending::Hold)
        }),
        crowd("abandoned-handshakes", "64 TLS handshakes that are not gone on with.", || Raw {
            before_tls: true,
            ..Raw::bytes(*b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").ending(Ending::Hold)
        }),
        crowd("unread-answers", "64 requests whose sender is gone before the answer.", || {
            Raw::post("content-length: 2\r\n", "{}").ending(Ending::Leave)
        }),
    ]
}
