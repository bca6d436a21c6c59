//! Async extractors, which run before the handler is called.

use std::{
    any::Any,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use super::Call;
use crate::{request::Context, response::Rejection};

/// A function that runs an async extractor before the handler is called.
pub(crate) type Prepare<S> =
    for<'a> fn(
        &'a mut Context<'_>,
        Call<'a, S>,
        &'a mut Prepared,
    ) -> Pin<Box<dyn Future<Output = Result<(), Rejection>> + Send + 'a>>;

/// The values of async extractors. Each is taken once, when its argument is extracted.
#[derive(Default)]
pub struct Prepared(Mutex<Vec<Box<dyn Any + Send>>>);

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").finish_non_exhaustive()
    }
}

impl Prepared {
    pub(crate) fn insert<T: Send + 'static>(&mut self, value: T) {
        self.0
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Box::new(value));
    }

    pub(crate) fn take<T: 'static>(&self) -> Option<T> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let idx = values.iter().position(|value| value.is::<T>())?;
        values.swap_remove(idx).downcast().ok().map(|value| *value)
    }
}
