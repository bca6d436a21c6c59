//! The values of guards and middleware that an app owns.

use std::{any::Any, fmt, sync::OnceLock};

/// The values of one app: a list that only grows, with one item for each [`PerApp`] that was used in the app.
#[derive(Default)]
pub(crate) struct AppValues(OnceLock<Box<Item>>);

struct Item {
    id: usize,
    value: Box<dyn Any + Send + Sync>,
    rest: AppValues,
}

impl AppValues {
    pub(crate) fn get<T: Send + Sync + 'static>(&self, id: usize, make: impl Fn() -> T) -> &T {
        let mut at = self;
        loop {
            let item = at.0.get_or_init(|| {
                Box::new(Item {
                    id,
                    value: Box::new(make()),
                    rest: Self::default(),
                })
            });
            // Each number belongs to one `PerApp`, so the type always matches.
            if item.id == id
                && let Some(value) = item.value.downcast_ref()
            {
                return value;
            }
            at = &item.rest;
        }
    }
}

impl fmt::Debug for AppValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppValues").finish_non_exhaustive()
    }
}
