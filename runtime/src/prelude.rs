//! What a file with handlers needs: `use highball::prelude::*;`.

pub use crate::{
    App as _, Bearer, Bind, Body, Bytes, ConnectInfo, Context, Created, Exchange, Extract,
    ExtractAsync, Form, Input, IntoResponse, Json, Local, MatchedRoute, Next, NoContent, Path,
    PathFields, Query, Redirect, Rejection, Response, State, TestApp as _, any, delete, fallback,
    get, guard, head, json, middleware, millis, observer, options, patch, post, put, query, route,
    routes, secs, url,
};
pub use http::{HeaderMap, Method, StatusCode, Uri, header};
pub use serde_json::Value;
