//! Scopes: work around a handler that one of its arguments requires, such as a transaction.

use std::{any::Any, fmt, future::Future, pin::Pin};

use crate::{
    extract::Input,
    request::Context,
    response::{Rejection, Response},
    routes::Fact,
};

/// Something that is open around a handler because one of its arguments requires it, such as a transaction that is
/// committed if the handler succeeds.
///
/// An extractor names its scope in `OPENS`, and its fact in `FACTS`. The order around a handler is:
/// 1. The body is read and the other arguments are checked, so a client that sends it slowly, or sends an invalid one,
///    holds nothing open. These arguments are created a second time in step 2.
/// 2. The scopes are opened, in the order of the arguments, and the arguments are created.
/// 3. The handler runs, and its value becomes a response. The status and the headers that it has set through the
///    context are in the response.
/// 4. The scopes are closed, in reverse order. Each receives the response and returns the response to send. A rejection
///    that it returns is rendered in the app's format.
/// 5. The middleware around the handler sees the response. It may still change the response after the scope has
///    closed.
///
/// A scope is dropped without [`close`](Self::close) if the handler panics, if its client disconnects and the handler
/// is dropped, or if a timeout ends. So dropping must undo the work, as a database's transaction does. A rejection
/// of another scope does close it.
///
/// The wrappers `Option`, `Result`, [`Either`](crate::extract::Either) and `Valid` open the scope of their argument in
/// any case: they only decide whether the handler receives it. A wrapper of your own passes `OPENS` and `FACTS` on.
///
/// Guards and middleware cannot take such an argument, and no handler can take two with the same scope. Both are
/// compile errors.
///
/// # Examples
/// ```
/// use std::sync::{Arc, Mutex, PoisonError};
///
/// use highball::{extract::{Opens, Scope}, prelude::*};
///
/// /// The lines that successful requests have written.
/// #[derive(Clone, Default)]
/// struct Journal(Arc<Mutex<Vec<String>>>);
///
/// #[derive(State)]
/// struct AppState {
///     journal: Journal,
/// }
///
/// /// The lines of one request.
/// struct Draft {
///     journal: Journal,
///     lines: Mutex<Vec<String>>,
/// }
///
/// impl Scope for Draft {
///     type State = Journal;
///     const ID: Fact = Fact::scope("draft", "journal");
///
///     async fn open(_: &mut Context<'_>, input: Input<'_, Journal>) -> Result<Self, Rejection> {
///         let journal = input.state().clone();
///         Ok(Self { journal, lines: Mutex::default() })
///     }
///
///     async fn close(self, _: &mut Context<'_>, response: Response) -> Response {
///         if response.status().is_success() {
///             let lines = self.lines.into_inner().unwrap_or_else(PoisonError::into_inner);
///             self.journal.0.lock().unwrap_or_else(PoisonError::into_inner).extend(lines);
///         }
///         response
///     }
/// }
///
/// /// The argument, which writes to the draft.
/// struct Lines<'r>(&'r Draft);
///
/// impl<'r> Extract<'r> for Lines<'r> {
///     type State = Journal;
///     const FACTS: Facts = Facts::WRITES.and(Facts::named(&[Draft::ID]));
///     const OPENS: Option<Opens<Journal>> = Some(Opens::of::<Draft>());
///
///     fn extract(input: Input<'r, Journal>) -> Result<Self, Rejection> {
///         input.opened().map(Self).ok_or_else(Rejection::internal)
///     }
/// }
///
/// #[post("/lines/{text}")]
/// async fn add(lines: Lines<'_>, text: &str) -> StatusCode {
///     lines.0.lines.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
///     if text == "bad" { StatusCode::BAD_REQUEST } else { StatusCode::CREATED }
/// }
///
/// #[routes(app)]
/// struct Api(add);
///
/// # highball::block_on(async {
/// let journal = Journal::default();
/// let session = Api.test().state(AppState { journal: journal.clone() }).start();
/// assert_eq!(session.post("/lines/good").send().await.status(), 201);
/// assert_eq!(session.post("/lines/bad").send().await.status(), 400);
/// assert_eq!(*journal.0.lock().unwrap(), ["good"]);
/// # });
/// ```
pub trait Scope: Sized + Send + Sync + 'static {
    /// The part of the app state that the scope reads: the state of the extractor.
    type State: 'static;
    /// The identity of the scope, [`Fact::scope`].
    const ID: Fact;

    /// Opens the scope.
    ///
    /// # Errors
    /// Returns a rejection, sent as the response, if the scope cannot be opened. The handler does not run then.
    ///
    /// # Cancel safety
    /// The future is dropped if the client disconnects or a timeout ends, at any `await`.
    fn open(
        cx: &mut Context<'_>,
        input: Input<'_, Self::State>,
    ) -> impl Future<Output = Result<Self, Rejection>> + Send;

    /// Closes the scope, and returns the response to send.
    ///
    /// # Cancel safety
    /// The future is dropped if the client disconnects or a timeout ends, at any `await`. Spawn work that must not be
    /// cut, with [`Context::spawn`]. [`Context::deadline`] returns when the nearest timeout ends.
    fn close(
        self,
        cx: &mut Context<'_>,
        response: Response,
    ) -> impl Future<Output = Response> + Send;
}

