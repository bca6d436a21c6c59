//! The metrics of requests, for each route.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use highball::{Exchange, Route, http::StatusCode, middleware::Outcome};
use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType};

use crate::{collect::Head, http::methods::Methods, series as names};

mod methods;

pub(crate) use methods::known_method;

/// The bounds of durations in seconds, which OpenTelemetry recommends, and in nanoseconds.
const BOUNDS: [(f64, u64); 14] = [
    (0.005, 5_000_000),
    (0.01, 10_000_000),
    (0.025, 25_000_000),
    (0.05, 50_000_000),
    (0.075, 75_000_000),
    (0.1, 100_000_000),
    (0.25, 250_000_000),
    (0.5, 500_000_000),
    (0.75, 750_000_000),
    (1.0, 1_000_000_000),
    (2.5, 2_500_000_000),
    (5.0, 5_000_000_000),
    (7.5, 7_500_000_000),
    (10.0, 10_000_000_000),
];

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

/// The series of all routes.
#[derive(Debug)]
pub(crate) struct Http {
    /// Where the series of each route are, by the index of the route.
    routes: Box<[Place]>,
    series: Box<[Series]>,
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
    /// The last one has no bound.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    /// The sum of all durations, in microseconds. Nanoseconds would overflow after months of long requests.
    micros: AtomicU64,
    classes: [AtomicU64; CLASSES.len()],
    bytes: AtomicU64,
}

impl Http {
    /// Creates the series of the routes for which `is_skipped` returns false.
    pub(crate) fn new(routes: &[Route], is_skipped: impl Fn(&Route) -> bool) -> Self {
        // The first one is that of requests without a route.
        let mut series = vec![Series::new(None)];
        let places = routes.iter().map(|route| {
            let methods = Methods::of(route.methods());
            let first = (!is_skipped(route)).then_some(series.len());
            if first.is_some() {
                let names = methods.names();
                series.extend(names.map(|method| Series::new(Some((method, route.path())))));
            }
            Place { first, methods }
        });
        let routes = places.collect();
        Self {
            routes,
            series: series.into(),
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
        if let Some(series) = index.and_then(|index| self.series.get(index)) {
            series.count(exchange);
        }
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
        let bounds = BOUNDS.iter().map(|(bound, _)| *bound);
        let bounds = bounds.chain([f64::INFINITY]);
        let mut buckets = Vec::with_capacity(BOUNDS.len() + 1);
        for series in &self.series {
            let counts = series.buckets.iter().map(|bucket| bucket.load(Relaxed));
            buckets.clear();
            buckets.extend(bounds.clone().zip(counts));
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
    fn new(route: Option<(&'static str, &'static str)>) -> Self {
        Self {
            route,
            buckets: Default::default(),
            micros: AtomicU64::new(0),
            classes: Default::default(),
            bytes: AtomicU64::new(0),
        }
    }

    fn count(&self, exchange: &Exchange<'_>) {
        let duration = exchange.duration();
        let nanos = u64::from(duration.subsec_nanos());
        let nanos = duration.as_secs().saturating_mul(1_000_000_000) + nanos;
        // Most requests are in one of the first buckets, so a search from the start is the shortest.
        let bucket = BOUNDS.iter().position(|(_, bound)| nanos <= *bound);
        let bucket = bucket.unwrap_or(BOUNDS.len());
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.micros.fetch_add(nanos / 1000, Relaxed);
        self.classes[class(exchange)].fetch_add(1, Relaxed);
        self.bytes.fetch_add(exchange.bytes(), Relaxed);
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

    #[test]
    fn bounds_are_the_same_in_both_units() {
        for (seconds, nanos) in BOUNDS {
            assert_eq!((seconds * 1e9).round() as u64, nanos);
        }
    }
}
