//! The recorded results of requests.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// The longest latency that is recorded: one hour. Longer ones are counted as one hour.
const LONGEST: u64 = 3_600_000_000_000;

/// The reason why a request has no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Failure {
    /// The connection to the server could not be opened.
    Connect,
    /// The connection was closed before the response was complete.
    Closed,
    /// The response took longer than `--timeout`.
    Timeout,
    /// The server violated the protocol.
    Protocol,
    /// The run was stopped a second time while the request waited.
    Aborted,
}

/// Counts and latencies of requests.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The number of responses for each status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// The number of failed requests for each reason.
    pub(crate) failures: BTreeMap<Failure, u64>,
    /// The size of all response bodies.
    pub(crate) bytes: u64,
    latency: Latency,
}

impl Record {
    /// Returns an empty record whose latencies have this many significant digits.
    pub(crate) fn new(digits: u8) -> Self {
        Self {
            statuses: BTreeMap::new(),
            failures: BTreeMap::new(),
            bytes: 0,
            latency: Latency(None, digits),
        }
    }

    pub(crate) fn add_response(&mut self, status: u16, bytes: u64, latency: Duration) {
        *self.statuses.entry(status).or_default() += 1;
        self.bytes += bytes;
        let nanos = u64::try_from(latency.as_nanos()).unwrap_or(LONGEST);
        self.latency.record(nanos, 1);
    }

    pub(crate) fn add_failure(&mut self, failure: Failure) {
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
            self.latency.record(value, count);
        }
    }

    /// Returns a quantile of the latency in nanoseconds, or `None` without responses.
    pub(crate) fn latency_at(&self, part: f64) -> Option<u64> {
        let histogram = self.latency.0.as_ref()?;
        Some(histogram.value_at_quantile(part))
    }

    /// Returns the number of responses.
    pub(crate) fn responses(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Returns the number of failed requests.
    pub(crate) fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// Returns the number of responses with a status of 4xx or 5xx.
    pub(crate) fn error_responses(&self) -> u64 {
        self.statuses.range(400..).map(|(_, count)| count).sum()
    }
}

/// A histogram of nanoseconds, created by its first value, with its number of digits. It is serialized as its values
/// and their counts, so that reports can be merged without a loss.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "LatencyBuckets", from = "LatencyBuckets")]
struct Latency(Option<Histogram<u64>>, u8);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct LatencyBuckets {
    digits: u8,
    buckets: Vec<(u64, u64)>,
}

impl Latency {
    fn record(&mut self, nanos: u64, count: u64) {
        let histogram = self.0.get_or_insert_with(|| {
            // `new_with_bounds` fails for more than 5 digits only, since these bounds are valid.
            let histogram = Histogram::new_with_bounds(1_000, 2_000, self.1.min(5));
            let mut histogram = histogram.expect("the bounds are in order");
            histogram.auto(true);
            histogram
        });
        // The histogram grows by itself, so no value is out of range.
        let _kept = histogram.record_n(nanos.min(LONGEST), count);
    }

    fn buckets(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let recorded = self.0.iter().flat_map(Histogram::iter_recorded);
        recorded.map(|value| (value.value_iterated_to(), value.count_at_value()))
    }
}

impl From<Latency> for LatencyBuckets {
    fn from(latency: Latency) -> Self {
        Self {
            digits: latency.1,
            buckets: latency.buckets().collect(),
        }
    }
}

impl From<LatencyBuckets> for Latency {
    fn from(written: LatencyBuckets) -> Self {
        let mut latency = Self(None, written.digits);
        for (value, count) in written.buckets {
            latency.record(value, count);
        }
        latency
    }
}

/// A record in compact form. A histogram takes some 30 KB, and a run of a day keeps one for each of 86,400 seconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PackedRecord {
    statuses: BTreeMap<u16, u64>,
    failures: BTreeMap<Failure, u64>,
    bytes: u64,
    latency: LatencyBuckets,
}

impl From<Record> for PackedRecord {
    fn from(record: Record) -> Self {
        Self {
            statuses: record.statuses,
            failures: record.failures,
            bytes: record.bytes,
            latency: record.latency.into(),
        }
    }
}

impl From<&PackedRecord> for Record {
    fn from(packed: &PackedRecord) -> Self {
        Self {
            statuses: packed.statuses.clone(),
            failures: packed.failures.clone(),
            bytes: packed.bytes,
            latency: packed.latency.clone().into(),
        }
    }
}

impl PackedRecord {
    /// Adds a record.
    pub(crate) fn add(&mut self, other: &Record) {
        let mut sum = Record::from(&*self);
        sum.add(other);
        *self = sum.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serialized_records_add_up() {
        let (mut one, mut other) = (Record::new(3), Record::new(3));
        for micros in 1..=1000 {
            one.add_response(200, 10, Duration::from_micros(micros));
            other.add_response(503, 1, Duration::from_micros(micros + 1000));
        }
        other.add_failure(Failure::Timeout);
        let text = serde_json::to_string(&other).expect("it is written");
        one.add(&serde_json::from_str(&text).expect("it is read"));
        assert_eq!(
            (one.responses(), one.failed(), one.bytes),
            (2000, 1, 11_000)
        );
        let median = one.latency_at(0.5).expect("there are responses") as f64;
        assert!((median / 1e6 - 1.0).abs() < 0.002, "{median}");
        assert_eq!(one.error_responses(), 1000);
    }

    #[test]
    fn packed_record_is_complete() {
        let (mut record, mut other) = (Record::new(2), Record::new(2));
        record.add_response(200, 3, Duration::from_millis(5));
        record.add_failure(Failure::Closed);
        other.add_response(404, 4, Duration::from_secs(7200));
        let mut packed = PackedRecord::from(record);
        packed.add(&other);
        let sum = Record::from(&packed);
        assert_eq!((sum.responses(), sum.failed(), sum.bytes), (2, 1, 7));
        // Latencies of more than an hour count as an hour.
        let longest = sum.latency_at(1.0).expect("there are responses") as f64;
        assert!((longest / 3.6e12 - 1.0).abs() < 0.02, "{longest}");
    }
}
