//! The working-day clock: office hours, holidays, working Saturdays, pauses that do not count. Times are local, of Viet Nam.

use std::collections::BTreeMap;
use time::{Date, Duration, PrimitiveDateTime, Time, Weekday};

/// No deadline is looked for beyond so many days: a calendar without working days has none.
const HORIZON_DAYS: i64 = 5000;

/// When an office works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The sessions of a working day, in order and apart.
    pub sessions: Vec<(Time, Time)>,
    /// Days that are not as the week has them: worked or not.
    pub days: BTreeMap<Date, bool>,
}

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// So many working days from the moment of receipt.
    Days(u32),
    /// The working day of receipt; what comes after this time of day, the next working day.
    SameDay {
        /// The last minute that is in time.
        cut_off: Time,
        /// So many working days, that one included; more than one where more time was given.
        days: u32,
    },
}

/// A time that does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// From when.
    pub from: PrimitiveDateTime,
    /// Until when; none while it lasts.
    pub until: Option<PrimitiveDateTime>,
}

impl Calendar {
    /// Whether the office works on a day: Monday to Friday, unless the calendar says otherwise.
    pub fn is_worked(&self, day: Date) -> bool {
        let is_weekday = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.days.get(&day).copied().unwrap_or(is_weekday)
    }

    /// The minutes of a working day.
    fn day_minutes(&self) -> i64 {
        let minutes = self
            .sessions
            .iter()
            .map(|(opens, closes)| (*closes - *opens).whole_minutes());
        minutes.sum()
    }

    /// The sessions from a day on.
    fn sessions_from(
        &self,
        day: Date,
    ) -> impl Iterator<Item = (PrimitiveDateTime, PrimitiveDateTime)> + '_ {
        let days = (0..HORIZON_DAYS).map_while(move |after| day.checked_add(Duration::days(after)));
        let worked = days.filter(|day| self.is_worked(*day));
        worked.flat_map(|day| {
            let sessions = self.sessions.iter();
            sessions.map(move |(opens, closes)| {
                (
                    PrimitiveDateTime::new(day, *opens),
                    PrimitiveDateTime::new(day, *closes),
                )
            })
        })
    }

    /// The first working day from a day on.
    fn working_day_from(&self, day: Date) -> Option<Date> {
        let mut days = (0..HORIZON_DAYS).map_while(|after| day.checked_add(Duration::days(after)));
        days.find(|day| self.is_worked(*day))
    }
}

/// When something received at a moment is due, counting no pause; nothing while a pause lasts that began before it was due.
///
/// # Source
/// Decree 61/2018/NĐ-CP, Decree 118/2025/NĐ-CP (working days); Decree 99/2022/NĐ-CP Art. 16 (same day).
pub fn due_at(
    received: PrimitiveDateTime,
    deadline: Deadline,
    calendar: &Calendar,
    pauses: &[Pause],
) -> Option<PrimitiveDateTime> {
    let (start, days) = match deadline {
        Deadline::Days(days) => (received, i64::from(days)),
        Deadline::SameDay { cut_off, days } => {
            (same_day(received, cut_off, calendar)?, i64::from(days))
        }
    };
    let mut left = Duration::minutes(days.checked_mul(calendar.day_minutes())?);
    let mut last = None;
    for (opens, closes) in calendar.sessions_from(start.date()) {
        for (from, until) in counted(opens.max(start), closes, pauses) {
            if until - from >= left {
                return from.checked_add(left);
            }
            left -= until - from;
            last = Some(until);
        }
        let is_endless = |pause: &Pause| pause.until.is_none() && pause.from < closes;
        if pauses.iter().any(is_endless) {
            return None;
        }
    }
    // No working time at all in the calendar.
    last.filter(|_| left.is_zero())
}

