//! The requests that one pair of objectives is about: those of a route, or of all routes without objectives.

use highball::{Route, describe::Latency, extract::Facts};

use crate::{
    promql::{one_of, quoted},
    rule::Texts,
};

/// The methods that are labels of metrics. Every other one is `_OTHER`.
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
];

/// Requests with objectives.
#[derive(Debug)]
pub(crate) struct Target {
    /// The beginning of the names of its alerts: the function of the handler, or `app`.
    pub(crate) name: String,
    /// The labels `route` and `method` of what is recorded.
    pub(crate) route: String,
    pub(crate) method: String,
    /// The matchers of its series. A series matches one of them.
    pub(crate) matchers: Vec<String>,
    /// The labels of a series that matches, for tests of the rules.
    pub(crate) sample: (String, String),
    /// The share of requests that are not slower than a duration, in millionths and microseconds.
    pub(crate) latency: Option<(u32, u64)>,
    /// In millionths.
    pub(crate) errors: Option<u32>,
    /// The period of both, in days.
    pub(crate) period: Option<u64>,
    pub(crate) doc: &'static str,
    /// The file and the line of the handler.
    pub(crate) source: String,
}

/// The objectives of routes without own ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Defaults {
    pub(crate) latency: (u32, u64),
    pub(crate) errors: u32,
}

/// Returns the targets: the routes with objectives, the streams and all other routes.
pub(crate) fn targets(routes: &'static [Route], defaults: Defaults) -> Vec<Target> {
    let mut targets: Vec<_> = routes.iter().filter_map(of_route).collect();
    let others = routes.iter().filter(|route| route.slo().is_none());
    let (streams, others): (Vec<_>, Vec<_>) = others.partition(|route| is_stream(route));
    let errors = Some(defaults.errors);
    let others = of_routes("app", "(others)", &others, routes);
    targets.extend(others.map(|target| Target {
        latency: Some(defaults.latency),
        errors,
        ..target
    }));
    let streams = of_routes("streams", "(streams)", &streams, routes);
    targets.extend(streams.map(|target| Target { errors, ..target }));
    targets
}

/// Returns whether the responses of a route are open for as long as their clients listen.
fn is_stream(route: &Route) -> bool {
    let mut arguments = route.arguments();
    let is_websocket = arguments.any(|argument| argument.ty.contains("WebSocketUpgrade"));
    is_websocket || route.returns().contains("Sse") || route.facts().may(Facts::STREAM)
}

fn of_route(route: &Route) -> Option<Target> {
    let slo = route.slo()?;
    let latency = slo.latency();
    let latency = latency.map(|Latency { share, micros, .. }| (share, micros));
    let target = Target::of_route_within(route, latency);
    Some(Target {
        errors: slo.errors(),
        period: slo.period().map(|period| period.as_secs() / 86_400),
        ..target
    })
}

/// Returns the labels of a route, and the matchers of its series.
fn named(route: &Route) -> Target {
    let methods = methods(route);
    let sample = methods.first().copied().unwrap_or("GET");
    Target {
        name: alert_name(route.handler()),
        route: route.path().to_owned(),
        method: match methods.is_empty() {
            true => "*".to_owned(),
            false => methods.join("|"),
        },
        matchers: vec![matcher(route.path(), &methods, "=")],
        sample: (sample.to_owned(), route.path().to_owned()),
        latency: None,
        errors: None,
        period: None,
        doc: route.doc(),
        source: format!("{}:{}", route.file(), route.line()),
    }
}

/// Returns the target of these routes, or `None` if there are none.
fn of_routes(name: &str, label: &str, own: &[&Route], all: &[Route]) -> Option<Target> {
    let first = own.first()?;
    let sample = methods(first).first().copied().unwrap_or("GET");
    Some(Target {
        name: name.to_owned(),
        route: label.to_owned(),
        method: "*".to_owned(),
        matchers: matchers(own, all),
        sample: (sample.to_owned(), first.path().to_owned()),
        latency: None,
        errors: None,
        period: None,
        doc: "",
        source: String::new(),
    })
}

/// Returns matchers of all series of these routes. A path with routes of other targets has its own matcher.
fn matchers(own: &[&Route], all: &[Route]) -> Vec<String> {
    let is_own = |route: &Route| {
        own.iter()
            .any(|own| own.path() == route.path() && own.methods().eq(route.methods()))
    };
    let others = all.iter().filter(|route| !is_own(route));
    let others: Vec<_> = others.collect();
    let mut paths: Vec<_> = own.iter().map(|route| route.path()).collect();
    paths.dedup();
    let is_shared = |path: &str| others.iter().any(|other| other.path() == path);
    let (shared, alone): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_shared(path));
    let mut matchers = Vec::new();
    if !alone.is_empty() {
        matchers.push(format!("http_route=~{}", one_of(alone)));
    }
    for path in shared {
        let own = own.iter().filter(|route| route.path() == path);
        let own: Vec<_> = own.flat_map(|route| methods(route)).collect();
        matchers.push(match own.is_empty() {
            false => matcher(path, &own, "="),
            true => {
                let others = others.iter().filter(|other| other.path() == path);
                let others: Vec<_> = others.flat_map(|route| methods(route)).collect();
                matcher(path, &others, "!")
            }
        });
    }
    matchers
}

/// Returns a matcher of a path and these methods, or of all others by the sign `!`.
fn matcher(path: &str, methods: &[&str], sign: &str) -> String {
    let path = quoted(path);
    match (methods, sign) {
        ([], _) => format!("http_route={path}"),
        ([one], "=") => format!("http_route={path},http_request_method={}", quoted(one)),
        (many, _) => {
            let many = one_of(many.iter().copied());
            format!("http_route={path},http_request_method{sign}~{many}")
        }
    }
}

/// Returns the methods of a route as its metrics have them, or nothing if it serves all.
fn methods(route: &Route) -> Vec<&'static str> {
    let mut known = Vec::new();
    for name in route.methods() {
        let name = if METHODS.contains(&name) {
            name
        } else {
            "_OTHER"
        };
        if !known.contains(&name) {
            known.push(name);
        }
    }
    known
}

/// Returns the last part of a function's path as a name of alerts.
fn alert_name(handler: &str) -> String {
    let last = handler.rsplit("::").next().unwrap_or(handler);
    let last = last.strip_prefix("r#").unwrap_or(last);
    let is_kept = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    last.chars()
        .map(|letter| if is_kept(letter) { letter } else { '_' })
        .collect()
}

impl Target {
    /// Returns the target of a route, with a share of requests that are not slower than a duration.
    pub(crate) fn of_route_within(route: &Route, latency: Option<(u32, u64)>) -> Self {
        Self {
            latency,
            ..named(route)
        }
    }

    /// Returns the labels of what is recorded about the target.
    pub(crate) fn labels(&self) -> Texts {
        let labels = [("route", &self.route), ("method", &self.method)];
        labels
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .into()
    }

    /// Returns the labels that select what is recorded about the target.
    pub(crate) fn series(&self, job: &str) -> String {
        let [job, method, route] = [job, &self.method, &self.route].map(quoted);
        format!("{{job={job},method={method},route={route}}}")
    }

    /// Returns the name of the target in sentences.
    pub(crate) fn title(&self) -> String {
        match (self.name.as_str(), self.route.starts_with('(')) {
            ("app", true) => "the routes without objectives".to_owned(),
            (_, true) => "the streams".to_owned(),
            _ => format!("{} {}", self.method, self.route),
        }
    }
}
