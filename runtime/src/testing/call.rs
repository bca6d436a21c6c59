//! Typed calls: a handler's types are those of the request and of the response.

use std::{fmt, marker::PhantomData};

use http::{HeaderName, HeaderValue, Method};
use serde::Serialize;

use super::{
    TestAnswer, TestRequest, TestSession,
    payloads::{LinkValues, Takes},
};
use crate::{
    app::App,
    extract::{Form, Query},
    response::Json,
    routes::{Route, RouteTypes, join, only_route, write_own},
};

/// Calls a handler in a test, with its types.
///
/// Every handler implements it, with the feature `schemas`: the body of a request, the query, the values of the path
/// and the value of the response have the types of the handler's signature, and others do not compile. A test that
/// sends invalid requests uses [`TestSession`] with a path.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::TestRoute};
///
/// #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
/// struct Note {
///     text: String,
/// }
///
/// #[put("/notes/{id}")]
/// async fn change(id: u64, note: Json<Note>) -> Result<Json<Note>, StatusCode> {
///     match id {
///         7 => Ok(note),
///         _ => Err(StatusCode::NOT_FOUND),
///     }
/// }
///
/// #[routes("/api", app)]
/// struct Api(change);
///
/// # highball::block_on(async {
/// let session = Api.test().start();
/// let note = Note { text: "hello".to_owned() };
/// let answer = change::call(&session, (7,)).json(&note).send().await;
/// assert_eq!(answer.value(), note);
/// let answer = change::call(&session, (8,)).json(&note).send().await;
/// assert_eq!(answer.status(), 404);
/// # });
/// ```
///
/// Another type of body does not compile:
/// ```compile_fail
/// # use highball::{prelude::*, testing::TestRoute};
/// # #[put("/count")]
/// # async fn change(count: Json<u64>) {}
/// # #[routes(app)]
/// # struct Api(change);
/// let session = Api.test().start();
/// change::call(&session, ()).json("seven");
/// # fn main() {}
/// ```
pub trait TestRoute<Arguments, Output>: RouteTypes<Arguments, Output> {
    /// Creates a request for the handler, with the values of its path parameters as a tuple.
    ///
    /// The method is the first one of the route, or GET if it serves every method.
    ///
    /// # Panics
    /// Panics if the app does not have the handler as exactly one route, or if its prefixes have parameters. Use
    /// [`call_within`](Self::call_within) for those.
    #[track_caller]
    fn call<A, P>(session: &TestSession<A>, values: P) -> TestCall<Arguments, Output>
    where
        A: App,
        P: LinkValues<Self::Link>,
    {
        Self::call_within(session, &[], values)
    }

    /// Creates a request for a handler in a group whose prefix has parameters, with the value of each.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, testing::TestRoute};
    ///
    /// #[get("/{id}")]
    /// async fn show(#[param] org: &str, id: u64) -> String {
    ///     format!("{id} of {org}")
    /// }
    ///
    /// #[routes("/{org}/users", app)]
    /// struct Api(show);
    ///
    /// # highball::block_on(async {
    /// let session = Api.test().start();
    /// let answer = show::call_within(&session, &[("org", &"a/b")], (7,)).send().await;
    /// assert_eq!(answer.value(), "7 of a/b");
    /// # });
    /// ```
    ///
    /// # Panics
    /// Panics if the app does not have the handler as exactly one route, or if a parameter has no value.
    #[track_caller]
    fn call_within<A, P>(
        session: &TestSession<A>,
        prefixes: &[(&str, &dyn fmt::Display)],
        values: P,
    ) -> TestCall<Arguments, Output>
    where
        A: App,
        P: LinkValues<Self::Link>,
    {
        let route = only_route(A::ROUTES, Self::NODE);
        let values = values.texts();
        let given = prefixes.len() + values.len();
        assert!(
            route.params().count() == given
                && prefixes
                    .iter()
                    .all(|(name, _)| route.params().any(|param| param == *name)),
            "`{}` has other parameters than the {given} values of this call",
            route.path()
        );
        let values: Vec<&dyn fmt::Display> = values.iter().map(|value| value as _).collect();
        let path = join(route, prefixes, write_own(Self::NODE, &values));
        let method = route.methods().next().unwrap_or("GET");
        let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        TestCall {
            request: session.request(method, &path),
            route,
            types: PhantomData,
        }
    }
}

impl<E: RouteTypes<Arguments, Output>, Arguments, Output> TestRoute<Arguments, Output> for E {}

/// A request with the types of a handler. [`TestRoute::call`] returns it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::{TestCall, TestRoute}};
///
/// #[get("/search")]
/// async fn search(words: Query<Vec<(String, String)>>) -> String {
///     words.0[0].1.clone()
/// }
///
/// #[routes(app)]
/// struct Api(search);
///
/// # highball::block_on(async {
/// let session = Api.test().start();
/// let words = vec![("q".to_owned(), "tea".to_owned())];
/// let request: TestCall<_, String> = search::call(&session, ()).query(&words);
/// assert_eq!(request.send().await.value(), "tea");
/// # });
/// ```
#[must_use = "the request is sent by `send`"]
pub struct TestCall<Arguments, Output> {
    request: TestRequest,
    route: &'static Route,
    types: PhantomData<fn() -> (Arguments, Output)>,
}

impl<Arguments, Output> TestCall<Arguments, Output> {
    /// Sets the body to a value as JSON. The handler has an argument `Json<T>`.
    ///
    /// # Panics
    /// Panics if the value cannot be serialized.
    pub fn json<T: Serialize, I>(self, value: &T) -> Self
    where
        Arguments: Takes<Json<T>, I>,
    {
        self.with(|request| request.json(value))
    }

    /// Sets the body to a value as a form. The handler has an argument `Form<T>`.
    ///
    /// # Panics
    /// Panics if the value cannot be serialized.
    pub fn form<T: Serialize, I>(self, value: &T) -> Self
    where
        Arguments: Takes<Form<T>, I>,
    {
        self.with(|request| request.form(value))
    }

    /// Sets the query. The handler has an argument `Query<T>`.
    ///
    /// # Panics
    /// Panics if the value cannot be serialized.
    pub fn query<T: Serialize, I>(self, value: &T) -> Self
    where
        Arguments: Takes<Query<T>, I>,
    {
        self.with(|request| request.query(value))
    }

    /// Adds a header.
    ///
    /// # Panics
    /// Panics if the name or the value is invalid.
    pub fn header<N, V>(self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: fmt::Display>,
        V: TryInto<HeaderValue, Error: fmt::Display>,
    {
        self.with(|request| request.header(name, value))
    }

    /// Adds a bearer token.
    ///
    /// # Panics
    /// Panics if the token cannot be in a header.
    pub fn bearer(self, token: &str) -> Self {
        self.with(|request| request.bearer(token))
    }

    /// Changes the request in another way, such as by a cookie.
    pub fn with(self, change: impl FnOnce(TestRequest) -> TestRequest) -> Self {
        Self {
            request: change(self.request),
            route: self.route,
            types: PhantomData,
        }
    }

    /// Sends the request and reads the whole response.
    ///
    /// # Panics
    /// Panics if the body of the response fails.
    pub async fn send(self) -> TestAnswer<Output> {
        TestAnswer::new(self.request.send().await, self.route)
    }
}

impl<Arguments, Output> fmt::Debug for TestCall<Arguments, Output> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestCall").finish_non_exhaustive()
    }
}
