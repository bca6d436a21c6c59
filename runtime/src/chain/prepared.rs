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

/// Runs an async extractor ahead of the handler.
pub type Prepare<S> =
    for<'a> fn(
        &'a mut Context<'_>,
        Call<'a, S>,
        &'a mut Prepared,
    ) -> Pin<Box<dyn Future<Output = Result<(), Rejection>> + Send + 'a>>;

/// What async extractors have made: each value is taken once.
#[derive(Default)]
pub struct Prepared(Mutex<Vec<Box<dyn Any + Send>>>);

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").finish_non_exhaustive()
    }
}

impl Prepared {
    pub(crate) fn put<T: Send + 'static>(&mut self, value: T) {
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
