//! Values of guards and middleware that are separate for each app.

use std::{
    fmt,
    marker::PhantomData,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use crate::request::context::Context;

/// A value of a guard or a middleware that is separate for each app, for example a counter, a cache or a semaphore.
///
/// The value of a part in `with(..)` is a `static`, which all apps of a process share, and so do all tests. A
/// `PerApp` in it has its value in the app that handles the request.
///
/// # Examples
/// ```
/// use highball::{middleware::PerApp, prelude::*};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// struct Count(PerApp<AtomicU64>);
///
/// #[middleware]
/// impl Count {
///     async fn count(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
///         let count = self.0.get(cx, AtomicU64::default);
///         let number = count.fetch_add(1, Ordering::Relaxed) + 1;
///         let mut response = next.run(cx).await;
///         response.set_header("x-number", number.to_string());
///         response
///     }
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app, with(Count(PerApp::new())))]
/// struct Api(home);
///
/// # highball::block_on(async {
/// let client = Api.test().start();
/// assert_eq!(client.get("/").send().await.headers()["x-number"], "1");
/// assert_eq!(client.get("/").send().await.headers()["x-number"], "2");
/// let another = Api.test().start();
/// assert_eq!(another.get("/").send().await.headers()["x-number"], "1");
/// # });
/// ```
pub struct PerApp<T> {
    /// The number of the value in every app, or 0 before its first use.
    id: AtomicUsize,
    value: PhantomData<fn() -> T>,
}

/// The number for the next `PerApp` that is used for the first time.
static NEXT: AtomicUsize = AtomicUsize::new(1);

impl<T> PerApp<T> {
    /// Returns a `PerApp` without values.
    pub const fn new() -> Self {
        Self {
            id: AtomicUsize::new(0),
            value: PhantomData,
        }
    }

    fn id(&self) -> usize {
        let id = self.id.load(Relaxed);
        if id != 0 {
            return id;
        }
        let new = NEXT.fetch_add(1, Relaxed);
        match self.id.compare_exchange(0, new, Relaxed, Relaxed) {
            Ok(_) => new,
            Err(first) => first,
        }
    }
}

impl<T: Send + Sync + 'static> PerApp<T> {
    /// Returns the value of the app that handles this request. The first call in an app makes it.
    ///
    /// It takes no lock once the value exists.
    pub fn get<'r>(&self, cx: &Context<'r>, make: impl Fn() -> T) -> &'r T {
        cx.kept().get(self.id(), make)
    }
}

impl<T> Default for PerApp<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for PerApp<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerApp").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::app_values::AppValues;

    #[test]
    fn each_app_has_each_value_once() {
        let (first, second) = (PerApp::<u32>::new(), PerApp::<String>::new());
        let (app, other) = (AppValues::default(), AppValues::default());
        assert_eq!(*app.get(first.id(), || 1), 1);
        assert_eq!(*app.get(second.id(), || "a".to_owned()), "a");
        assert_eq!(*app.get(first.id(), || 2), 1);
        assert_eq!(*other.get(second.id(), || "b".to_owned()), "b");
        assert_eq!(*other.get(first.id(), || 3), 3);
        assert_eq!(*app.get(second.id(), || "c".to_owned()), "a");
    }

    #[test]
    fn threads_that_race_get_one_value() {
        let (place, app) = (PerApp::<usize>::new(), AppValues::default());
        let (place, app) = (&place, &app);
        let seen: Vec<usize> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|number| scope.spawn(move || *app.get(place.id(), || number)))
                .collect();
            let joined = threads.into_iter().map(|thread| thread.join());
            joined.map(|value| value.expect("no panic")).collect()
        });
        assert!(seen.iter().all(|value| *value == seen[0]), "{seen:?}");
    }
}
