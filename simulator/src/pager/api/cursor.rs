//! Pages of notes and logs, which are cut at an item, not at a number.

use chrono::{DateTime, Utc};

use super::super::http::Received;
use super::Refusal;
use super::answer::Paging;
use super::listing::absolute;

const MOST: usize = 100;
const USUAL: usize = 20;

/// What a client asks of notes or logs.
pub(super) struct Cursor {
    /// The item from which to go on, by its number.
    from: Option<usize>,
    limit: usize,
    ascending: bool,
    backwards: bool,
}

/// Which items stand on a page, by their numbers, and where the other pages are.
pub(super) struct Cut {
    pub(super) items: Vec<usize>,
    pub(super) paging: Paging,
}

/// The offset of an item: when it was made and its number. Clients take it as it is.
pub(super) fn offset(number: usize, at: DateTime<Utc>) -> String {
    format!("{}_{number:09}", at.timestamp_millis())
}

impl Cursor {
    pub(super) fn read(request: &Received) -> Result<Self, Refusal> {
        let parameter = |name| request.parameter(name).filter(|value| !value.is_empty());
        let one_of = |name, first, second| match parameter(name).as_deref() {
            None => Ok(None),
            Some(value) if value == first => Ok(Some(true)),
            Some(value) if value == second => Ok(Some(false)),
            Some(_) => Err(Refusal::field(name, format!("should be one of [ {first}, {second} ]"))),
        };
        let from = match parameter("offset") {
            None => None,
            Some(text) => {
                let number = text.rsplit_once('_').and_then(|(_, number)| number.parse().ok());
                Some(number.ok_or_else(|| Refusal::field("offset", "should be the offset of an item"))?)
            }
        };
        let limit = match parameter("limit") {
            None => USUAL,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MOST).contains(limit))
                .ok_or_else(|| Refusal::field("limit", format!("should be a number from 1 to {MOST}")))?,
        };
        let ascending = one_of("order", "asc", "desc")?.unwrap_or(false);
        let backwards = !one_of("direction", "next", "prev")?.unwrap_or(true);
        Ok(Self { from, limit, ascending, backwards })
    }

    /// Cuts a page out of items that were made at these times, oldest first. A page begins behind the item of its offset.
    pub(super) fn cut(&self, request: &Received, made: &[DateTime<Utc>]) -> Cut {
        let count = made.len();
        // The place in the list's own order, in which the newest is first unless it ascends.
        let number = |place: usize| if self.ascending { place } else { count - 1 - place };
        let from = self.from.map(|number| {
            let number = number.min(count);
            if self.ascending { number } else { (count - 1).wrapping_sub(number).min(count) }
        });
        let (start, end) = match (from, self.backwards) {
            (Some(place), true) => (place.min(count).saturating_sub(self.limit), place.min(count)),
            (Some(place), false) => ((place + 1).min(count), (place + 1 + self.limit).min(count)),
            (None, _) => (0, self.limit.min(count)),
        };
        let items: Vec<usize> = (start..end).map(number).collect();
        let at = |number: usize| made.get(number).copied().unwrap_or_default();
        let next = items.last().filter(|_| end < count).map(|last| {
            absolute(
                request,
                &[("offset", Some(offset(*last, at(*last)))), ("direction", Some("next".to_owned()))],
            )
        });
        let first = Some(absolute(request, &[("offset", None), ("direction", None)]));
        Cut { items, paging: Paging { next, first, ..Paging::default() } }
    }
}
