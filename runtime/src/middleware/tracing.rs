//! A `tracing` span for each request.

use highball_macros::middleware;
use tracing::{Instrument, Span, field::Empty};

use crate::{chain::Next, extract::Facts, request::Context, response::Response, routes::Answers};

/// A middleware that runs the rest of the chain in a span of the `tracing` crate, so that log lines belong to their
/// request. An exporter can send it to OpenTelemetry.
///
/// The span is called `request` and has the fields of OpenTelemetry's
/// [conventions](https://opentelemetry.io/docs/specs/semconv/http/http-spans/): `http.request.method`,
/// `url.path`, `http.route`, `http.response.status_code`, `otel.kind` and `otel.name`. A status of 500 and more also
/// has `error.type`. A handler can add fields to `Span::current()`. The span ends with the head of the response. The
/// time of the body is in the [`AccessLog`](crate::middleware::AccessLog).
///
/// # Examples
/// ```
/// use highball::{middleware::traced, prelude::*};
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app, with(traced))]
/// struct Api(home);
/// ```
#[middleware(facts = Facts::PATH, answers = Answers::NONE, crate = crate)]
pub async fn traced(cx: &mut Context<'_>, next: impl Next) -> Response {
    let span = span(cx);
    let response = next.run(cx).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("error.type", status.as_str());
    }
    response
}

fn span(cx: &Context<'_>) -> Span {
    let method = cx.method().as_str();
    let span = tracing::info_span!(
        "request",
        "http.request.method" = method,
        "url.path" = cx.path(),
        "http.route" = Empty,
        "http.response.status_code" = Empty,
        "error.type" = Empty,
        "otel.kind" = "server",
        "otel.name" = Empty,
    );
    match cx.full_path() {
        Some(route) => {
            span.record("http.route", route);
            span.record(
                "otel.name",
                tracing::field::display(format_args!("{method} {route}")),
            );
        }
        // Without a route the path is not used as a name, because clients could make any number of names.
        None => {
            span.record("otel.name", method);
        }
    }
    span
}
