//! A value that is read as the request brings it.

use http::{HeaderMap, Method, StatusCode};
use serde::de::DeserializeOwned;

use super::{Extract, Input, form};
use crate::{
    decode::{self, json},
    deref::deref,
    response::Rejection,
};

/// A value from wherever the request has it, as Gin's `Bind` reads it: the query of a GET or HEAD, else
/// the body by its content type: JSON, a form, and XML, YAML, TOML or MessagePack where their features are on.
///
/// Unlike Gin's, a missing or unknown content type is 415, not a form. Queries and forms are read as by
/// [`Query`](crate::Query).
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Search {
///     text: String,
/// }
///
/// #[route("/search", methods = [GET, POST])]
/// async fn search(search: Bind<Search>) -> String {
///     search.0.text
/// }
/// # #[routes(app)] struct Api(search);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bind<T>(pub T);

deref!(Bind);

impl<'r, T: DeserializeOwned> Extract<'r> for Bind<T> {
    type State = ();
    const BODY: bool = true;
    const QUERY_OF_GET: bool = true;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        if matches!(*input.method(), Method::GET | Method::HEAD) {
            return decode::query(input.query()).map(Self);
        }
        if form::is_form(input.headers()) {
            return decode::form(input.body()).map(Self);
        }
        if json::content_type(input.headers()).is_ok() {
            return json::parse(input.body()).map(Self);
        }
        by_feature(input)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        let headers = input.headers();
        let is_known = matches!(*input.method(), Method::GET | Method::HEAD)
            || form::is_form(headers)
            || json::content_type(headers).is_ok()
            || is_of_feature(headers);
        is_known.then_some(()).ok_or_else(unknown_type)
    }
}

/// Returns whether the body says that it is of a format that is behind a feature.
fn is_of_feature(headers: &HeaderMap) -> bool {
    let _ = headers;
    #[cfg(feature = "xml")]
    if super::formats::Xml::<()>::fits(headers) {
        return true;
    }
    #[cfg(feature = "yaml")]
    if super::formats::Yaml::<()>::fits(headers) {
        return true;
    }
    #[cfg(feature = "toml")]
    if super::formats::Toml::<()>::fits(headers) {
        return true;
    }
    #[cfg(feature = "msgpack")]
    if super::formats::MsgPack::<()>::fits(headers) {
        return true;
    }
    false
}

/// Reads a format that is behind a feature.
fn by_feature<T: DeserializeOwned>(input: Input<'_>) -> Result<Bind<T>, Rejection> {
    #[cfg(feature = "xml")]
    if super::formats::Xml::<T>::fits(input.headers()) {
        return super::formats::Xml::read(input.body()).map(Bind);
    }
    #[cfg(feature = "yaml")]
    if super::formats::Yaml::<T>::fits(input.headers()) {
        return super::formats::Yaml::read(input.body()).map(Bind);
    }
    #[cfg(feature = "toml")]
    if super::formats::Toml::<T>::fits(input.headers()) {
        return super::formats::Toml::read(input.body()).map(Bind);
    }
    #[cfg(feature = "msgpack")]
    if super::formats::MsgPack::<T>::fits(input.headers()) {
        return super::formats::MsgPack::read(input.body()).map(Bind);
    }
    let _ = input;
    Err(unknown_type())
}

fn unknown_type() -> Rejection {
    let detail = "the body must be JSON or a form, and its `Content-Type` say which";
    Rejection::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
}