/// When a same-day matter's day begins: the working day of receipt, or the next.
fn same_day(
    received: PrimitiveDateTime,
    cut_off: Time,
    calendar: &Calendar,
) -> Option<PrimitiveDateTime> {
    // Receipts are told to the minute: 15:00:59 is 15:00, and not after it.
    let minute = received
        .time()
        .replace_second(0)
        .ok()?
        .replace_nanosecond(0)
        .ok()?;
    let is_late = calendar.is_worked(received.date()) && minute > cut_off;
    let day = if is_late {
        received.date().next_day()?
    } else {
        received.date()
    };
    let (opens, _) = calendar.sessions.first()?;
    Some(PrimitiveDateTime::new(
        calendar.working_day_from(day)?,
        *opens,
    ))
}

/// How many minutes of work lie between two moments, without pauses.
pub fn worked_minutes(
    from: PrimitiveDateTime,
    until: PrimitiveDateTime,
    calendar: &Calendar,
    pauses: &[Pause],
) -> i64 {
    let sessions = calendar.sessions_from(from.date());
    let sessions = sessions.take_while(|(opens, _)| *opens < until);
    let pieces =
        sessions.flat_map(|(opens, closes)| counted(opens.max(from), closes.min(until), pauses));
    pieces
        .map(|(from, until)| (until - from).whole_minutes())
        .sum()
}

