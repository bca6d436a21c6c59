//! A web framework whose routes are checked by the compiler.
//!
//! An attribute on a function declares a route, and `#[routes]` on a tuple struct lists the routes of an app. From that
//! list the compiler builds the route table and one chain of middleware for each route. Mistakes that would otherwise
//! fail at startup or on a request are compile errors: two routes for one path, a path parameter without an argument,
//! state that is not provided.
//!
//! # Examples
//! ```no_run
//! use highball::prelude::*;
//!
//! #[get("/ping")]
//! async fn ping() -> Json<Value> {
//!     Json(json!({ "message": "pong" }))
//! }
//!
//! #[get("/users/{id}")]
//! async fn show(id: u64) -> String {
//!     format!("user {id}")
//! }
//!
//! #[routes(app)]
//! struct Api(ping, show);
//!
//! #[highball::main]
//! async fn main() -> highball::Result {
//!     highball::serve(Api).await
//! }
//! ```
//!
//! # Features
//! `http2` is on by default, and the others are off. A feature that is off adds no dependencies.
//!
//! | Feature | What it adds |
//! |---|---|
//! | `http2` | HTTP/2 by prior knowledge, on the same port |
//! | `http3` | HTTP/3 on the port of a TLS listener, by quinn and h3: experimental |
//! | `askama`, `minijinja` | pages from templates: `Page`, `Templates` |
//! | `config` | a file of settings, named by `HIGHBALL_CONFIG` |
//! | `pages` | `PageRequest` and `Paged`, lists in pages with signed cursors |
//! | `proxy-protocol` | the PROXY protocol, version 1 and 2 |
//! | `systemd` | sockets from systemd or systemfd, and readiness notifications |
//! | `tls` | TLS, by rustls |
//! | `basic-auth` | `Basic`, `BasicAuth` |
//! | `cookies`, `signed-cookies`, `private-cookies` | `Cookies`, `SignedCookies`, `PrivateCookies` |
//! | `files` | `Files`, a directory |
//! | `idempotency` | `Idempotent`, requests that are sent twice and run once |
//! | `headers` | `Header<T>`, a typed header |
//! | `msgpack`, `protobuf`, `toml`, `xml`, `yaml` | the format of that name |
//! | `multipart` | `Multipart`, forms with files |
//! | `tracing` | `traced`, a span around each request |
//! | `validate` | `Valid<E>`, an extractor that validates its value |
//! | `ws` | `WebSocketUpgrade` |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod app;
pub mod battery;
pub mod body;
mod chain;
pub mod clock;
mod config;
mod const_text;
mod decode;
mod deref;
pub mod describe;
#[cfg(doctest)]
mod doctests;
mod error;
mod events;
pub mod extract;
mod header_value;
pub mod middleware;
mod panics;
mod pool;
pub mod prelude;
mod request;
pub mod response;
mod routes;
pub mod serve;
mod server;
mod table;
mod tasks;
pub mod testing;
pub mod tower;

pub use app::App;
pub use body::Body;
pub use chain::{Detached, Next};
pub use config::Config;
pub use error::{Error, Result, ResultExt};
#[cfg(feature = "cookies")]
#[doc(inline)]
pub use extract::cookies as cookie;
#[cfg(feature = "multipart")]
#[doc(inline)]
pub use extract::multipart;
#[cfg(feature = "pages")]
#[doc(inline)]
pub use extract::paging;
#[cfg(feature = "ws")]
#[doc(inline)]
pub use extract::websocket as ws;
pub use extract::{Extract, ExtractAsync, Form, Local, Path, PathFields, Query};
pub use highball_macros::{
    IntoResponse, Local, PathFields, State, any, delete, fallback, get, guard, head, main,
    middleware, observer, options, patch, post, put, query, route, routes, url,
};
pub use request::{Context, Exchange, State};
#[doc(inline)]
pub use response::sse;
pub use response::{IntoResponse, Json, Rejection, Response};
pub use routes::{ArgumentInfo, Priority, Route};
pub use serve::{block_on, serve};

pub use bytes::{self, Bytes};
pub use http;
pub use serde_json::{self, json};
pub use tokio;
