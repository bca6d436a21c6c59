//! A span of `tracing` around a request.

use highball_macros::middleware;
use tracing::{Instrument, Span, field::Empty};

use crate::{chain::Next, request::Context, response::Response};

/// Runs the rest of the chain inside a span of the `tracing` crate, so that what it logs belongs to its
/// request; an exporter makes it a span of OpenTelemetry.
///
/// The span is called `request` and has the fields of OpenTelemetry's
/// [conventions](https://opentelemetry.io/docs/specs/semconv/http/http-spans/): `http.request.method`,
/// `url.path`, `http.route`, `http.response.status_code`, `otel.kind` and `otel.name`, and `error.type` for a
/// status of 500 and more. A handler adds its own by `Span::current()`. It ends with the head of the
/// answer; the body is in the [`AccessLog`](crate::middleware::AccessLog).
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
#[middleware(crate = crate)]
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
        // What a client makes up is no name: there would be as many as there are clients.
        None => {
            span.record("otel.name", method);
        }
    }
    span
}
