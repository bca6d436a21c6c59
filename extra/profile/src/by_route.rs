//! The CPU by route.

use std::{fmt::Write as _, sync::mpsc};

use highball::{
    Context, Rejection, Response, Route,
    http::{StatusCode, header},
    prelude::{IntoResponse, Json, Query, get},
};
use serde::Serialize;
use tokio::task::spawn_blocking;

use crate::{
    page::{escape, page},
    profiler,
    query::Asked,
    sampler::{Counts, count},
    turn::Turn,
};

/// The CPU by route.
#[derive(Debug, Serialize)]
struct Report {
    /// All samples: in each of the ticks, one for each running thread.
    samples: u64,
    /// The mean of running threads.
    threads: f64,
    /// The routes that ran, those with most samples first.
    routes: Vec<RouteShare>,
    rest: Vec<Share>,
}

#[derive(Debug, Serialize)]
struct RouteShare {
    methods: String,
    path: &'static str,
    handler: &'static str,
    file: &'static str,
    line: u32,
    samples: u64,
    share: f64,
}

#[derive(Debug, Serialize)]
struct Share {
    name: &'static str,
    samples: u64,
    share: f64,
}

/// Responds with the share of each route in the samples, as JSON, or as a page if the client accepts HTML.
#[get("/debug/pprof/routes", admin, on_disconnect = cancel)]
pub(crate) async fn by_route(asked: Query<Asked>, cx: &Context<'_>) -> Result<Response, Rejection> {
    let accept = cx.header("accept").unwrap_or_default();
    let is_page = accept.contains("text/html");
    let span = asked.span()?;
    let routes = profiler::routes();
    if routes.is_empty() {
        return Err(not_implemented(
            "the routes are not known: write `.install(highball_profile::Profiler)` where the app is served",
        ));
    }
    let turn = Turn::take(span.time)?;
    // The thread notices that the client has disconnected by the drop of the sender.
    let (_waits, gone) = mpsc::channel();
    let counted = spawn_blocking(move || {
        let _turn = turn;
        count(routes, span, &gone)
    });
    let counted = counted.await.map_err(|_| Rejection::internal())?;
    let counts = counted.map_err(|error| {
        not_implemented("CPU by route needs `/proc/self/task`, which Linux has").with_source(error)
    })?;
    let report = Report::new(&counts, routes);
    Ok(match is_page {
        true => page("CPU by route", &report.html()),
        false => {
            let headers = [
                (header::CACHE_CONTROL, "no-store"),
                (header::VARY, "accept"),
            ];
            (headers, Json(report)).into_response()
        }
    })
}

fn not_implemented(detail: &'static str) -> Rejection {
    Rejection::new(StatusCode::NOT_IMPLEMENTED, detail)
}

impl Report {
    fn new(counts: &Counts, routes: &'static [Route]) -> Self {
        let total = counts.total();
        let share = |samples: u64| samples as f64 / total.max(1) as f64;
        let shares = routes.iter().zip(&counts.routes);
        let shares = shares.filter(|(_, samples)| **samples > 0);
        let shares = shares.map(|(route, samples)| RouteShare {
            methods: methods(route),
            path: route.path(),
            handler: route.handler(),
            file: route.file(),
            line: route.line(),
            samples: *samples,
            share: share(*samples),
        });
        let mut shares: Vec<_> = shares.collect();
        shares.sort_by_key(|route| std::cmp::Reverse(route.samples));
        let rest = [
            ("requests without a route of the app", counts.unrouted),
            (
                "runtime: threads of requests, between requests",
                counts.runtime,
            ),
            ("other threads", counts.other),
        ];
        let rest = rest.into_iter().map(|(name, samples)| Share {
            name,
            samples,
            share: share(samples),
        });
        Self {
            samples: total,
            threads: total as f64 / counts.ticks.max(1) as f64,
            routes: shares,
            rest: rest.collect(),
        }
    }

    fn html(&self) -> String {
        let mut html = format!(
            "<p>{} samples; {:.2} threads were running in the mean.</p>\n<table cellpadding=\"6\">\n<thead><tr>\
             <th align=\"left\">Route</th><th align=\"right\">Share</th><th></th><th align=\"right\">Samples</th>\
             <th align=\"left\">Handler</th></tr></thead>\n<tbody>\n",
            self.samples, self.threads
        );
        for route in &self.routes {
            let name = format!("{} {}", route.methods, route.path);
            let place = format!("{} ({}:{})", route.handler, route.file, route.line);
            row(&mut html, &name, route.share, route.samples, &place);
        }
        for rest in &self.rest {
            row(&mut html, rest.name, rest.share, rest.samples, "");
        }
        html.push_str("</tbody>\n</table>\n");
        html
    }
}

fn row(html: &mut String, name: &str, share: f64, samples: u64, place: &str) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        html,
        "<tr><td>{}</td><td align=\"right\">{:.1} %</td><td><meter value=\"{share:.3}\"></meter></td>\
         <td align=\"right\">{samples}</td><td>{}</td></tr>",
        escape(name),
        share * 100.0,
        escape(place)
    );
}

fn methods(route: &Route) -> String {
    let methods = route.methods().collect::<Vec<_>>().join(",");
    match methods.is_empty() {
        true => "ANY".to_owned(),
        false => methods,
    }
}
