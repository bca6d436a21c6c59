//! What is known of requests that were sent.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// The longest latency that is told from longer ones.
const LONGEST: u64 = 3_600_000_000_000;

/// Why a request has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Failure {
    /// There is no connection to the server.
    Connect,
    /// The connection ended before the answer.
    Closed,
    /// The answer took too long.
    Timeout,
    /// What came is no answer.
    Protocol,
}

/// Counts and latencies of requests.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    /// How many answers had each status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// How many requests had no answer, and why.
    pub(crate) failures: BTreeMap<Failure, u64>,
    /// The bytes of the answers' bodies.
    pub(crate) bytes: u64,
    latency: Latency,
}

impl Record {
    /// Makes an empty one, of this many significant digits.
    pub(crate) fn new(digits: u8) -> Self {
        Self {
            statuses: BTreeMap::new(),
            failures: BTreeMap::new(),
            bytes: 0,
            latency: Latency::new(digits),
        }
    }

    pub(crate) fn answer(&mut self, status: u16, bytes: u64, latency: Duration) {
        *self.statuses.entry(status).or_default() += 1;
        self.bytes += bytes;
        let nanos = u64::try_from(latency.as_nanos()).unwrap_or(LONGEST);
        self.latency.0.saturating_record(nanos);
    }

    pub(crate) fn fail(&mut self, failure: Failure) {
        *self.failures.entry(failure).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
        for (failure, count) in &other.failures {
            *self.failures.entry(*failure).or_default() += count;
        }
        self.bytes += other.bytes;
        for (value, count) in other.latency.buckets() {
            self.latency.0.saturating_record_n(value, count);
        }
    }

    pub(crate) fn latency(&self) -> &Histogram<u64> {
        &self.latency.0
    }

    /// Returns how many requests were answered.
    pub(crate) fn answers(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Returns how many were not.
    pub(crate) fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// Returns which part of the requests had no answer, or one of 4xx or 5xx.
    pub(crate) fn failed_part(&self) -> f64 {
        let errors: u64 = self.statuses.range(400..).map(|(_, count)| count).sum();
        let all = (self.answers() + self.failed()).max(1);
        (errors + self.failed()) as f64 / all as f64
    }
}

/// A histogram of nanoseconds; it is written as the values that were seen and how often, so that reports can be
/// added up exactly.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
struct Latency(Histogram<u64>);

#[derive(Debug, Serialize, Deserialize)]
struct Written {
    digits: u8,
    buckets: Vec<(u64, u64)>,
}

impl Latency {
    fn new(digits: u8) -> Self {
        // Its own bounds and at most 5 digits are never refused.
        let histogram = Histogram::new_with_bounds(1_000, LONGEST, digits.min(5));
        Self(histogram.expect("the bounds are in order"))
    }

    fn buckets(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let recorded = self.0.iter_recorded();
        recorded.map(|value| (value.value_iterated_to(), value.count_at_value()))
    }
}

impl From<Latency> for Written {
    fn from(latency: Latency) -> Self {
        Self {
            digits: latency.0.sigfig(),
            buckets: latency.buckets().collect(),
        }
    }
}

impl TryFrom<Written> for Latency {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let mut latency = Self::new(written.digits);
        for (value, count) in written.buckets {
            latency.0.saturating_record_n(value, count);
        }
        Ok(latency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_adds_up() {
        let (mut one, mut other) = (Record::new(3), Record::new(3));
        for micros in 1..=1000 {
            one.answer(200, 10, Duration::from_micros(micros));
            other.answer(503, 1, Duration::from_micros(micros + 1000));
        }
        other.fail(Failure::Timeout);
        let text = serde_json::to_string(&other).expect("it is written");
        one.add(&serde_json::from_str(&text).expect("it is read"));
        assert_eq!((one.answers(), one.failed(), one.bytes), (2000, 1, 11_000));
        let median = one.latency().value_at_quantile(0.5) as f64;
        assert!((median / 1e6 - 1.0).abs() < 0.002, "{median}");
        assert!((one.failed_part() - 1001.0 / 2001.0).abs() < 1e-9);
    }
}
