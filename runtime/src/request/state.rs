//! The app state, which lives as long as the app and which handlers get as arguments.

use std::{fmt, ops::Deref, sync::Arc};

use crate::request::shared::Connected;

/// An extractor for a field of the app state, by the field's type.
///
/// The app state is a struct that derives `State`. If a handler takes a `State<T>` and no field has the type `T`, the
/// program does not compile.
///
/// A `State` has a reference count of the connection, so that requests of different connections never contend for
/// it. It has no lifetime, and can be cloned and moved into a spawned task.
///
/// The argument `State(greeting): State<Greeting>` binds a clone of the value, if it implements `Clone`.
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
    /// Returns a state that is independent of an app, to call a handler directly in a unit test.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/")]
    /// async fn hello(greeting: State<String>) -> String {
    ///     greeting.to_string()
    /// }
    ///
    /// # highball::block_on(async {
    /// assert_eq!(hello(State::new("hi".to_owned())).await, "hi");
    /// # });
    /// ```
    pub fn new(value: T) -> Self {
        Self(Arc::new(OwnedState(value)))
    }
}

impl<T: ?Sized + 'static> State<T> {
    /// Returns a value of an app state outside of requests, such as in a job.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use highball::prelude::*;
    ///
    /// struct Greeting(String);
    ///
    /// #[derive(State)]
    /// struct AppState {
    ///     greeting: Greeting,
    /// }
    ///
    /// async fn print_greeting(greeting: State<Greeting>) {
    ///     println!("{}", greeting.0);
    /// }
    ///
    /// let app = Arc::new(AppState { greeting: Greeting("hi".to_owned()) });
    /// let greeting: State<Greeting> = State::provided_by(&app);
    /// assert_eq!(greeting.0, "hi");
    /// # highball::block_on(print_greeting(greeting));
    /// ```
    pub fn provided_by<S: Provide<T>>(app: &Arc<S>) -> Self {
        Self(Arc::new(StateOfApp(Arc::clone(app))))
    }
}

impl<T> State<T> {
    /// Returns a clone of the value. Generated code binds the pattern `State(value): State<T>` to it.
    #[doc(hidden)]
    pub fn __bind(self) -> T
    where
        T: CloneState,
    {
        T::clone_state(&self)
    }
}

/// A value that the pattern `State(value): State<T>` can bind.
#[diagnostic::on_unimplemented(
    message = "the pattern `State(..)` clones the state, and `{Self}` does not implement `Clone`",
    label = "cannot be cloned out of the state",
    note = "take the `State` itself, as in `value: State<{Self}>`, or put `#[derive(Clone)]` on `{Self}`"
)]
pub trait CloneState {
    /// Clones the value.
    fn clone_state(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> CloneState for T {
    fn clone_state(&self) -> Self {
        self.clone()
    }
}

struct OwnedState<T>(T);

impl<T: Send + Sync> StateSource<T> for OwnedState<T> {
    fn value(&self) -> &T {
        &self.0
    }
}

/// The state of an app outside of requests.
struct StateOfApp<S>(Arc<S>);

impl<T: ?Sized, S: Provide<T>> StateSource<T> for StateOfApp<S> {
    fn value(&self) -> &T {
        <S as Provide<T>>::provide(&self.0)
    }
}

/// App state that provides a `T`. `#[derive(State)]` implements it for the type of each field.
///
/// Implement it by hand to provide a value that is not a field.
///
/// # Examples
/// ```
/// use highball::{extract::Provide, prelude::*};
///
/// struct Urls {
///     shop: String,
/// }
///
/// #[derive(State)]
/// struct AppState {
///     urls: Urls,
/// }
///
/// impl Provide<String> for AppState {
///     fn provide(&self) -> &String {
///         &self.urls.shop
///     }
/// }
///
/// #[get("/shop")]
/// async fn shop(url: State<String>) -> String {
///     url.to_string()
/// }
///
/// #[routes(app)]
/// struct Api(shop);
///
/// let urls = Urls { shop: "https://shop.example".to_owned() };
/// let _ = highball::serve(Api).state(AppState { urls });
/// ```
#[diagnostic::on_unimplemented(
    message = "the app state `{Self}` has no `{T}`",
    label = "a handler or a part of this app requires `State<{T}>`",
    note = "hand a struct with `#[derive(State)]` and a field of type `{T}` to `.state(..)`, without `Arc`"
)]
pub trait Provide<T: ?Sized>: Send + Sync + 'static {
    /// Returns the value.
    fn provide(&self) -> &T;
}

/// Every state provides `()`, for extractors that need no state.
impl<S: Send + Sync + 'static> Provide<()> for S {
    fn provide(&self) -> &() {
        &()
    }
}

/// The state of an app without state. rustc lists no private type among those that implement [`Provide`].
#[derive(Debug)]
pub(crate) struct Stateless;

/// An app without state provides nothing else. The bound never holds, so that its message is the error.
impl<T: ?Sized> Provide<T> for Stateless
where
    Self: HasState<T>,
{
    fn provide(&self) -> &T {
        unreachable!("nothing implements `HasState`")
    }
}

/// The message for an app without state. Nothing implements it.
#[diagnostic::on_unimplemented(
    message = "the app state has no `{T}`, which a handler or a part of this app requires",
    label = "this app has no state",
    note = "hand a struct with `#[derive(State)]` and a field of type `{T}` to `.state(..)`"
)]
pub trait HasState<T: ?Sized> {}

/// The message for a struct that derives `State` and has no field of this type. Nothing implements it.
#[diagnostic::on_unimplemented(
    message = "the app state `{Self}` has no `{T}`",
    label = "a handler or a part of this app requires `State<{T}>`",
    note = "add a field of type `{T}` to `{Self}`"
)]
pub trait StateField<T: ?Sized> {}

/// A value that requests on all threads can share. Every such value implements it: one bound is one error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be app state, because requests on all threads share it",
    label = "cannot be shared between threads",
    note = "write `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic type in place of `Cell` and `RefCell`"
)]
pub trait SharedValue: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> SharedValue for T {}

/// The owner that a [`State`] keeps alive.
trait StateSource<T: ?Sized>: Send + Sync {
    fn value(&self) -> &T;
}

impl<T: ?Sized, S: Provide<T>> StateSource<T> for Connected<S> {
    fn value(&self) -> &T {
        self.shared.state.provide()
    }
}

/// The state as an extractor sees it: as a reference, or as a [`State`] that outlives the request.
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
