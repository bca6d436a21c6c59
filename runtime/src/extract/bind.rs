//! The extractor `Bind`, which reads a value from the query or the body.

use http::{HeaderMap, Method, StatusCode};
use serde::de::DeserializeOwned;

use super::{Answers, Extract, Facts, Input, Inputs, QUERY_OR_BODY, TYPED_BODY_ANSWERS, form};
use crate::{
    decode::{self, json},
    deref::deref,
    response::Rejection,
};

/// An extractor that reads a value from the query of a GET or HEAD, and from the body of other requests.
///
/// The content type determines the format of the body: JSON, a form, or XML, YAML, TOML and MessagePack if their
/// features are enabled. Queries and forms are read as by [`Query`](crate::Query).
///
/// It works like `Bind` of Gin, with one exception: a missing or unknown content type is rejected with 415 and is not
/// read as a form.
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

impl<T> Bind<T> {
    /// The formats of a body.
    const BODIES: Inputs = Inputs::either(
        &Inputs::body::<T>("application/json"),
        &Inputs::either(
            &Inputs::body::<T>("application/x-www-form-urlencoded"),
            &Self::OPTIONAL_BODIES,
        ),
    );

    /// The formats behind features.
    const OPTIONAL_BODIES: Inputs = Inputs::any(&[
        #[cfg(feature = "xml")]
        Inputs::body::<T>("application/xml"),
        #[cfg(feature = "yaml")]
        Inputs::body::<T>("application/yaml"),
        #[cfg(feature = "toml")]
        Inputs::body::<T>("application/toml"),
        #[cfg(feature = "msgpack")]
        Inputs::body::<T>("application/vnd.msgpack"),
    ]);
}

impl<'r, T: DeserializeOwned> Extract<'r> for Bind<T> {
    type State = ();
    const BODY: bool = true;
    const QUERY_OF_GET: bool = true;
    const FACTS: Facts = QUERY_OR_BODY;
    const INPUTS: Inputs = Inputs::by_method(&Inputs::query::<T>(), &Self::BODIES);
    const ANSWERS: Answers = TYPED_BODY_ANSWERS;

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
        parse_optional_format(input)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        let headers = input.headers();
        let is_known = matches!(*input.method(), Method::GET | Method::HEAD)
            || form::is_form(headers)
            || json::content_type(headers).is_ok()
            || is_optional_format(headers);
        is_known.then_some(()).ok_or_else(unknown_type)
    }
}

/// Returns whether the content type is that of a format behind a feature.
fn is_optional_format(headers: &HeaderMap) -> bool {
    let _ = headers;
    #[cfg(feature = "xml")]
    if super::formats::Xml::<()>::matches_content_type(headers) {
        return true;
    }
    #[cfg(feature = "yaml")]
    if super::formats::Yaml::<()>::matches_content_type(headers) {
        return true;
    }
    #[cfg(feature = "toml")]
    if super::formats::Toml::<()>::matches_content_type(headers) {
        return true;
    }
    #[cfg(feature = "msgpack")]
    if super::formats::MsgPack::<()>::matches_content_type(headers) {
        return true;
    }
    false
}

/// Parses a body whose format is behind a feature.
fn parse_optional_format<T: DeserializeOwned>(input: Input<'_>) -> Result<Bind<T>, Rejection> {
    #[cfg(feature = "xml")]
    if super::formats::Xml::<T>::matches_content_type(input.headers()) {
        return super::formats::Xml::parse(input.body()).map(Bind);
    }
    #[cfg(feature = "yaml")]
    if super::formats::Yaml::<T>::matches_content_type(input.headers()) {
        return super::formats::Yaml::parse(input.body()).map(Bind);
    }
    #[cfg(feature = "toml")]
    if super::formats::Toml::<T>::matches_content_type(input.headers()) {
        return super::formats::Toml::parse(input.body()).map(Bind);
    }
    #[cfg(feature = "msgpack")]
    if super::formats::MsgPack::<T>::matches_content_type(input.headers()) {
        return super::formats::MsgPack::parse(input.body()).map(Bind);
    }
    let _ = input;
    Err(unknown_type())
}

fn unknown_type() -> Rejection {
    let detail = "the body must be JSON or a form, with the matching `Content-Type`";
    Rejection::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
}
