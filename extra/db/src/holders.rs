//! The routes that hold the connections of a pool.

use std::{
    collections::BTreeMap,
    fmt,
    panic::Location,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use highball::Route;
use tokio::time::Instant;

/// The holders of connections, by a number in the order of their beginning.
#[derive(Debug, Default)]
pub(crate) struct Holders(Mutex<(u64, BTreeMap<u64, Held>)>);

/// The holder of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By {
    Route(Option<&'static Route>),
    /// A call of `acquire`, in a job or in a task of a handler.
    Call(&'static Location<'static>),
}

#[derive(Debug, Clone, Copy)]
struct Held {
    by: By,
    since: Instant,
    is_reported: bool,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.since.elapsed().as_secs_f32();
        write!(f, "{seconds:.1} s by ")?;
        match self.by {
            By::Route(Some(route)) => {
                let (handler, file, line) = (route.handler(), route.file(), route.line());
                write!(f, "`{handler}` ({file}:{line})")
            }
            By::Route(None) => write!(f, "a request without a route"),
            By::Call(at) => write!(f, "`acquire` ({}:{})", at.file(), at.line()),
        }
    }
}

/// An entry of the list. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Holder {
    list: Arc<Holders>,
    number: u64,
}

impl Holders {
    pub(crate) fn add(self: &Arc<Self>, by: By) -> Holder {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = list.0;
        list.0 += 1;
        let since = Instant::now();
        let held = Held {
            by,
            since,
            is_reported: false,
        };
        list.1.insert(number, held);
        Holder {
            list: Arc::clone(self),
            number,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .len()
    }

    /// Describes the `count` longest holders: ``4.0 s by `shop::export` (src/export.rs:40)``.
    pub(crate) fn longest(&self, count: usize) -> String {
        let list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = list.1.values().take(count).map(Held::to_string);
        held.collect::<Vec<_>>().join(", ")
    }

    /// Describes the holders for longer than this time, each once.
    pub(crate) fn overdue(&self, after: Duration) -> Vec<String> {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = list.1.values_mut();
        let overdue = held.filter(|held| !held.is_reported && held.since.elapsed() > after);
        let described = overdue.map(|held| {
            held.is_reported = true;
            held.to_string()
        });
        described.collect()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let mut list = self.list.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.1.remove(&self.number);
    }
}
