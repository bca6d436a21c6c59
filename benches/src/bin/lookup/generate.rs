//! Generates sets of routes, and requests to them in random order.

use highball::__private::STANDARD;
use http::Method;

use crate::{
    route_set::{N_METHODS, Request, RouteSet},
    routers::{Matchit, Router},
};

/// The names of the route tables. Each has a set of hits, and a set of misses with the suffix `-misses`.
const NAMES: [&str; 7] = [
    "github",
    "gitlab",
    "synthetic-10",
    "synthetic-100",
    "synthetic-1000",
    "synthetic-10000",
    "long-1000",
];

/// Returns all sets.
pub fn all_sets() -> Vec<RouteSet> {
    let mut sets = Vec::new();
    for name in NAMES {
        sets.extend(table_sets(name));
    }
    sets
}

/// Returns the sets of one table.
pub fn table_sets(name: &str) -> Vec<RouteSet> {
    let routes = match name.split_once('-') {
        Some(("synthetic", n_routes)) => synthetic(n_routes.parse().expect("a number"), &WORDS),
        Some(("long", n_routes)) => synthetic(n_routes.parse().expect("a number"), &LONG_WORDS),
        _ if name == "gitlab" => gitlab(),
        _ => github(),
    };
    let mut sets = Vec::new();
    add_sets(&mut sets, name, routes);
    sets
}

/// Adds a set of hits and a set of misses.
fn add_sets(sets: &mut Vec<RouteSet>, name: &str, routes: Vec<(usize, String)>) {
    let routes = supported_routes(name, routes);
    let mut random = Random(1);
    let mut hits = Vec::new();
    for (idx, (method_idx, pattern)) in routes.iter().enumerate() {
        let path = fill_params(pattern, &mut random);
        hits.push(request(*method_idx, path, Some(idx)));
    }
    random.shuffle(&mut hits);
    let misses = hits.iter().enumerate().map(|(idx, hit)| {
        let end = [hit.path.len(), hit.path.len() / 2, 1][idx % 3];
        request(hit.method_idx, format!("{}/~none", &hit.path[..end]), None)
    });
    let mut misses = RouteSet {
        name: format!("{name}-misses"),
        routes: routes.clone(),
        requests: misses.collect(),
    };
    // A generated path may match a route after all, such as a catch-all.
    if let Some(matchit) = Matchit::new(&misses) {
        misses
            .requests
            .retain(|request| matchit.lookup(request).is_none());
    }
    sets.push(RouteSet {
        name: name.to_owned(),
        routes,
        requests: hits,
    });
    sets.push(misses);
}

fn request(method_idx: usize, path: String, route: Option<usize>) -> Request {
    let method = Method::from_bytes(STANDARD[method_idx].as_bytes()).expect("it is a method");
    Request {
        method,
        method_idx,
        path,
        route,
    }
}

/// Replaces the parameters of a pattern with values of common lengths.
fn fill_params(pattern: &str, random: &mut Random) -> String {
    const VALUES: [&str; 8] = [
        "42",
        "rust-lang",
        "1347",
        "octocat",
        "hello-world",
        "b1f0c2de",
        "main",
        "7f3a1c9e5b2d4860",
    ];
    let segments = pattern.split('/').map(|segment| match segment {
        segment if segment.starts_with("{*") => "src/table/lookup.rs",
        segment if segment.starts_with('{') => VALUES[random.below(VALUES.len())],
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Returns the routes of GitHub's API, which the benchmark server has, too.
fn github() -> Vec<(usize, String)> {
    let lines = include_str!("github.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    let routes = lines.map(|line| {
        let (method, pattern) = line.split_once(' ').expect("a line is a method and a path");
        let method_idx = STANDARD.iter().position(|known| *known == method);
        (
            method_idx.expect("the methods are standard"),
            number_params(pattern),
        )
    });
    routes.collect()
}

/// Returns the routes of GitLab, all with the same method.
fn gitlab() -> Vec<(usize, String)> {
    let lines = include_str!("gitlab.txt").lines();
    let patterns = lines.filter(|line| !line.starts_with('#'));
    patterns
        .map(|pattern| (0, number_params(pattern)))
        .collect()
}

/// Keeps the routes that matchit supports, because all routers are compared with it.
fn supported_routes(name: &str, mut routes: Vec<(usize, String)>) -> Vec<(usize, String)> {
    let n_routes = routes.len();
    let mut matchits: [matchit::Router<()>; N_METHODS] = Default::default();
    routes.retain(|(method, pattern)| matchits[*method].insert(pattern, ()).is_ok());
    if routes.len() < n_routes {
        eprintln!(
            "{name}: skipped {} routes that matchit rejects",
            n_routes - routes.len()
        );
    }
    routes
}

/// Names parameters by their position, because some routers reject two names at one position.
fn number_params(pattern: &str) -> String {
    let segments = pattern
        .split('/')
        .enumerate()
        .map(|(idx, segment)| match segment {
            segment if segment.starts_with("{*") => format!("{{*p{idx}}}"),
            segment if segment.starts_with('{') => format!("{{p{idx}}}"),
            segment => segment.to_owned(),
        });
    segments.collect::<Vec<_>>().join("/")
}

const WORDS: [&str; 24] = [
    "users",
    "repos",
    "issues",
    "comments",
    "notifications",
    "organizations",
    "members",
    "teams",
    "labels",
    "milestones",
    "settings",
    "billing",
    "invoices",
    "reports",
    "dashboards",
    "projects",
    "boards",
    "cards",
    "tasks",
    "events",
    "webhooks",
    "deployments",
    "pipelines",
    "artifacts",
];

const LONG_WORDS: [&str; 8] = [
    "organization-memberships",
    "organization-invitations",
    "notification-preferences",
    "notification-subscriptions",
    "continuous-integration-pipelines",
    "continuous-deployment-pipelines",
    "repository-access-permissions",
    "repository-branch-protection-rules",
];

/// Generates random routes of two to six segments, all with GET.
fn synthetic(n_routes: usize, words: &[&str]) -> Vec<(usize, String)> {
    let mut random = Random(7);
    let mut patterns = std::collections::BTreeSet::new();
    let mut routes = Vec::new();
    while routes.len() < n_routes {
        let n_segments = 2 + random.below(5);
        let pattern: String = (0..n_segments)
            .map(|idx| segment(idx, words, &mut random))
            .collect();
        if patterns.insert(pattern.clone()) {
            routes.push((0, pattern));
        }
    }
    routes
}

fn segment(idx: usize, words: &[&str], random: &mut Random) -> String {
    if idx % 2 == 1 && random.below(10) < 7 {
        return format!("/{{p{}}}", idx + 1);
    }
    let word = words[random.below(words.len())];
    match random.below(10) {
        0..4 => format!("/{word}{}", random.below(10)),
        _ => format!("/{word}"),
    }
}

/// Marsaglia's xorshift generator.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % n
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for idx in (1..items.len()).rev() {
            items.swap(idx, self.below(idx + 1));
        }
    }
}
