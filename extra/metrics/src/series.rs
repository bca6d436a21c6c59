//! The names of the metrics of requests, for rules and dashboards.
//!
//! # Examples
//! ```
//! use highball_metrics::series;
//!
//! let failures = format!("{}{{{}=~\"{}\"}}", series::RESPONSES, series::STATUS_CLASS, series::FAILED);
//! assert_eq!(failures, "http_server_responses_total{http_response_status_class=~\"5xx|body_failed\"}");
//! ```

use crate::http::known_method;

/// The histogram of durations.
///
/// # Examples
/// ```
/// use highball_metrics::series;
///
/// assert_eq!(format!("{}_sum", series::DURATION), "http_server_request_duration_seconds_sum");
/// ```
pub const DURATION: &str = "http_server_request_duration_seconds";
/// The buckets of [`DURATION`].
///
/// # Examples
/// ```
/// use highball_metrics::series;
///
/// assert_eq!(series::DURATION_BUCKET, "http_server_request_duration_seconds_bucket");
/// ```
pub const DURATION_BUCKET: &str = "http_server_request_duration_seconds_bucket";
/// The counter of requests by the class of their status.
///
/// # Examples
/// ```
/// use highball_metrics::series;
///
/// assert_eq!(series::RESPONSES, "http_server_responses_total");
/// ```
pub const RESPONSES: &str = "http_server_responses_total";
/// The counter of bytes.
///
/// # Examples
/// ```
/// use highball_metrics::series;
///
/// assert_eq!(series::BODY_BYTES, "http_server_response_body_bytes_total");
/// ```
pub const BODY_BYTES: &str = "http_server_response_body_bytes_total";
/// The label of the method.
///
/// # Examples
/// ```
/// use highball_metrics::series;
///
/// assert_eq!(series::METHOD, "http_request_method");
/// ```
pub const METHOD: &str = "http_request_method";
/// The label of the route's pattern. Requests without a route do not have it.
///
/// # Examples
/// ```
/// use highball_metrics::series;
///
/// assert_eq!(series::ROUTE, "http_route");
/// ```
pub const ROUTE: &str = "http_route";
/// The label of the class of a status.
///
/// # Examples
/// ```
/// use highball_metrics::series;
///
/// assert_eq!(series::STATUS_CLASS, "http_response_status_class");
/// ```
pub const STATUS_CLASS: &str = "http_response_status_class";
/// The classes that are failures of the app, as a regular expression.
///
/// # Examples
/// ```
/// use highball_metrics::series;
///
/// assert_eq!(series::FAILED, "5xx|body_failed");
/// ```
pub const FAILED: &str = "5xx|body_failed";

/// Returns the value of [`METHOD`] for a method: its name, or `_OTHER`.
///
/// # Examples
/// ```
/// use highball_metrics::series;
///
/// assert_eq!(series::method("GET"), "GET");
/// assert_eq!(series::method("PURGE"), "_OTHER");
/// ```
pub fn method(name: &str) -> &'static str {
    known_method(name)
}
