//! How a list of alerts is sorted and cut into pages.

use thiserror::Error;

/// The most alerts of a page (Opsgenie OAS).
pub const MAX_LIMIT: u32 = 100;
/// The furthest that pages reach: the sum of `offset` and `limit` (Opsgenie's alert API).
pub const MAX_REACH: u32 = 20_000;

macro_rules! sort_keys {
    ($($(#[$doc:meta])* $key:ident = $name:literal $(| $other:literal)*,)*) => {
        /// What a list is sorted by (Opsgenie OAS).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SortKey { $($(#[$doc])* $key,)* }

        impl SortKey {
            /// Every key.
            pub const ALL: &[Self] = &[$(Self::$key,)*];

            /// Its name in the API.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$key => $name,)* }
            }

            /// The key of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name $(| $other)* => Some(Self::$key),)* _ => None }
            }
        }
    };
}

sort_keys! {
    /// When it was created.
    CreatedAt = "createdAt",
    /// When anything of it changed.
    UpdatedAt = "updatedAt",
    /// The short number.
    TinyId = "tinyId",
    /// The de-duplication key.
    Alias = "alias",
    /// The headline.
    Message = "message",
    /// Open or closed.
    Status = "status",
    /// Whether it is acknowledged.
    Acknowledged = "acknowledged",
    /// Whether somebody has seen it.
    IsSeen = "isSeen",
    /// Whether it is snoozed.
    Snoozed = "snoozed",
    /// Until when it is snoozed.
    SnoozedUntil = "snoozedUntil",
    /// How often it was raised.
    Count = "count",
    /// When it was raised last. The Go SDK spells it with one `r`.
    LastOccurredAt = "lastOccurredAt" | "lastOccuredAt",
    /// Who raised it.
    Source = "source",
    /// Who has it.
    Owner = "owner",
    /// The integration's name.
    IntegrationName = "integration.name",
    /// The integration's type.
    IntegrationType = "integration.type",
    /// How long it took until it was acknowledged.
    AckTime = "report.ackTime",
    /// How long it took until it was closed.
    CloseTime = "report.closeTime",
    /// Who acknowledged it.
    AcknowledgedBy = "report.acknowledgedBy",
    /// Who closed it.
    ClosedBy = "report.closedBy",
}

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// One page of a sorted list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// What it is sorted by; `createdAt` unless said otherwise.
    pub sort: SortKey,
    /// Descending unless said otherwise.
    pub order: Order,
    /// How many alerts come before the page.
    pub offset: u32,
    /// How many alerts the page has at most: 1 to [`MAX_LIMIT`], 20 unless said otherwise.
    pub limit: u32,
}

/// A parameter that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListingError {
    /// No sort key.
    #[error("sort should be one of [ {} ]", names())]
    Sort,
    /// Neither up nor down.
    #[error("order should be one of [ asc, desc ]")]
    Order,
    /// No such offset.
    #[error("offset should be a number from 0 on")]
    Offset,
    /// No such limit.
    #[error("limit should be a number from 1 to {MAX_LIMIT}")]
    Limit,
    /// Too far down.
    #[error("sum of offset and limit should not exceed {MAX_REACH}")]
    Reach,
}

impl ListingError {
    /// The parameter to blame.
    #[must_use]
    pub const fn parameter(&self) -> &'static str {
        match self {
            Self::Sort => "sort",
            Self::Order => "order",
            Self::Offset | Self::Reach => "offset",
            Self::Limit => "limit",
        }
    }
}

fn names() -> String {
    SortKey::ALL.iter().map(|key| key.name()).collect::<Vec<_>>().join(", ")
}

impl Default for Listing {
    fn default() -> Self {
        Self { sort: SortKey::CreatedAt, order: Order::Descending, offset: 0, limit: 20 }
    }
}

impl Listing {
    /// Reads `sort`, `order`, `offset` and `limit` among decoded parameters; the others are none of its business.
    pub fn parse<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, ListingError> {
        let mut listing = Self::default();
        for (name, value) in parameters {
            match name {
                "sort" => listing.sort = SortKey::named(value).ok_or(ListingError::Sort)?,
                "order" => {
                    listing.order = match value {
                        "asc" => Order::Ascending,
                        "desc" => Order::Descending,
                        _ => return Err(ListingError::Order),
                    }
                }
                "offset" => listing.offset = value.parse().map_err(|_| ListingError::Offset)?,
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                    listing.limit = limit.ok_or(ListingError::Limit)?;
                }
                _ => {}
            }
        }
        if listing.offset.saturating_add(listing.limit) > MAX_REACH {
            return Err(ListingError::Reach);
        }
        Ok(listing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_from_parameters() {
        let read = |text: &str| {
            let pairs: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).collect();
            Listing::parse(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))
        };
        let default = Listing::default();
        let cases = [
            ("", Ok(default)),
            ("query=status%3Aopen", Ok(default)),
            (
                "sort=updatedAt&order=asc",
                Ok(Listing { sort: SortKey::UpdatedAt, order: Order::Ascending, ..default }),
            ),
            ("sort=lastOccuredAt", Ok(Listing { sort: SortKey::LastOccurredAt, ..default })),
            ("offset=19900&limit=100", Ok(Listing { offset: 19_900, limit: 100, ..default })),
            ("offset=19901&limit=100", Err(ListingError::Reach)),
            ("offset=-1", Err(ListingError::Offset)),
            ("limit=0", Err(ListingError::Limit)),
            ("limit=101", Err(ListingError::Limit)),
            ("limit=ten", Err(ListingError::Limit)),
            ("sort=urgency", Err(ListingError::Sort)),
            ("order=up", Err(ListingError::Order)),
        ];
        for (text, want) in cases {
            assert_eq!(read(text), want, "{text}");
        }
    }

    #[test]
    fn every_key_is_found_by_its_name() {
        for key in SortKey::ALL {
            assert_eq!(SortKey::named(key.name()), Some(*key));
        }
    }
}
