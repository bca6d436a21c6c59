//! A web framework whose routes, middleware and mistakes are known to the compiler.
//!
//! Attributes on functions declare routes; `#[routes]` on a tuple struct lists them. The compiler
//! builds the route table and the chain of every route from that, and refuses what could only
//! have failed on a request: two routes for one path, a path parameter without an argument, state
//! that nobody provides.
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
//! `http2` is on by default; the others are off, and a build without one does not compile what it needs.
//!
//! | Feature | What it adds |
//! |---|---|
//! | `http2` | HTTP/2 by prior knowledge, on the same port |
//! | `http3` | HTTP/3 beside TLS, by quinn and h3: experimental |
//! | `askama`, `minijinja` | pages of templates: `Page`, `Templates` |
//! | `config` | a file of settings, named by `HIGHBALL_CONFIG` |
//! | `proxy-protocol` | the PROXY protocol, version 1 and 2 |
//! | `systemd` | sockets handed over by systemd or systemfd, and telling systemd that the app is ready |
//! | `tls` | TLS, by rustls |
//! | `basic-auth` | `Basic`, `BasicAuth` |
//! | `cookies`, `signed-cookies`, `private-cookies` | `Cookies`, `SignedCookies`, `PrivateCookies` |
//! | `files` | `Files`, a directory |
//! | `headers` | `Header<T>`, a typed header |
//! | `msgpack`, `protobuf`, `toml`, `xml`, `yaml` | the format of that name |
//! | `multipart` | `Multipart`, forms with files |
//! | `tracing` | `traced`, a span around each request |
//! | `validate` | `Valid<E>`, values that keep their rules |
//! | `ws` | `WebSocketUpgrade` |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
mod blame;
mod body;
mod busy;
mod capacity;
mod chain;
mod client;
mod config;
mod context;
#[cfg(feature = "cookies")]
mod cookies;
mod entry;
mod error;
mod exchange;
mod extract;
#[cfg(feature = "files")]
mod files;
#[cfg(any(
    feature = "msgpack",
    feature = "protobuf",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
mod format;
mod head;
mod header_value;
mod health;
mod health_routes;
mod host;
mod info;
mod limit;
mod link;
mod listen;
mod local;
mod miss;
#[cfg(feature = "multipart")]
mod multipart;
mod observe;
mod origin;
mod panics;
mod parts;
mod per_app;
mod pool;
mod proxies;
mod rejection;
mod response;
mod route;
mod safe_path;
mod serve;
mod server;
mod service;
mod shared;
mod state;
mod stopping;
mod table;
mod tasks;
#[cfg(any(feature = "askama", feature = "minijinja"))]
mod templates;
mod text;
#[cfg(feature = "tls")]
mod tls;
mod values;
#[cfg(feature = "ws")]
mod websocket;
#[cfg(doctest)]
mod words;
mod wrap;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod prelude;

pub use app::App;
pub use body::{Body, BodyStream, BoxError, Outcome, ReadError, RequestBody, Sender, produce};
pub use capacity::Capacity;
pub use chain::{Inside, Next, Nothing, Verdict};
#[cfg(feature = "ws")]
pub use client::TestWebSocket;
pub use client::{
    TestApp, TestClient, TestEvent, TestMultipart, TestRequest, TestResponse, TestSession,
    TestStream,
};
pub use config::Config;
pub use context::Context;
#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
pub use cookies::Key;
#[cfg(feature = "private-cookies")]
pub use cookies::PrivateCookies;
#[cfg(feature = "signed-cookies")]
pub use cookies::SignedCookies;
#[cfg(feature = "cookies")]
pub use cookies::{Cookie, Cookies, SameSite};
pub use entry::{Argument, Entry};
pub use error::{Error, Result, ResultExt};
#[cfg(feature = "basic-auth")]
pub use extract::Basic;
#[cfg(feature = "headers")]
pub use extract::Header;
#[cfg(feature = "validate")]
pub use extract::Valid;
pub use extract::{
    Bearer, Bind, ConnectInfo, Either, Extract, ExtractAsync, Form, Input, LastEventId, List,
    Local, MatchedRoute, OptionalExtract, Path, PathFields, Precondition, Query,
};
#[cfg(feature = "files")]
pub use files::Files;
#[cfg(feature = "msgpack")]
pub use format::MsgPack;
#[cfg(feature = "protobuf")]
pub use format::Protobuf;
#[cfg(feature = "toml")]
pub use format::Toml;
#[cfg(feature = "xml")]
pub use format::Xml;
#[cfg(feature = "yaml")]
pub use format::Yaml;
pub use health_routes::{livez, readyz};
pub use highball_macros::{
    IntoResponse, Local, PathFields, State, any, delete, fallback, get, guard, head, main,
    middleware, observer, options, patch, post, put, query, route, routes, url,
};
pub use info::Route;
pub use limit::{Concurrency, Timeout, body_limit, concurrency, millis, secs};
pub use listen::{Incoming, Listener};
pub use local::{Handed, LocalId, LocalType};
#[cfg(feature = "multipart")]
pub use multipart::{Field, Multipart};
pub use observe::Exchange;
pub use origin::Origin;
#[cfg(feature = "tracing")]
pub use parts::traced;
pub use parts::{AccessLog, Cors, ETag, SecurityHeaders, Trace, cors, request_id};
#[cfg(feature = "basic-auth")]
pub use parts::{Account, Accounts, BasicAuth};
pub use per_app::PerApp;
pub use pool::{Pooled, Pools, pools};
pub use proxies::{Client, Proxies};
pub use rejection::{FieldError, Rejection};
pub use response::{
    Accept, Attachment, Created, Event, Html, IntoResponse, IntoResponseParts, Json, Jsonp,
    NoContent, Offers, PrettyJson, Redirect, Response, Revision, Sse, Status,
};
pub use route::Priority;
pub use safe_path::{SafePath, UnsafePath};
pub use serve::{Serve, ServeWith, block_on, serve};
pub use service::{Service, forward};
pub use state::{Provide, State};
pub use stopping::Stopping;

#[cfg(feature = "askama")]
pub use templates::Page;
#[cfg(feature = "minijinja")]
pub use templates::Templates;
#[cfg(feature = "tls")]
pub use tls::Tls;
#[cfg(feature = "ws")]
pub use websocket::{Closed, Message, WebSocket, WebSocketUpgrade};

pub use bytes::{self, Bytes};
pub use http;
pub use serde_json::{self, json};
pub use tokio;
