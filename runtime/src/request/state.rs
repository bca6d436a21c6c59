//! The app state: what lives as long as the app and every handler may ask for.

use std::{fmt, ops::Deref, sync::Arc};

use crate::request::shared::Connected;

/// A part of the app state, by its type.
///
/// The app state is a struct that derives `State`; each of its fields can be had by its type.
/// A handler that asks for a type that no field has does not compile where the app is served.
///
/// The value is reached through the connection's own reference count, so that a request never
/// contends with other connections; it can be cloned into a spawned task.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// struct Greeting(String);
///
/// #[derive(State)]
/// struct AppState {
///     greeting: Greeting,
/// }
///
/// #[get("/")]
/// async fn hello(greeting: State<Greeting>) -> String {
///     greeting.0.clone()
/// }
/// # #[routes(app)] struct Api(hello);
/// # let _ = highball::serve(Api).state(AppState { greeting: Greeting("hi".into()) });
/// ```
pub struct State<T: ?Sized>(Arc<dyn StateSource<T>>);

impl<T: ?Sized> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.value()
    }
}

impl<T: ?Sized> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("State").field(&&**self).finish()
    }
}

impl<T: Send + Sync + 'static> State<T> {
    /// Makes a state of its own, to call a handler directly in a unit test.
    pub fn new(value: T) -> Self {
        Self(Arc::new(OwnedState(value)))
    }
}

struct OwnedState<T>(T);

impl<T: Send + Sync> StateSource<T> for OwnedState<T> {
    fn value(&self) -> &T {
        &self.0
    }
}

/// App state that has a `T`. `#[derive(State)]` implements it for the type of each field.
#[diagnostic::on_unimplemented(
    message = "the app state `{Self}` has no `{T}`",
    label = "a handler of this app asks for `State<{T}>`",
    note = "add a field of type `{T}` to the struct that derives `State`, and hand the struct to `.state(..)`"
)]
pub trait Provide<T: ?Sized>: Send + Sync + 'static {
    /// Returns the value.
    fn provide(&self) -> &T;
}

/// Every app state provides nothing to those who want nothing.
impl<S: Send + Sync + 'static> Provide<()> for S {
    fn provide(&self) -> &() {
        &()
    }
}

/// Where a [`State`] is kept alive.
trait StateSource<T: ?Sized>: Send + Sync {
    fn value(&self) -> &T;
}

impl<T: ?Sized, S: Provide<T>> StateSource<T> for Connected<S> {
    fn value(&self) -> &T {
        self.shared.state.provide()
    }
}

/// The state as an extractor sees it: a reference now, or a share that lives longer.
pub(crate) trait View<T: ?Sized>: Send + Sync {
    fn value(&self) -> &T;
    fn share(&self) -> State<T>;
}

impl<T: ?Sized + 'static, S: Provide<T>> View<T> for Arc<Connected<S>> {
    fn value(&self) -> &T {
        self.shared.state.provide()
    }

    fn share(&self) -> State<T> {
        let source: Arc<dyn StateSource<T>> = Self::clone(self);
        State(source)
    }
}
