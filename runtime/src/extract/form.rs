//! A form as an argument, and as a response.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use super::{Extract, Input, media::essence, place, query};
use crate::{
    rejection::Rejection,
    response::{IntoResponse, Response},
    wrap::deref_mut,
};

/// A form, `application/x-www-form-urlencoded`: read from the body, or from the query of a GET, as a
/// form with that method sends it.
///
/// A name that stands several times fills a `Vec`. It answers 415 for another content type, 422 with the
/// name of the field for a form of another shape, and 400 for one of more than a thousand fields.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct SignUp {
///     name: String,
///     age: u8,
/// }
///
/// #[post("/sign-up")]
/// async fn sign_up(form: Form<SignUp>) -> String {
///     format!("hello {}, {}", form.name, form.age)
/// }
///
/// #[routes(app)]
/// struct Api(sign_up);
///
/// # highball::block_on(async {
/// let request = Api.test().post("/sign-up").body("name=Zo%C3%AB&age=7");
/// let form = "application/x-www-form-urlencoded";
/// let response = request.header(header::CONTENT_TYPE, form).send().await;
/// assert_eq!(response.text(), "hello Zoë, 7");
/// # });
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

deref_mut!(Form);

impl<'r, T: DeserializeOwned> Extract<'r> for Form<T> {
    type State = ();
    const BODY: bool = true;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        if matches!(*input.method(), Method::GET | Method::HEAD) {
            return query::parse(input.query()).map(Self);
        }
        Self::check_head(input)?;
        parse(input.body()).map(Self)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        if matches!(*input.method(), Method::GET | Method::HEAD) || is_form(input.headers()) {
            return Ok(());
        }
        Err(Rejection::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body must be a form, with `Content-Type: application/x-www-form-urlencoded`",
        ))
    }
}

/// Returns whether the body says that it is a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    essence(headers).eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// Reads a form.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Rejection> {
    check_fields(body, "form")?;
    serde_html_form::from_bytes(body).map_err(|error| {
        let text = place::plain(&error.to_string());
        let detail = format!("the form has not the right shape: {text}");
        let rejection = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
        let found = place::of::<T, _>(serde_html_form::Deserializer::from_bytes(body));
        place::add(rejection, "body", found)
    })
}

/// The most fields of a form or a query.
const MOST: usize = 1000;

/// Refuses more fields than anybody means, before any is read.
pub(super) fn check_fields(text: &[u8], what: &str) -> Result<(), Rejection> {
    let count = text.iter().filter(|byte| **byte == b'&').count() + 1;
    if count > MOST {
        let detail = format!("the {what} has more than {MOST} fields");
        return Err(Rejection::new(StatusCode::BAD_REQUEST, detail));
    }
    Ok(())
}

impl<T: Serialize> IntoResponse for Form<T> {
    fn into_response(self) -> Response {
        match serde_html_form::to_string(&self.0) {
            Ok(text) => {
                let value = HeaderValue::from_static("application/x-www-form-urlencoded");
                let mut response = Response::new(text);
                response.headers_mut().insert(header::CONTENT_TYPE, value);
                response
            }
            Err(error) => Rejection::internal().with_source(error).into_response(),
        }
    }
}
