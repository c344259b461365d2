//! When: the two time axes of a reading.

use serde::Serialize;
use time::{Date, OffsetDateTime};

/// What is asked: the register as it is in law on a day, by what was known at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AsOf {
    /// The day in law; today where none is given.
    pub at: Option<Date>,
    /// The instant of knowledge; now where none is given.
    pub known: Option<OffsetDateTime>,
}

/// Days of law that something is asked of: from one to another, both included; none for no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

/// What is answered: both times, whether they were asked for or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// The day in law.
    #[serde(serialize_with = "super::facts::day")]
    pub at: Date,
    /// The instant of knowledge.
    #[serde(with = "time::serde::rfc3339")]
    pub known: OffsetDateTime,
}

impl AsOf {
    /// The register as it is: nothing was asked.
    pub fn is_now(&self) -> bool {
        *self == Self::default()
    }

    /// The same, with what was not asked for filled in.
    pub fn within(&self, today: Date, now: OffsetDateTime) -> Moment {
        Moment {
            at: self.at.unwrap_or(today),
            known: self.known.unwrap_or(now),
        }
    }
}
