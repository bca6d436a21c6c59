//! Makes the objects of a pool.

use std::{fmt, future::Future, panic::resume_unwind, pin::Pin, sync::Arc, time::Duration};

use tokio::{
    task::{JoinError, JoinHandle},
    time::timeout,
};

use crate::{error::BoxError, place::Place};

type Made<T> = Result<T, BoxError>;

/// The function that makes objects.
pub(crate) enum Make<T> {
    /// It runs on the thread of the call.
    Blocking(Box<dyn Fn() -> Made<T> + Send + Sync>),
    /// Its future runs on a separate task, so that it ends even if the call that needs the object is dropped.
    Async(Box<dyn Fn() -> MadeLater<T> + Send + Sync>),
}

type MadeLater<T> = Pin<Box<dyn Future<Output = Made<T>> + Send>>;

/// A place whose object is in the making.
pub(crate) enum Making<T> {
    Ended(Made<Place<T>>),
    Task(JoinHandle<Made<Place<T>>>),
}

impl<T> Making<T> {
    /// Waits for the object. A panic of the task continues here.
    pub(crate) async fn finish(self) -> Made<Place<T>> {
        match self {
            Self::Ended(made) => made,
            Self::Task(task) => task.await.unwrap_or_else(|error| Err(failure(error))),
        }
    }
}

fn failure(error: JoinError) -> BoxError {
    if error.is_panic() {
        resume_unwind(error.into_panic());
    }
    error.into()
}

/// Begins to make the object of a place.
///
/// The place is part of the task, so every end of the task settles the place: an object that nothing waits for becomes
/// idle, an error or a panic frees the place.
pub(crate) fn start<T: Send + 'static>(mut place: Place<T>) -> Making<T> {
    let shared = Arc::clone(place.shared());
    match &shared.make {
        Make::Blocking(make) => Making::Ended(make_now(place, make)),
        Make::Async(make) => {
            let making = within(shared.options.make_within, make());
            Making::Task(tokio::spawn(async move {
                place.fill(making.await?);
                Ok(place)
            }))
        }
    }
}

/// Makes the object of a place, if this needs no task.
pub(crate) fn try_make<T>(place: Place<T>) -> Option<Made<Place<T>>> {
    let shared = Arc::clone(place.shared());
    match &shared.make {
        Make::Blocking(make) => Some(make_now(place, make)),
        Make::Async(_) => None,
    }
}

fn make_now<T>(mut place: Place<T>, make: &dyn Fn() -> Made<T>) -> Made<Place<T>> {
    place.fill(make()?);
    Ok(place)
}

async fn within<T>(limit: Option<Duration>, making: MadeLater<T>) -> Made<T> {
    match limit {
        Some(limit) => timeout(limit, making).await.map_err(|_| TooLong(limit))?,
        None => making.await,
    }
}

/// Making an object took too long.
#[derive(Debug)]
struct TooLong(Duration);

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it took longer than {:?}", self.0)
    }
}

impl std::error::Error for TooLong {}
