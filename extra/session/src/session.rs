//! Slots of the session as arguments of handlers and guards.

use std::{fmt, future::Future, ops::Deref, pin::Pin};

use highball::{
    describe::{Answer, Answers, Inputs, Login},
    extract::{Facts, LocalId, LocalType, OptionalExtract},
    prelude::*,
};

use crate::{
    SessionData, SessionError, Visit, Writable, cookie::Name, data::FactsOf, error::not_logged_in,
    visit::Open,
};

/// A slot of the session, as an argument of a handler or a guard. It derefs to the data.
///
/// A slot without data has the default of its type. The identity of a user has none: without a login the response is
/// 401, or the argument is `None` if it is an `Option`.
///
/// [`update`](Self::update) changes the slot. Two requests that change it at the same time lose no change, and changes
/// of two slots never conflict.
///
/// # Examples
/// ```
/// use highball::{middleware::Csrf, prelude::*};
/// use highball_session::{Session, SessionData, SessionError, Sessions, sessions};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize, SessionData)]
/// #[session(key = "cart")]
/// struct Cart {
///     items: Vec<u64>,
/// }
///
/// #[derive(State)]
/// struct AppState {
///     sessions: Sessions,
/// }
///
/// #[post("/cart/{id}")]
/// async fn add(id: u64, mut cart: Session<'_, Cart>) -> Result<Json<usize>, SessionError> {
///     cart.update(|cart| cart.items.push(id)).await?;
///     Ok(Json(cart.items.len()))
/// }
///
/// #[routes(app, with(Csrf::new(), sessions))]
/// struct Api(add);
///
/// # highball::block_on(async {
/// let client = Api.test().state(AppState { sessions: Sessions::memory() }).start().keep_cookies();
/// assert_eq!(client.post("/cart/7").send().await.json::<usize>(), 1);
/// assert_eq!(client.post("/cart/8").send().await.json::<usize>(), 2);
/// # });
/// ```
pub struct Session<'r, T> {
    open: &'r Open,
    value: T,
}

impl<T: SessionData> Session<'_, T> {
    /// Changes the slot, and returns the result of the function.
    ///
    /// The function runs again if another process has changed the slot meanwhile, so it must have no other effect than
    /// the change. If the session does not exist yet, it begins, and the response sets its cookie.
    ///
    /// # Errors
    /// Returns [`SessionError::Conflict`] if other processes have changed the slot eight times,
    /// [`SessionError::Ended`] if the user has logged out meanwhile, and [`SessionError::Store`] if the store fails.
    /// The value is the old one then.
    ///
    /// # Cancel safety
    /// If the future is dropped, the change is stored or not. It is never stored in part.
    pub fn update<'s, R, F>(&'s mut self, change: F) -> Changing<'s, R>
    where
        T: Writable,
        F: Fn(&mut T) -> R + Send + 's,
        R: Send + 's,
    {
        Box::pin(async move {
            let (value, result) = self.open.change(change).await?;
            self.value = value;
            Ok(result)
        })
    }

    /// Empties the slot, and returns its data. Use it for messages that are shown once.
    ///
    /// # Errors
    /// As [`update`](Self::update). An empty slot is not written.
    pub fn take(&mut self) -> Changing<'_, T>
    where
        T: Writable + Default,
    {
        Box::pin(async move {
            if self.open.is_empty(T::KEY) {
                return Ok(T::default());
            }
            self.update(std::mem::take).await
        })
    }
}

/// A change that is under way. It has a type without the types of the change, so that a mistake is one error.
type Changing<'s, R> = Pin<Box<dyn Future<Output = Result<R, SessionError>> + Send + 's>>;

impl<'r, T: SessionData> Extract<'r> for Session<'r, T> {
    type State = ();
    const NEEDS: &'static [LocalId] = &[Visit::ID];
    const FACTS: Facts = FactsOf::<T>::WRITTEN;
    const INPUTS: Inputs = match T::IS_IDENTITY {
        true => LOGIN,
        false => Inputs::NONE,
    };
    const ANSWERS: Answers = match T::IS_IDENTITY {
        true => ANSWERS,
        false => DOWN,
    };

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let found = Self::extract_optional(input)?;
        found.ok_or_else(|| not_logged_in("log in first"))
    }
}

impl<'r, T: SessionData> OptionalExtract<'r> for Session<'r, T> {
    const OPTIONAL_NEEDS: &'static [LocalId] = &[Visit::ID];

    fn extract_optional(input: Input<'r>) -> Result<Option<Self>, Rejection> {
        let open = open(input)?;
        Ok(open.value().map(|value| Self { open, value }))
    }
}

/// The cookie of a login.
pub(crate) const LOGIN: Inputs = Inputs::login(Login::Cookie(Name::SECURE.as_str()));

/// The response if the store does not answer.
pub(crate) const DOWN: Answers =
    Answers::one(Answer::problem(503).about("The store of the sessions does not answer."));

/// The responses that an argument with the identity of a user may cause.
pub(crate) const ANSWERS: Answers = Answers::either(
    &Answers::one(Answer::problem(401).about("There is no login, or it has ended.")),
    &DOWN,
);

/// Returns the session of a request.
pub(crate) fn open(input: Input<'_>) -> Result<&Open, Rejection> {
    let visit: Option<&Visit> = input.local();
    let open = visit.and_then(|visit| visit.0.as_deref());
    open.ok_or_else(|| {
        Rejection::internal().with_cause(
            "the session was not looked up: an extractor or a part that creates a `Session` must state its `FACTS`",
        )
    })
}

impl<T> Deref for Session<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Session<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
