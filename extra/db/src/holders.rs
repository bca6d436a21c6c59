//! The routes that hold the connections of a pool.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use highball::Route;
use tokio::time::Instant;

/// The holders of connections, by a number in the order of their beginning.
#[derive(Debug, Default)]
pub(crate) struct Holders(Mutex<(u64, BTreeMap<u64, Held>)>);

#[derive(Debug, Clone, Copy)]
struct Held {
    route: Option<&'static Route>,
    since: Instant,
}

/// An entry of the list. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Holder {
    list: Arc<Holders>,
    number: u64,
}

impl Holders {
    pub(crate) fn add(self: &Arc<Self>, route: Option<&'static Route>) -> Holder {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = list.0;
        list.0 += 1;
        let since = Instant::now();
        list.1.insert(number, Held { route, since });
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

    /// Describes the `count` longest holders: `4 s GET /export (src/export.rs:40)`.
    pub(crate) fn longest(&self, count: usize) -> String {
        let list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for held in list.1.values().take(count) {
            let seconds = held.since.elapsed().as_secs_f32();
            let separator = if text.is_empty() { "" } else { ", " };
            // Writing to a `String` cannot fail.
            let _ = match held.route {
                Some(route) => {
                    let (handler, file, line) = (route.handler(), route.file(), route.line());
                    write!(
                        text,
                        "{separator}{seconds:.1} s by `{handler}` ({file}:{line})"
                    )
                }
                None => write!(text, "{separator}{seconds:.1} s outside of requests"),
            };
        }
        text
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let mut list = self.list.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.1.remove(&self.number);
    }
}
