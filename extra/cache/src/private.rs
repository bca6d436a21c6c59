//! The items that the code of `#[cache]` refers to. They may change in any release.

use std::{error::Error, future::Future, hash::Hash, time::Duration};

use crate::{Cache, LoadError};

/// The units of the options.
#[allow(missing_docs)]
pub mod units {
    use super::Duration;

    #[must_use]
    pub const fn millis(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[must_use]
    pub const fn secs(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[must_use]
    pub const fn mins(count: u64) -> Duration {
        secs(count * 60)
    }

    #[must_use]
    pub const fn hours(count: u64) -> Duration {
        mins(count * 60)
    }

    #[must_use]
    pub const fn days(count: u64) -> Duration {
        hours(count * 24)
    }
}

/// Calls a cached function.
///
/// # Errors
/// As [`Cache::get`].
pub async fn call<K, V, E, Fut>(
    cache: &Cache<K, V>,
    key: K,
    load: impl FnOnce(&K) -> Fut,
) -> Result<V, LoadError>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<V, E>> + Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    cache.get_by(key, load).await
}
