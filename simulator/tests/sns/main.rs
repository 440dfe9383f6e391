//! The SNS side of the simulator against what AWS does, and against judges that nobody here wrote.
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// Nothing but the seed and the given time decides what is made.
mod determinism;
/// The server that plays SNS's host, honest and not.
mod endpoint;
/// openssl accepts what is signed and issued, and the canonical string fits AWS's own signatures.
mod openssl;
/// What the poster puts on the wire, and how it takes answers.
mod poster;
/// Bodies, headers and answers as AWS's were recorded, to the byte.
mod recorded;
mod support;
