//! The response of a typed call.

use std::{fmt, marker::PhantomData, ops::Deref};

use http::StatusCode;

use super::{TestResponse, payloads::AnswerValue};
use crate::routes::{Answer, Route};

/// A response with the type that its handler returns. It derefs to a [`TestResponse`].
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::{TestAnswer, TestRoute}};
///
/// #[get("/{id}")]
/// async fn show(id: u8) -> Option<Json<u8>> {
///     (id < 9).then_some(Json(id))
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # highball::block_on(async {
/// let session = Api.test().start();
/// let answer: TestAnswer<Option<Json<u8>>> = show::call(&session, (7,)).send().await;
/// assert_eq!(answer.success(), Some(7));
/// let answer = show::call(&session, (9,)).send().await;
/// assert_eq!(answer.success(), None);
/// assert_eq!(answer.json::<Value>()["status"], 404);
/// # });
/// ```
pub struct TestAnswer<Output> {
    response: TestResponse,
    route: &'static Route,
    output: PhantomData<fn() -> Output>,
}

impl<Output> TestAnswer<Output> {
    pub(super) fn new(response: TestResponse, route: &'static Route) -> Self {
        Self {
            response,
            route,
            output: PhantomData,
        }
    }
}

impl<Output: AnswerValue> TestAnswer<Output> {
    /// Returns the value in the response.
    ///
    /// # Panics
    /// Panics if the status is that of an error, or if the body does not match the type.
    #[track_caller]
    pub fn value(&self) -> Output::Value {
        let response = &self.response;
        assert!(
            !is_error(response),
            "the response is an error: {response:?}"
        );
        Output::read(response)
    }

    /// Returns the value in the response, or `None` if its status is that of an error, 400 or more.
    ///
    /// # Panics
    /// Panics if the body of another response does not match the type.
    #[track_caller]
    pub fn success(&self) -> Option<Output::Value> {
        (!is_error(&self.response)).then(|| Output::read(&self.response))
    }

    /// Returns which of the answers that the route documents it is.
    ///
    /// A documented answer has a status that the handler, its extractors or its chain state. Use it for a server that
    /// may have another version than the program of the test.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, testing::{Outcome, TestRoute}};
    ///
    /// #[derive(Debug, IntoResponse)]
    /// #[status(404, "there is no such note")]
    /// struct Missing;
    ///
    /// #[get("/notes/{id}")]
    /// async fn show(id: u8) -> Result<String, Missing> {
    ///     match id {
    ///         7 => Ok("tea".to_owned()),
    ///         8 => panic!("a fault"),
    ///         _ => Err(Missing),
    ///     }
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(show);
    ///
    /// # highball::block_on(async {
    /// let session = Api.test().start();
    /// for (id, expected) in [(7, "tea"), (8, "500"), (9, "there is no such note")] {
    ///     let seen = match show::call(&session, (id,)).send().await.outcome() {
    ///         Outcome::Success(text) => text,
    ///         Outcome::Failure(answer) => answer.description().to_owned(),
    ///         Outcome::Unexpected(status) => status.as_str().to_owned(),
    ///     };
    ///     assert_eq!(seen, expected);
    /// }
    /// # });
    /// ```
    ///
    /// # Panics
    /// Panics if the body of a documented answer without an error status does not match the type.
    #[track_caller]
    pub fn outcome(&self) -> Outcome<Output::Value> {
        let status = self.response.status();
        let documented = self.route.answers().into_iter();
        let mut documented = documented.filter(|answer| answer.status() == status.as_u16());
        match documented.next() {
            None => Outcome::Unexpected(status),
            Some(answer) if is_error(&self.response) => Outcome::Failure(answer),
            Some(_) => Outcome::Success(Output::read(&self.response)),
        }
    }
}

fn is_error(response: &TestResponse) -> bool {
    response.status().is_client_error() || response.status().is_server_error()
}

impl<Output> Deref for TestAnswer<Output> {
    type Target = TestResponse;

    fn deref(&self) -> &TestResponse {
        &self.response
    }
}

impl<Output> fmt::Debug for TestAnswer<Output> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.response.fmt(f)
    }
}

/// Which of the answers of a route a response is. [`TestAnswer::outcome`] returns it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::{Outcome, TestRoute}};
///
/// #[get("/count")]
/// async fn count() -> Json<u8> {
///     Json(7)
/// }
///
/// #[routes(app)]
/// struct Api(count);
///
/// # highball::block_on(async {
/// let session = Api.test().start();
/// let outcome = count::call(&session, ()).send().await.outcome();
/// assert!(matches!(outcome, Outcome::Success(7)));
/// # });
/// ```
#[derive(Debug, Clone)]
pub enum Outcome<T> {
    /// A documented answer without an error status, with its value.
    Success(T),
    /// A documented answer with an error status.
    Failure(Answer),
    /// An answer whose status the route does not document. Its body is that of the [`TestAnswer`].
    Unexpected(StatusCode),
}
