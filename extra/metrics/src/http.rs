//! The metrics of requests, for each route.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use highball::{Exchange, Route, http::StatusCode, middleware::Outcome};
use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType};

use crate::{
    collect::Head,
    http::{
        durations::{BUCKETS, Durations},
        exemplars::Exemplars,
        methods::Methods,
    },
    series as names,
};

mod durations;
mod exemplars;
mod methods;

pub use durations::BOUNDS_MICROS;
pub(crate) use methods::known_method;

/// The classes of ends: by the status, or a reason why the status is not the end.
const CLASSES: [&str; 7] = [
    "1xx",
    "2xx",
    "3xx",
    "4xx",
    "5xx",
    "body_failed",
    "client_left",
];
const BODY_FAILED: usize = 5;
const CLIENT_LEFT: usize = 6;

/// The note that [`request_id`](fn@highball::middleware::request_id) adds.
const TRACE_ID: &str = "trace_id";

/// The series of all routes.
#[derive(Debug)]
pub(crate) struct Http {
    /// Where the series of each route are, by the index of the route.
    routes: Box<[Place]>,
    series: Box<[Series]>,
    exemplars: Exemplars,
}

/// The series of a route.
#[derive(Debug)]
struct Place {
    /// The index of the first one in [`Http::series`], or `None` if the route is left out.
    first: Option<usize>,
    methods: Methods,
}

/// The series of a route and a method, or of all requests without a route.
#[derive(Debug)]
struct Series {
    /// The method and the path.
    route: Option<(&'static str, &'static str)>,
    durations: Durations,
    /// The sum of all durations, in microseconds. Nanoseconds would overflow after months of long requests.
    micros: AtomicU64,
    classes: [AtomicU64; CLASSES.len()],
    bytes: AtomicU64,
}

impl Http {
    /// Creates the series of the routes for which `is_skipped` returns false.
    pub(crate) fn new(routes: &[Route], is_skipped: impl Fn(&Route) -> bool) -> Self {
        // The first one is that of requests without a route.
        let mut series = vec![Series::new(None, None)];
        let places = routes.iter().map(|route| {
            let methods = Methods::of(route.methods());
            let first = (!is_skipped(route)).then_some(series.len());
            if first.is_some() {
                let own = route.slo().and_then(|slo| slo.latency());
                let own = own.map(|latency| latency.micros);
                let names = methods.names();
                series.extend(names.map(|method| Series::new(Some((method, route.path())), own)));
            }
            Place { first, methods }
        });
        let routes = places.collect();
        Self {
            routes,
            series: series.into(),
            exemplars: Exemplars::default(),
        }
    }

    /// Counts a finished exchange: four relaxed additions.
    pub(crate) fn count(&self, exchange: &Exchange<'_>) {
        let index = match exchange.route_index() {
            None => Some(0),
            Some(route) => self.routes.get(route).and_then(|place| {
                let first = place.first?;
                Some(first + place.methods.position(exchange.method()))
            }),
        };
        let Some((index, series)) = index.and_then(|index| Some((index, self.series.get(index)?)))
        else {
            return;
        };
        let (nanos, bucket) = series.count(exchange);
        let mut notes = exchange.notes();
        if let Some((_, trace)) = notes.find(|(key, _)| *key == TRACE_ID) {
            let (count, index) = (self.series.len() * BUCKETS, index * BUCKETS + bucket);
            self.exemplars.offer(count, index, trace, nanos);
        }
    }

    /// Appends the trace of a request to the line of each bucket that has one.
    pub(crate) fn append_exemplars(&self, text: String) -> String {
        if self.exemplars.is_empty() {
            return text;
        }
        let series = self.series.iter().enumerate();
        let lines = series.flat_map(|(index, series)| {
            let buckets = series.durations.order();
            buckets.map(move |bucket| index * BUCKETS + bucket)
        });
        exemplars::append(&text, lines.map(|line| self.exemplars.take(line)))
    }

