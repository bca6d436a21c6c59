//! The route that Prometheus reads.

use highball::{http::header, prelude::*};
use tokio::task::spawn_blocking;

use crate::{accept::Format, classic::from_open_metrics, exporter::Exporter};

/// The route of scrapes: `GET /metrics` responds with all metrics of the [`Exporter`] in the state.
///
/// The format is OpenMetrics if the client accepts it, as Prometheus does, else the classic text of Prometheus. The
/// text is made on a thread for blocking work, so a scrape of many routes delays no request.
///
/// Metrics are private: they show each route, how often it fails, and how much the app earns if that is a metric. So
/// the route is for operators: list it in `#[routes(admin)]`, which [`Serve::admin`](highball::serve::Serve::admin) serves on
/// a separate address.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_metrics::{Exporter, metrics};
///
/// #[derive(State)]
/// struct AppState {
///     exporter: Exporter,
/// }
///
/// #[routes(admin)]
/// struct Operators(metrics);
///
/// # highball::block_on(async {
/// let app = Operators.test().state(AppState { exporter: Exporter::new() });
/// let response = app.get("/metrics").send().await;
/// assert!(response.text().contains("# TYPE highball_cut_connections_total counter"));
/// # });
/// ```
#[get("/metrics", admin)]
pub async fn metrics(
    exporter: State<Exporter>,
    cx: &mut Context<'_>,
) -> Result<Response, Rejection> {
    let format = Format::of(cx.header("accept").unwrap_or_default());
    let exporter = Exporter::clone(&exporter);
    let text = spawn_blocking(move || {
        let text = exporter.open_metrics()?;
        Ok::<_, std::fmt::Error>(match format {
            Format::OpenMetrics => exporter.append_exemplars(text),
            Format::Classic => from_open_metrics(&text),
        })
    });
    let text = text.await.map_err(|_| Rejection::internal())?;
    let text = text.map_err(|_| Rejection::internal())?;
    let headers = [
        (header::CONTENT_TYPE, format.content_type()),
        (header::VARY, "accept"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}
