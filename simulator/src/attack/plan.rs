//! What an attack sends, and what stands ready at SNS's host meanwhile.

use std::fmt;

use crate::sns::{Behaviour, Delivery, SigningCertificate};

/// All of one attack.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// What is sent, in order.
    pub shots: Vec<Shot>,
    /// What SNS's host serves from now on.
    pub certificates: Vec<SigningCertificate>,
    /// How it answers requests for certificates until the attack is over.
    pub certificate_behaviour: Option<Behaviour>,
    /// How it answers API calls until the attack is over.
    pub api_behaviour: Option<Behaviour>,
    /// Which calls at SNS do no harm.
    pub calls: Calls,
    /// Whether the kit cannot see calls to what the messages name.
    pub unseen: bool,
}

/// Which calls at SNS a receiver may make.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Calls {
    /// None.
    #[default]
    None,
    /// The confirmation of this topic with this token, as a receiver may build it from a message that SNS signed.
    Confirmation {
        /// The message's `TopicArn`.
        topic_arn: String,
        /// The message's `Token`.
        token: String,
    },
}

/// A token is a secret.
impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Confirmation { .. } => "Confirmation { .. }",
        })
    }
}

/// One request, or what looks like one.
#[derive(Debug, Clone)]
pub enum Shot {
    /// What SNS could have posted.
    Post(Delivery),
    /// Bytes that no HTTP client sends.
    Raw(Raw),
}

/// Bytes on a connection of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// The method. With none, nothing but `rest` is sent.
    pub method: &'static str,
    /// The version in the request line.
    pub version: &'static str,
    /// Lines of header after `Host`, each with its end.
    pub headers: String,
    /// What is sent after the header. Whoever wants the empty line before it begins with it.
    pub rest: Vec<u8>,
    /// How often `rest` is sent, one after the other.
    pub repeated: usize,
    /// What becomes of the connection.
    pub ending: Ending,
    /// How many such connections there are, side by side.
    pub connections: usize,
    /// Whether this stands in the place of TLS, where there would be TLS.
    pub before_tls: bool,
}

/// What becomes of a raw connection once all is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The answer is read.
    Read,
    /// Nothing more comes from here, and the answer is read.
    HalfClose,
    /// It stays open, and silent, until a genuine message was tried.
    Hold,
    /// It is closed at once, without reading.
    Leave,
}

impl Raw {
    /// A POST with these lines of header and this body, on a connection that is to be closed.
    #[must_use]
    pub fn post(headers: impl Into<String>, body: impl AsRef<[u8]>) -> Self {
        Self {
            method: "POST",
            version: "HTTP/1.1",
            headers: format!("connection: close\r\n{}", headers.into()),
            rest: [b"\r\n", body.as_ref()].concat(),
            repeated: 1,
            ending: Ending::Read,
            connections: 1,
            before_tls: false,
        }
    }

    /// Bytes that are no HTTP.
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self { method: "", rest: bytes.into(), ..Self::post("", "") }
    }

    /// The same without an end of the header.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        self.rest = Vec::new();
        self
    }

    /// The same with another ending.
    #[must_use]
    pub const fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// The same many times over, side by side.
    #[must_use]
    pub const fn times(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }
}

impl Plan {
    /// Posts one delivery.
    #[must_use]
    pub fn post(delivery: Delivery) -> Self {
        Self { shots: vec![Shot::Post(delivery)], ..Self::default() }
    }

    /// Posts several deliveries, one after the other.
    #[must_use]
    pub fn posts(deliveries: Vec<Delivery>) -> Self {
        Self { shots: deliveries.into_iter().map(Shot::Post).collect(), ..Self::default() }
    }

    /// Sends bytes.
    #[must_use]
    pub fn raw(raw: Raw) -> Self {
        Self { shots: vec![Shot::Raw(raw)], ..Self::default() }
    }

    /// The same, with a certificate that SNS's host serves.
    #[must_use]
    pub fn serving(mut self, certificate: SigningCertificate) -> Self {
        self.certificates.push(certificate);
        self
    }

    /// The same, with another answer to requests for certificates.
    #[must_use]
    pub fn certificates_behave(mut self, behaviour: Behaviour) -> Self {
        self.certificate_behaviour = Some(behaviour);
        self
    }

    /// The same, with another answer to API calls.
    #[must_use]
    pub fn api_behaves(mut self, behaviour: Behaviour) -> Self {
        self.api_behaviour = Some(behaviour);
        self
    }

    /// The same, with calls that cannot be seen from here.
    #[must_use]
    pub const fn unseen(mut self, unseen: bool) -> Self {
        self.unseen = unseen;
        self
    }

    /// The same, with the confirmation of this topic and token as a call that does no harm.
    #[must_use]
    pub fn may_confirm(mut self, topic_arn: &str, token: &str) -> Self {
        self.calls = Calls::Confirmation { topic_arn: topic_arn.to_owned(), token: token.to_owned() };
        self
    }
}
