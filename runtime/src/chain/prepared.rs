//! Async extractors, which run before the handler is called, and the scopes around a handler.

use std::{
    any::Any,
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use http::StatusCode;

use super::Call;
use crate::{
    extract::{OpenScope, Opening},
    request::Context,
    response::{Rejection, Response},
};

/// A function that runs an async extractor before the handler is called.
pub(crate) type Prepare<S> =
    for<'a> fn(
        &'a mut Context<'_>,
        Call<'a, S>,
        &'a mut Prepared,
    ) -> Pin<Box<dyn Future<Output = Result<(), Rejection>> + Send + 'a>>;

/// A function that opens the scope of an argument, after the body was read.
pub(crate) type Open<S> = for<'a> fn(&'a mut Context<'_>, Call<'a, S>, &'a Bytes) -> Opening<'a>;

/// Closes the scopes, the last one first.
///
/// It is one future for all handlers. Routes without a scope do not contain it.
pub(crate) async fn close_scopes(
    cx: &mut Context<'_>,
    scopes: &mut Vec<Box<dyn OpenScope>>,
    response: &mut Response,
) {
    // The handler may have set the status through the context.
    if !response.is_rejection() {
        cx.out().apply(response);
    }
    while let Some(scope) = scopes.pop() {
        let handed = mem::replace(response, Response::empty(StatusCode::OK));
        *response = scope.close(cx, handed).await;
    }
}

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
