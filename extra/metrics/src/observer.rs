//! The observer that counts requests.

use highball::prelude::*;

use crate::exporter::Exporter;

/// The observer that measures each request by its route.
///
/// Put it into `with(..)` of the app, first, so that it sees the time of all other parts. It takes the [`Exporter`]
/// from the state. A request costs an index and four relaxed additions, without a lock, a hash or an allocation. The
/// time ends with the body of the response.
///
/// | Metric | Labels |
/// |---|---|
/// | `http_server_request_duration_seconds`, a histogram | `http_request_method`, `http_route` |
/// | `http_server_responses_total` | and `http_response_status_class` |
/// | `http_server_response_body_bytes_total` | `http_request_method`, `http_route` |
///
/// The labels are those of the route, so no client can add a series. Requests that no route matches are one series
/// without these labels.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_metrics::{Exporter, measured};
///
/// #[derive(State)]
/// struct AppState {
///     exporter: Exporter,
/// }
///
/// #[get("/books/{id}")]
/// async fn book(id: u64) -> String {
///     format!("book {id}")
/// }
///
/// #[routes(app, with(measured))]
/// struct Api(book);
///
/// #[routes(admin)]
/// struct Operators(highball_metrics::metrics);
///
/// # highball::block_on(async {
/// let exporter = Exporter::new();
/// let client = Api.test().state(AppState { exporter: exporter.clone() }).start();
/// client.get("/books/7").send().await;
/// let scrape = Operators.test().state(AppState { exporter }).get("/metrics").send().await;
/// let line = r#"http_server_request_duration_seconds_count{http_request_method="GET",http_route="/books/{id}"} 1"#;
/// assert!(scrape.text().contains(line));
/// # });
/// ```
#[observer]
pub fn measured(exchange: &Exchange<'_>, exporter: State<Exporter>) {
    exporter.http(|| exchange.routes()).count(exchange);
}
