//! Guards, middleware, observers and tower layers, and those that come with the framework.

mod access_log;
mod basic_auth;
mod cors;
mod csrf;
mod detached;
mod etag;
mod every;
mod idempotency;
mod method_override;
mod observers;
mod order;
mod origins;
mod path_calls;
mod preflight;
mod request_id;
mod security_headers;
mod timeout;
mod tower_layers;
mod with;

use highball::{http::HeaderName, testing::TestResponse};

/// Returns whether a response contains a header.
fn has(response: &TestResponse, name: HeaderName) -> bool {
    response.headers().contains_key(name)
}
