//! The names that most files with handlers use: `use highball::prelude::*;`.
//!
//! # Examples
//! ```
//! use highball::prelude::*;
//!
//! #[get("/users/{id}")]
//! async fn show(id: u64) -> Json<Value> {
//!     Json(json!({ "id": id }))
//! }
//! # #[routes(app)] struct Api(show);
//! ```

pub use crate::{
    App as _, Body, Bytes, Context, Exchange, Extract, ExtractAsync, Form, IntoResponse, Json,
    Local, Next, Path, PathFields, Query, Rejection, Response, State,
    extract::{Bearer, Bind, ConnectInfo, Fact, Facts, Input, MatchedRoute},
    json,
    middleware::{days, hours, millis, mins, secs},
    response::{Created, NoContent, Redirect},
    testing::TestApp as _,
};
// `show::path(42)`, for each number of parameters.
#[doc(hidden)]
pub use crate::routes::{
    Path0 as _, Path1 as _, Path2 as _, Path3 as _, Path4 as _, Path5 as _, Path6 as _,
};
pub use highball_macros::{
    any, delete, fallback, get, guard, head, middleware, observer, options, patch, post, put,
    query, route, routes, url,
};
pub use http::{HeaderMap, Method, StatusCode, Uri, header};
pub use serde_json::Value;
