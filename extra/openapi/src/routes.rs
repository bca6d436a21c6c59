//! The routes that serve the document.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use highball::{
    Json, Rejection, Response, get,
    http::{HeaderValue, header},
};

use serde_json::Value;

use crate::{Documented, Spec};

/// Serves the document as JSON, at `/openapi.json`.
///
/// # Examples
/// ```
/// # use highball::prelude::*;
/// # use highball_openapi::{Document, Documented};
/// #[routes(app)]
/// struct Api(highball_openapi::json<Api>);
///
/// impl Documented for Api {
///     fn document() -> Document {
///         Document::of::<Self>("Nothing", "1.0.0")
///     }
/// }
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/openapi.json").send().await.status(), 200);
/// # });
/// ```
#[get("/openapi.json", answers(200 => Json<Value>, 500))]
pub async fn json<A: Documented>() -> Result<Response, Rejection> {
    let document = built::<A>()?;
    Ok(response("application/json", document.json()))
}

/// Serves the document as YAML, at `/openapi.yaml`.
///
/// # Examples
/// ```
/// # use highball::prelude::*;
/// # use highball_openapi::{Document, Documented};
/// #[routes(app)]
/// struct Api(highball_openapi::yaml<Api>);
///
/// impl Documented for Api {
///     fn document() -> Document {
///         Document::of::<Self>("Nothing", "1.0.0")
///     }
/// }
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/openapi.yaml").send().await.status(), 200);
/// # });
/// ```
#[cfg(feature = "yaml")]
#[cfg_attr(docsrs, doc(cfg(feature = "yaml")))]
#[get("/openapi.yaml", answers(200 => highball::extract::Yaml<Value>, 500))]
pub async fn yaml<A: Documented>() -> Result<Response, Rejection> {
    let document = built::<A>()?;
    Ok(response("application/yaml", document.yaml()))
}

fn response(content_type: &'static str, text: &str) -> Response {
    let mut response = Response::new(text.to_owned());
    response.set_header(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Returns the document of an app. It is built once.
///
/// # Errors
/// Returns a 500 if there is no document. The reason is logged.
pub(crate) fn built<A: Documented>() -> Result<Arc<Spec>, Rejection> {
    static BUILT: OnceLock<Mutex<HashMap<TypeId, Arc<Spec>>>> = OnceLock::new();
    let mut built = BUILT
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(document) = built.get(&TypeId::of::<A>()) {
        return Ok(document.clone());
    }
    let document = A::document().build();
    let document = document.map_err(|error| Rejection::internal().with_cause(error.to_string()))?;
    let document = Arc::new(document);
    built.insert(TypeId::of::<A>(), document.clone());
    Ok(document)
}
