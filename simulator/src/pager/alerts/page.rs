//! Lists: filtered, sorted, one page of them. Nothing is cloned.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::super::alert::{Alert, Searched};
use super::super::query::{Listing, Order, Query, SortKey};
use super::Alerts;

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    /// The alerts of this page.
    pub alerts: Vec<&'a Alert>,
    /// How many there are on all pages.
    pub total: usize,
}

impl Alerts {
    /// How many alerts a query finds.
    #[must_use]
    pub fn count(&self, query: &Query, now: DateTime<Utc>) -> usize {
        if query.is_everything() {
            return self.len();
        }
        self.iter().filter(|alert| query.matches(&Searched { alert, now })).count()
    }

    /// A page of what a query finds. Alerts that are equal in what the list is sorted by stand in the order in which they
    /// were made, newest first if it is a descending list.
    #[must_use]
    pub fn page(&self, query: &Query, listing: &Listing, now: DateTime<Utc>) -> Page<'_> {
        let (skip, take) = (listing.offset as usize, listing.limit as usize);
        // They stand in the order in which they were made.
        if listing.sort == SortKey::CreatedAt {
            return match listing.order {
                Order::Ascending => self.cut(self.iter(), query, skip, take, now),
                Order::Descending => self.cut(self.iter().rev(), query, skip, take, now),
            };
        }
        let found = self.iter().map(|alert| Searched { alert, now }).filter(|alert| query.matches(alert));
        let mut found: Vec<(usize, Searched<'_>)> = found.enumerate().collect();
        let total = found.len();
        let compare = |(place, alert): &(usize, Searched<'_>),
                       (other_place, other): &(usize, Searched<'_>)| {
            let ordering: Ordering = alert.compare(other, listing.sort).then(place.cmp(other_place));
            if listing.order == Order::Descending { ordering.reverse() } else { ordering }
        };
        let reach = skip.saturating_add(take);
        if reach < total {
            found.select_nth_unstable_by(reach, compare);
            found.truncate(reach);
        }
        found.sort_unstable_by(compare);
        Page { alerts: found.into_iter().skip(skip).map(|(_, found)| found.alert).collect(), total }
    }

    fn cut<'a>(
        &'a self,
        alerts: impl Iterator<Item = &'a Alert>,
        query: &Query,
        skip: usize,
        take: usize,
        now: DateTime<Utc>,
    ) -> Page<'a> {
        if query.is_everything() {
            return Page { alerts: alerts.skip(skip).take(take).collect(), total: self.len() };
        }
        let mut page = Page { alerts: Vec::with_capacity(take), total: 0 };
        for alert in alerts.filter(|alert| query.matches(&Searched { alert, now })) {
            if page.total >= skip && page.alerts.len() < take {
                page.alerts.push(alert);
            }
            page.total += 1;
        }
        page
    }
}