pub(crate) type Opening<'a> =
    Pin<Box<dyn Future<Output = Result<Box<dyn OpenScope>, Rejection>> + Send + 'a>>;
type Closing<'a> = Pin<Box<dyn Future<Output = Response> + Send + 'a>>;

/// The function that opens the [`Scope`] of an extractor with the state `T`.
///
/// # Examples
/// ```
/// use highball::{extract::{Opens, Scope}, prelude::*};
///
/// struct Open;
///
/// impl Scope for Open {
///     type State = ();
///     const ID: Fact = Fact::scope("transaction", "main");
///
///     async fn open(_: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
///         Ok(Open)
///     }
///
///     async fn close(self, _: &mut Context<'_>, response: Response) -> Response {
///         response
///     }
/// }
///
/// const OPENS: Option<Opens<()>> = Some(Opens::of::<Open>());
/// # let _ = OPENS;
/// ```
pub struct Opens<T: 'static> {
    open: for<'a> fn(&'a mut Context<'_>, Input<'a, T>) -> Opening<'a>,
    /// Whether there would be two scopes, which is a compile error at the argument.
    pub(crate) is_two: bool,
}

impl<T: 'static> Opens<T> {
    /// Returns the function that opens this scope.
    pub const fn of<X: Scope<State = T>>() -> Self {
        Self {
            open: |cx, input| {
                Box::pin(async move {
                    let scope: Box<dyn OpenScope> = Box::new(X::open(cx, input).await?);
                    Ok(scope)
                })
            },
            is_two: false,
        }
    }

    /// Returns the scope of an argument that is one of two.
    pub(crate) const fn either(left: Option<Self>, right: Option<Self>) -> Option<Self> {
        match (left, right) {
            (Some(Self { open, .. }), Some(_)) => Some(Self { open, is_two: true }),
            (Some(opens), None) | (None, Some(opens)) => Some(opens),
            (None, None) => None,
        }
    }

    pub(crate) fn open<'a>(&self, cx: &'a mut Context<'_>, input: Input<'a, T>) -> Opening<'a> {
        (self.open)(cx, input)
    }
}

impl<T: 'static> Clone for Opens<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Opens<T> {}

impl<T: 'static> fmt::Debug for Opens<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opens").finish_non_exhaustive()
    }
}

/// A scope that is open.
pub trait OpenScope: Send + Sync {
    fn as_any(&self) -> &dyn Any;

    fn close<'a>(self: Box<Self>, cx: &'a mut Context<'_>, response: Response) -> Closing<'a>;
}

impl<X: Scope> OpenScope for X {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn close<'a>(self: Box<Self>, cx: &'a mut Context<'_>, response: Response) -> Closing<'a> {
        Box::pin(Scope::close(*self, cx, response))
    }
}
