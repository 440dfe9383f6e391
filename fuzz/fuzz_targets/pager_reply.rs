//! The pager's answers: the first two bytes are the status, the rest the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailbell::opsgenie::{ApiKey, ReplyHeaders, classify, read_status};

const KEY: &str = "5a1f3d1e-0b7c-4b5e-9a51-6f3f6f0a2c11";

fuzz_target!(|bytes: &[u8]| {
    let Some((status, body)) = bytes.split_first_chunk::<2>() else { return };
    let status = 100 + u16::from_be_bytes(*status) % 500;
    let key = ApiKey::new(KEY).expect("a sound key");
    let text = String::from_utf8_lossy(body);
    let headers = ReplyHeaders {
        retry_after: Some(&text),
        date: Some(&text),
        rate_limit_period: Some(&text),
        request_id: Some(&text),
        error_type: Some(&text),
    };
    for headers in [headers, ReplyHeaders::default()] {
        let reply = format!("{:?}", classify(status, &headers, body, &key));
        let outcome = format!("{:?}", read_status(status, &headers, body, &key));
        assert!(!reply.to_ascii_lowercase().contains(KEY) && !outcome.to_ascii_lowercase().contains(KEY));
    }
});
