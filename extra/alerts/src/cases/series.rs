//! The counters of test cases, one value a minute.

use std::fmt::Write as _;

/// The first minutes are without requests.
pub(super) const START: u64 = 10;

/// Returns the last minute of a case of an alert that fires after this many minutes.
pub(super) fn last(hold: u64) -> u64 {
    (START + 5 + hold).max(30) + 5
}

/// Returns this many requests in each minute.
pub(super) fn constant(count: u64, last: u64) -> Vec<u64> {
    from_start(last, |_| count)
}

/// Returns this many requests in each five minutes.
pub(super) fn spread(count: u64, last: u64) -> Vec<u64> {
    from_start(last, |minute| count / 5 + u64::from(minute % 5 < count % 5))
}

/// Returns one request.
pub(super) fn one(last: u64) -> Vec<u64> {
    from_start(last, |minute| u64::from(minute == 0))
}

pub(super) fn from_start(last: u64, count: impl Fn(u64) -> u64) -> Vec<u64> {
    let minutes = 0..last;
    let counts = minutes.map(|minute| match minute.checked_sub(START) {
        Some(minute) => count(minute),
        None => 0,
    });
    counts.collect()
}

/// Returns the values of a counter that increases by these counts.
pub(super) fn each_minute(counts: &[u64]) -> String {
    let (mut text, mut total) = ("0".to_owned(), 0);
    for count in counts {
        total += count;
        // Writing to a `String` cannot fail.
        let _ = write!(text, " {total}");
    }
    text
}

/// Returns the values of a gauge that is `before` until the start and `after` from then on.
pub(super) fn gauge(before: &str, after: &str, last: u64) -> String {
    let minutes = 0..=last;
    let values = minutes.map(|minute| if minute < START { before } else { after });
    values.collect::<Vec<_>>().join(" ")
}
