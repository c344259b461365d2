//! How often something may be tried.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;

/// So many keys are remembered; beyond that the oldest window is forgotten.
const KEYS: usize = 100_000;

/// Tries of each key within its window.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<String, (i64, u32)>>);

impl Throttle {
    /// Counts a try; gives whether it is one of the first `limit` of this window of seconds.
    pub fn admit(&self, key: &str, limit: u32, window_s: i64) -> bool {
        self.count(key, window_s, 1) <= limit
    }

    /// Whether more than `limit` were counted in this window of seconds.
    pub fn is_spent(&self, key: &str, limit: u32, window_s: i64) -> bool {
        self.count(key, window_s, 0) >= limit
    }

    fn count(&self, key: &str, window_s: i64, tries: u32) -> u32 {
        let window = OffsetDateTime::now_utc()
            .unix_timestamp()
            .div_euclid(window_s.max(1));
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= KEYS && !counts.contains_key(key) {
            counts.retain(|_, (counted, _)| *counted == window);
            if counts.len() >= KEYS {
                counts.clear();
            }
        }
        let (counted, count) = counts.entry(key.to_owned()).or_insert((window, 0));
        if *counted != window {
            (*counted, *count) = (window, 0);
        }
        *count = count.saturating_add(tries);
        *count
    }
}
