//! URL-encoded forms, as an extractor and as a response.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use super::{Answer, Answers, Extract, Facts, Input, Inputs, QUERY_OR_BODY, TYPED_BODY_ANSWERS};
use crate::{
    decode::{self, essence},
    deref::deref_mut,
    response::{IntoResponse, Rejection, Response},
};

/// A URL-encoded form (`application/x-www-form-urlencoded`), as an extractor and as a response.
///
/// The extractor reads the body, or the query of a GET or HEAD, because browsers send a form with that method in the
/// query. The fields are read as [`Query`](crate::Query) reads parameters. Another content type is rejected with 415,
/// an invalid value with 422 and the name of the field, and a form that is badly encoded or has more than a thousand
/// fields with 400.
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
    const QUERY_OF_GET: bool = true;
    const FACTS: Facts = QUERY_OR_BODY;
    const INPUTS: Inputs = Inputs::by_method(
        &Inputs::query::<T>(),
        &Inputs::body::<T>("application/x-www-form-urlencoded"),
    );
    const ANSWERS: Answers = TYPED_BODY_ANSWERS;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        if matches!(*input.method(), Method::GET | Method::HEAD) {
            return decode::query(input.query()).map(Self);
        }
        Self::check_head(input)?;
        decode::form(input.body()).map(Self)
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

/// Returns whether the content type of the body is that of a URL-encoded form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    essence(headers).eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

impl<T: Serialize> IntoResponse for Form<T> {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers =
        Answers::one(Answer::of::<T>(200, "application/x-www-form-urlencoded"));

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
