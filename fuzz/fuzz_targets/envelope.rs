//! The body that SNS posts, in both spellings.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailbell::sns::{Envelope, Spelling};

fuzz_target!(|body: &[u8]| {
    for spelling in [Spelling::Http, Spelling::Lambda] {
        match Envelope::parse_spelt(body, spelling) {
            Ok(envelope) => {
                let text = envelope.canonical_string();
                assert!(text.starts_with("Message\n") && text.contains(envelope.message_id()));
                assert!(envelope.topic_arn().as_str().contains(envelope.topic_arn().region().code()));
                assert!(!envelope.subject().unwrap_or_default().contains('\n'));
            }
            // What strangers send is not mirrored at length.
            Err(error) => assert!(error.to_string().len() < 400),
        }
    }
});