/// What of a time is left when pauses are cut out.
fn counted(
    from: PrimitiveDateTime,
    until: PrimitiveDateTime,
    pauses: &[Pause],
) -> Vec<(PrimitiveDateTime, PrimitiveDateTime)> {
    let mut pieces = vec![(from, until)];
    for pause in pauses {
        let end = pause.until.unwrap_or(PrimitiveDateTime::MAX);
        pieces = pieces
            .into_iter()
            .flat_map(|(from, until)| [(from, until.min(pause.from)), (from.max(end), until)])
            .filter(|(from, until)| from < until)
            .collect();
    }
    pieces.retain(|(from, until)| from < until);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime, time};

    /// 07:30–11:30 and 13:00–17:00: eight hours. Tết of 2026: Monday 16 to Friday 20 February; Saturday 10 January was worked
    /// for Friday the 2nd.
    fn calendar() -> Calendar {
        let holidays = [16, 17, 18, 19, 20]
            .map(|day| (date!(2026 - 02 - 01).replace_day(day).unwrap(), false));
        Calendar {
            sessions: vec![(time!(7:30), time!(11:30)), (time!(13:00), time!(17:00))],
            days: holidays
                .into_iter()
                .chain([
                    (date!(2026 - 01 - 01), false),
                    (date!(2026 - 01 - 02), false),
                    (date!(2026 - 01 - 10), true),
                ])
                .collect(),
        }
    }

    fn due(received: PrimitiveDateTime, days: u32, pauses: &[Pause]) -> Option<PrimitiveDateTime> {
        due_at(received, Deadline::Days(days), &calendar(), pauses)
    }

    #[test]
    fn five_days_over_tet_are_fourteen_days_of_the_calendar() {
        // Thursday 12 February 10:00: Friday 10:00 is one; Monday to Friday are Tết; Monday 23 to Thursday 26 are four more.
        assert_eq!(
            due(datetime!(2026-02-12 10:00), 5, &[]),
            Some(datetime!(2026-02-26 10:00))
        );
        // What comes on a Sunday, at night or at noon begins when the office opens.
        assert_eq!(
            due(datetime!(2026-02-15 10:00), 1, &[]),
            Some(datetime!(2026-02-23 17:00))
        );
        assert_eq!(
            due(datetime!(2026-03-03 22:00), 1, &[]),
            Some(datetime!(2026-03-04 17:00))
        );
        assert_eq!(
            due(datetime!(2026-03-03 12:00), 1, &[]),
            Some(datetime!(2026-03-04 11:30))
        );
    }

    #[test]
    fn a_saturday_worked_for_a_bridge_day_counts() {
        // Friday 9 January 08:00: Saturday the 10th 08:00 is one day, Monday the 12th 08:00 two.
        assert_eq!(
            due(datetime!(2026-01-09 8:00), 1, &[]),
            Some(datetime!(2026-01-10 8:00))
        );
        assert_eq!(
            due(datetime!(2026-01-09 8:00), 2, &[]),
            Some(datetime!(2026-01-12 8:00))
        );
    }

    #[test]
    fn pauses_do_not_count_however_they_lie() {
        let pause = |from, until| Pause {
            from,
            until: Some(until),
        };
        // Tuesday 3 March 08:00 + 1 day = Wednesday 08:00; an hour's pause on Tuesday makes it 09:00.
        let hour = pause(datetime!(2026-03-03 9:00), datetime!(2026-03-03 10:00));
        assert_eq!(
            due(datetime!(2026-03-03 8:00), 1, &[hour]),
            Some(datetime!(2026-03-04 9:00))
        );
        // The same hour told twice, and a pause over noon of which only half an hour is office time.
        let noon = pause(datetime!(2026-03-03 11:00), datetime!(2026-03-03 13:00));
        assert_eq!(
            due(datetime!(2026-03-03 8:00), 1, &[hour, hour, noon]),
            Some(datetime!(2026-03-04 9:30))
        );
        // Over the week-end nothing is lost.
        let weekend = pause(datetime!(2026-03-06 17:00), datetime!(2026-03-09 7:30));
        assert_eq!(
            due(datetime!(2026-03-06 8:00), 1, &[weekend]),
            Some(datetime!(2026-03-09 8:00))
        );
        // Nobody knows when it is due while a pause lasts, unless it was due before.
        let endless = Pause {
            from: datetime!(2026-03-04 7:30),
            until: None,
        };
        assert_eq!(due(datetime!(2026-03-03 8:00), 1, &[endless]), None);
        assert_eq!(
            due(datetime!(2026-03-02 8:00), 1, &[endless]),
            Some(datetime!(2026-03-03 8:00))
        );
    }

    #[test]
    fn a_mortgage_is_done_on_its_day_and_after_three_in_the_afternoon_on_the_next() {
        let due = |received| {
            due_at(
                received,
                Deadline::SameDay {
                    cut_off: time!(15:00),
                    days: 1,
                },
                &calendar(),
                &[],
            )
        };
        let thursday = Some(datetime!(2026-02-12 17:00));
        assert_eq!(due(datetime!(2026-02-12 14:59)), thursday);
        assert_eq!(
            due(datetime!(2026-02-12 15:00:59)),
            thursday,
            "15:00 is not after 15:00"
        );
        assert_eq!(
            due(datetime!(2026-02-12 15:01)),
            Some(datetime!(2026-02-13 17:00))
        );
        // The next working day after Friday the 13th is Monday the 23rd.
        assert_eq!(
            due(datetime!(2026-02-13 15:01)),
            Some(datetime!(2026-02-23 17:00))
        );
        assert_eq!(
            due(datetime!(2026-02-14 16:00)),
            Some(datetime!(2026-02-23 17:00))
        );
    }

    #[test]
    fn minutes_of_work_are_those_of_the_office() {
        let minutes = |from, until| worked_minutes(from, until, &calendar(), &[]);
        assert_eq!(
            minutes(datetime!(2026-02-12 10:00), datetime!(2026-02-26 10:00)),
            5 * 480
        );
        assert_eq!(
            minutes(datetime!(2026-02-14 10:00), datetime!(2026-02-22 10:00)),
            0
        );
        assert_eq!(
            minutes(datetime!(2026-02-12 11:00), datetime!(2026-02-12 13:30)),
            60
        );
    }

    #[test]
    fn a_calendar_without_work_has_no_due_time() {
        let none = Calendar {
            sessions: Vec::new(),
            days: BTreeMap::new(),
        };
        let received = datetime!(2026-02-12 10:00);
        assert_eq!(due_at(received, Deadline::Days(3), &none, &[]), None);
        assert_eq!(
            due_at(
                received,
                Deadline::SameDay {
                    cut_off: time!(15:00),
                    days: 1,
                },
                &none,
                &[]
            ),
            None
        );
    }
}
