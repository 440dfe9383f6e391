//! Every request as it came, the newest of them kept.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};

use super::http::{Received, Reply};
use super::ids::RequestId;
use super::recorded::{Answered, Recorded};

/// The newest requests, and the number of all.
#[derive(Debug)]
pub struct Records {
    kept: VecDeque<Recorded>,
    by_id: HashMap<RequestId, u64>,
    most: usize,
    /// Of bodies.
    bytes: usize,
    total: u64,
}

/// The most bytes of bodies that are kept.
const MOST_BYTES: usize = 64 * 1024 * 1024;

impl Records {
    /// Keeps `most` requests, and 64 MiB of their bodies at most; the oldest go first.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { kept: VecDeque::new(), by_id: HashMap::new(), most, bytes: 0, total: 0 }
    }

    /// Records a request.
    pub fn push(
        &mut self,
        at: DateTime<Utc>,
        request: Received,
        answered: Answered,
        reply: Option<&Reply>,
        faults: Vec<&'static str>,
    ) {
        self.total += 1;
        let id = reply.and_then(|reply| reply.header("X-Request-Id")).and_then(RequestId::parse);
        if let Some(id) = id {
            self.by_id.insert(id, self.total);
        }
        self.bytes += request.body.len();
        self.kept.push_back(Recorded { number: self.total, at, request, answered, id, faults });
        while self.kept.len() > self.most || self.bytes > MOST_BYTES {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= oldest.request.body.len();
            oldest.id.map(|id| self.by_id.remove(&id));
        }
    }

    /// How many requests there were, kept or not.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Those that are kept, oldest first.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Recorded> + ExactSizeIterator {
        self.kept.iter()
    }

    /// The request to which the twin gave this id, if it is kept.
    #[must_use]
    pub fn by_id(&self, id: RequestId) -> Option<&Recorded> {
        let number = self.by_id.get(&id)?;
        let first = self.kept.front()?.number;
        self.kept.get(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    /// Forgets all of them; numbers start again at 1.
    pub fn clear(&mut self) {
        *self = Self::new(self.most);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bytes::Bytes;

    use super::*;

    fn request(body: &'static [u8]) -> Received {
        Received {
            method: "POST".to_owned(),
            path: "/v1/json/cloudwatch".to_owned(),
            query: Some("a=1&apiKey=0d9e7a90-2f4d-4e61-8b0a-d7a1c5e0f2b4".to_owned()),
            headers: vec![(
                "Authorization".to_owned(),
                "GenieKey 0d9e7a90-2f4d-4e61-8b0a-d7a1c5e0f2b4".to_owned(),
            )],
            body: Bytes::from_static(body),
        }
    }

    fn push(records: &mut Records, body: &'static [u8], id: RequestId) {
        let mut reply = Reply::json(202, &());
        reply.headers.push(("X-Request-Id", id.to_string()));
        records.push(
            DateTime::UNIX_EPOCH,
            request(body),
            Answered::Status(202),
            Some(&reply),
            vec!["latency"],
        );
    }

    #[test]
    fn the_newest_are_kept_and_all_are_counted() {
        let mut records = Records::new(2);
        let ids = [1, 2, 3].map(|number| RequestId::new(1, number));
        for id in ids {
            push(&mut records, b"{}", id);
        }
        assert_eq!(records.total(), 3);
        assert_eq!(records.iter().map(|recorded| recorded.number).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(records.by_id(ids[0]), None);
        assert_eq!(records.by_id(ids[2]).unwrap().number, 3);
        records.clear();
        assert_eq!((records.total(), records.iter().len()), (0, 0));
    }

    #[test]
    fn bodies_have_a_limit_together() {
        let mut records = Records::new(usize::MAX);
        let body: &'static [u8] = vec![b'x'; MOST_BYTES / 2 + 1].leak();
        for number in 0..2 {
            push(&mut records, body, RequestId::new(1, number));
        }
        assert_eq!((records.total(), records.iter().len()), (2, 1));
    }

    #[test]
    fn what_is_shown_has_no_whole_token() {
        let mut records = Records::new(1);
        let body =
            br#"{"Token" : "0123456789abcdef", "SubscribeURL" : "https://x/?Token=0123456789abcdef&a=1"}"#;
        push(&mut records, body, RequestId::new(1, 1));
        let recorded = records.iter().next().unwrap();
        let shown = r#"{"Token" : "01234567…", "SubscribeURL" : "https://x/?Token=01234567…&a=1"}"#;
        assert_eq!(recorded.shown_body(), shown);
        assert_eq!(serde_json::to_value(recorded).unwrap()["body"], shown);
        assert_eq!(&recorded.request.body[..], body);
    }

    #[test]
    fn what_is_shown_has_no_whole_key() {
        let mut records = Records::new(1);
        push(&mut records, b"{\n  \"message\": \"m\"\n}", RequestId::new(1, 1));
        let recorded = records.iter().next().unwrap();
        assert_eq!(
            recorded.to_string(),
            "   1  1970-01-01T00:00:00.000Z  POST /v1/json/cloudwatch?a=1&apiKey=0d9e7a90… -> 202 (fault: latency)\n      \
             {\n        \"message\": \"m\"\n      }"
        );
        let headers: Vec<_> = recorded.shown_headers().collect();
        assert_eq!(headers, [("Authorization", "GenieKey 0d9e7a90…".to_owned())]);
    }
}