    pub(crate) fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        self.encode_durations(encoder)?;
        self.encode_classes(encoder)?;
        let help = "Bytes of the bodies of responses that were passed to the connection.";
        let head = Head::new(counted(names::BODY_BYTES), "bytes", help);
        let mut lines = head.begin(encoder, MetricType::Counter)?;
        for series in &self.series {
            lines.counter(&series.labels(), series.bytes.load(Relaxed) as f64)?;
        }
        Ok(())
    }

    fn encode_durations(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Time from the request to the end of the response's body.";
        let head = Head::new(names::DURATION, "seconds", help);
        let mut lines = head.begin(encoder, MetricType::Histogram)?;
        let mut buckets = Vec::new();
        for series in &self.series {
            series.durations.read(&mut buckets);
            let sum = series.micros.load(Relaxed) as f64 / 1_000_000.0;
            lines.histogram(&series.labels(), sum, &buckets)?;
        }
        Ok(())
    }

    fn encode_classes(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Requests by the class of their status; body_failed: the body returned an error after \
                    the head; client_left: the client disconnected before the response.";
        let head = Head::new(counted(names::RESPONSES), "", help);
        let mut lines = head.begin(encoder, MetricType::Counter)?;
        for series in &self.series {
            let mut labels = series.labels();
            for (class, count) in CLASSES.iter().zip(&series.classes) {
                labels.push((names::STATUS_CLASS, class));
                lines.counter(&labels, count.load(Relaxed) as f64)?;
                labels.pop();
            }
        }
        Ok(())
    }
}

impl Series {
    /// Creates the series. The objective of the route is in microseconds.
    fn new(route: Option<(&'static str, &'static str)>, objective: Option<u64>) -> Self {
        Self {
            route,
            durations: Durations::new(objective),
            micros: AtomicU64::new(0),
            classes: Default::default(),
            bytes: AtomicU64::new(0),
        }
    }

    /// Counts an exchange, and returns its nanoseconds and the index of its bucket.
    fn count(&self, exchange: &Exchange<'_>) -> (u64, usize) {
        let (nanos, bucket) = self.durations.count(exchange.duration());
        self.micros.fetch_add(nanos / 1000, Relaxed);
        self.classes[class(exchange)].fetch_add(1, Relaxed);
        self.bytes.fetch_add(exchange.bytes(), Relaxed);
        (nanos, bucket)
    }

    /// Returns the labels. Those of a request without a route are empty, since its path and its method are not ours.
    fn labels(&self) -> Vec<(&'static str, &'static str)> {
        let Some((method, path)) = self.route else {
            return Vec::with_capacity(1);
        };
        let mut labels = Vec::with_capacity(3);
        labels.extend([(names::METHOD, method), (names::ROUTE, path)]);
        labels
    }
}

/// Returns the name of a counter without the suffix of its series.
fn counted(series: &'static str) -> &'static str {
    series.strip_suffix("_total").unwrap_or(series)
}

/// Returns the index of the class of an exchange.
fn class(exchange: &Exchange<'_>) -> usize {
    let Some(status) = exchange.status() else {
        return CLIENT_LEFT;
    };
    if exchange.outcome() == Outcome::Failed {
        return BODY_FAILED;
    }
    of_status(status)
}

fn of_status(status: StatusCode) -> usize {
    usize::from(status.as_u16() / 100).clamp(1, 5) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_class() {
        for (status, class) in [
            (101, "1xx"),
            (204, "2xx"),
            (404, "4xx"),
            (599, "5xx"),
            (999, "5xx"),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(CLASSES[of_status(status)], class);
        }
    }

    #[test]
    fn names_for_queries_are_those_of_the_series() {
        assert_eq!(
            names::DURATION_BUCKET,
            format!("{}_bucket", names::DURATION)
        );
        let failed: Vec<_> = names::FAILED.split('|').collect();
        assert!(failed.iter().all(|class| CLASSES.contains(class)));
    }
}
