//! A request for each bucket of the histogram of durations, so that a slow one leads to its trace.

use std::{
    fmt::Write as _,
    sync::{
        OnceLock,
        atomic::{
            AtomicU64,
            Ordering::{Acquire, Relaxed, Release},
            fence,
        },
    },
};

/// The beginning of the lines that may have a request.
const BUCKET: &str = "http_server_request_duration_seconds_bucket{";

/// The requests of all series. There are none in an app without traces, which then has no memory for them.
#[derive(Debug, Default)]
pub(super) struct Exemplars(OnceLock<Box<[Slot]>>);

/// A request that took some time, and its trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exemplar {
    pub(super) trace: u128,
    pub(super) nanos: u64,
}

/// The place of a request: one that is written while it is read has another state afterwards.
#[derive(Debug, Default)]
struct Slot {
    /// How often it was written, and in the lowest two bits one of [`EMPTY`], [`READ`], [`WRITING`] and [`NEW`].
    state: AtomicU64,
    high: AtomicU64,
    low: AtomicU64,
    nanos: AtomicU64,
}

/// It has no request. The next one is taken.
const EMPTY: u64 = 0;
/// A scrape has read it. The next request replaces it.
const READ: u64 = 1;
/// A request is being written.
const WRITING: u64 = 2;
/// No scrape has read it, so it stays.
const NEW: u64 = 3;
const PHASE: u64 = 3;

impl Exemplars {
    /// Keeps a request, unless its bucket has one since the last scrape. So most requests read one number here.
    pub(super) fn offer(&self, count: usize, index: usize, trace: &str, nanos: u64) {
        let slots = self
            .0
            .get_or_init(|| (0..count).map(|_| Slot::default()).collect());
        let Some(slot) = slots.get(index) else {
            return;
        };
        let state = slot.state.load(Relaxed);
        if matches!(state & PHASE, WRITING | NEW) {
            return;
        }
        // A tracing system finds only ids of W3C Trace Context.
        let Some(trace) = parse(trace) else {
            return;
        };
        slot.write(state, Exemplar { trace, nanos });
    }

    /// Returns whether no request had a trace.
    pub(super) fn is_empty(&self) -> bool {
        self.0.get().is_none()
    }

    /// Returns the request of a bucket, and takes another one from now on.
    pub(super) fn take(&self, index: usize) -> Option<Exemplar> {
        self.0.get()?.get(index)?.read()
    }
}

impl Slot {
    fn write(&self, seen: u64, exemplar: Exemplar) {
        let writing = (seen & !PHASE) + 4 + WRITING;
        // Another request of the same moment may be first.
        if self
            .state
            .compare_exchange(seen, writing, Acquire, Relaxed)
            .is_err()
        {
            return;
        }
        fence(Release);
        let [high, low] = [exemplar.trace >> 64, exemplar.trace].map(|part| part as u64);
        self.high.store(high, Relaxed);
        self.low.store(low, Relaxed);
        self.nanos.store(exemplar.nanos, Relaxed);
        self.state.store(writing - WRITING + NEW, Release);
    }

    fn read(&self) -> Option<Exemplar> {
        let state = self.state.load(Acquire);
        if matches!(state & PHASE, EMPTY | WRITING) {
            return None;
        }
        let [high, low] = [&self.high, &self.low].map(|part| u128::from(part.load(Relaxed)));
        let nanos = self.nanos.load(Relaxed);
        fence(Acquire);
        let read = (state & !PHASE) + READ;
        // Since it begins with the same state, nothing was written meanwhile.
        let is_same = match state & PHASE {
            READ => self.state.load(Relaxed) == state,
            _ => self
                .state
                .compare_exchange(state, read, Relaxed, Relaxed)
                .is_ok(),
        };
        let trace = high << 64 | low;
        is_same.then_some(Exemplar { trace, nanos })
    }
}

/// Returns the number of 32 hexadecimal digits.
fn parse(trace: &str) -> Option<u128> {
    let is_hex = trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u128::from_str_radix(trace, 16).ok())?
}

/// Appends the requests to the lines of their buckets, which are in the same order. prometheus-client has no public
/// way to create one.
pub(super) fn append(text: &str, mut exemplars: impl Iterator<Item = Option<Exemplar>>) -> String {
    let mut all = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        let exemplar = line
            .starts_with(BUCKET)
            .then(|| exemplars.next())
            .flatten()
            .flatten();
        match exemplar {
            Some(Exemplar { trace, nanos }) => {
                all.push_str(line.trim_end_matches('\n'));
                let seconds = nanos as f64 / 1e9;
                // Writing to a `String` cannot fail.
                let _ = writeln!(all, " # {{trace_id=\"{trace:032x}\"}} {seconds}");
            }
            None => all.push_str(line),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn number(trace: &str) -> u128 {
        parse(trace).expect("a trace")
    }

    #[test]
    fn a_request_stays_until_a_scrape_and_then_until_the_next_request() {
        let exemplars = Exemplars::default();
        assert!(exemplars.is_empty());
        let other = TRACE.replace('4', "5");
        exemplars.offer(3, 1, TRACE, 7);
        exemplars.offer(3, 1, &other, 8);
        assert_eq!(exemplars.take(0), None);
        let first = Some(Exemplar {
            trace: number(TRACE),
            nanos: 7,
        });
        assert_eq!(exemplars.take(1), first);
        assert_eq!(
            exemplars.take(1),
            first,
            "a second Prometheus reads it, too"
        );
        exemplars.offer(3, 1, &other, 8);
        assert_eq!(
            exemplars.take(1),
            Some(Exemplar {
                trace: number(&other),
                nanos: 8
            })
        );
        exemplars.offer(3, 3, TRACE, 7);
        exemplars.offer(3, 2, "an id of the client \"", 7);
        assert_eq!(exemplars.take(2), None);
    }

    #[test]
    fn a_reader_never_sees_half_of_a_request() {
        let exemplars = Exemplars::default();
        std::thread::scope(|scope| {
            for writer in 0_u64..3 {
                let exemplars = &exemplars;
                scope.spawn(move || {
                    for number in 0..20_000 {
                        let nanos = number * 3 + writer;
                        let trace = format!("{nanos:016x}{nanos:016x}");
                        exemplars.offer(1, 0, &trace, nanos);
                    }
                });
            }
            for _ in 0..50_000 {
                if let Some(Exemplar { trace, nanos }) = exemplars.take(0) {
                    assert_eq!(trace, u128::from(nanos) << 64 | u128::from(nanos));
                }
            }
        });
    }

    #[test]
    fn lines_of_buckets_get_their_requests() {
        let text = "a 1\nhttp_server_request_duration_seconds_bucket{le=\"0.1\"} 1\n\
                    http_server_request_duration_seconds_bucket{le=\"+Inf\"} 2\n# EOF\n";
        let exemplar = Exemplar {
            trace: 255,
            nanos: 1_500_000_000,
        };
        let expected = "a 1\nhttp_server_request_duration_seconds_bucket{le=\"0.1\"} 1\n\
                        http_server_request_duration_seconds_bucket{le=\"+Inf\"} 2 \
                        # {trace_id=\"000000000000000000000000000000ff\"} 1.5\n# EOF\n";
        assert_eq!(append(text, [None, Some(exemplar)].into_iter()), expected);
    }
}
