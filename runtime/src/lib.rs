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

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod app;
mod body;
mod chain;
mod config;
mod const_text;
mod decode;
mod deref;
#[cfg(doctest)]
mod doctests;
mod error;
mod events;
mod extract;
mod header_value;
mod middleware;
mod panics;
mod pool;
pub mod prelude;
mod request;
mod response;
mod routes;
mod serve;
mod server;
mod table;
mod tasks;
mod testing;
mod tower;

pub use app::App;
pub use app::{Service, forward};
pub use body::produce;
pub use body::{Body, BodyStream, BoxError, Outcome, ReadError, RequestBody, Sender};
pub use bytes::{self, Bytes};
pub use chain::{GuardOutput, Next, Nothing};
pub use config::Config;
pub use error::{Error, Result, ResultExt};
pub use events::{ServerCounts, server_counts};
#[cfg(feature = "basic-auth")]
pub use extract::Basic;
pub use extract::Client;
#[cfg(feature = "cookies")]
pub use extract::Cookies;
#[cfg(feature = "headers")]
pub use extract::Header;
#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
pub use extract::Key;
#[cfg(feature = "msgpack")]
pub use extract::MsgPack;
#[cfg(feature = "private-cookies")]
pub use extract::PrivateCookies;
#[cfg(feature = "protobuf")]
pub use extract::Protobuf;
#[cfg(feature = "signed-cookies")]
pub use extract::SignedCookies;
#[cfg(feature = "toml")]
pub use extract::Toml;
#[cfg(feature = "validate")]
pub use extract::Valid;
#[cfg(feature = "xml")]
pub use extract::Xml;
#[cfg(feature = "yaml")]
pub use extract::Yaml;
pub use extract::{
    Bearer, Bind, ConnectInfo, Either, Extract, ExtractAsync, Form, Input, LastEventId, List,
    Local, MatchedRoute, OptionalExtract, Path, PathFields, Precondition, Query,
};
#[cfg(feature = "ws")]
pub use extract::{Closed, Message, WebSocket, WebSocketUpgrade};
#[cfg(feature = "cookies")]
pub use extract::{Cookie, SameSite};
#[cfg(feature = "multipart")]
pub use extract::{Field, Multipart};
pub use extract::{SafePath, UnsafePath};
pub use highball_macros::{
    IntoResponse, Local, PathFields, State, any, delete, fallback, get, guard, head, main,
    middleware, observer, options, patch, post, put, query, route, routes, url,
};
pub use http;
#[cfg(feature = "files")]
pub use middleware::Files;
#[cfg(feature = "tracing")]
pub use middleware::traced;
pub use middleware::{AccessLog, Cors, ETag, SecurityHeaders, Trace, cors, request_id};
#[cfg(feature = "basic-auth")]
pub use middleware::{Account, Accounts, BasicAuth};
pub use middleware::{Concurrency, Timeout, body_limit, concurrency, millis, secs};
pub use pool::{Pooled, Pools, pools};
pub use request::Capacity;
pub use request::Context;
pub use request::Exchange;
pub use request::Origin;
pub use request::PerApp;
pub use request::Proxies;
pub use request::{Provide, State};
#[cfg(feature = "askama")]
pub use response::Page;
#[cfg(feature = "minijinja")]
pub use response::Templates;
pub use response::{
    Accept, Attachment, Created, Event, Html, IntoResponse, IntoResponseParts, Json, Jsonp,
    NoContent, Offers, PrettyJson, Redirect, Response, Revision, Sse, Status,
};
pub use response::{FieldError, Rejection};
pub use routes::Priority;
pub use routes::Route;
pub use routes::{ArgumentInfo, Entry};
pub use routes::{LocalId, LocalType, PassedLocals};
pub use serde_json::{self, json};
pub use serve::{Serve, ServeWith, block_on, serve};
pub use serve::{livez, readyz};
#[cfg(feature = "tls")]
pub use server::Tls;
pub use server::{Incoming, Listener};
pub use tasks::Stopping;
#[cfg(feature = "ws")]
pub use testing::TestWebSocket;
pub use testing::{
    TestApp, TestClient, TestEvent, TestMultipart, TestRequest, TestResponse, TestSession,
    TestStream,
};
pub use tokio;
pub use tower::ChainService;
