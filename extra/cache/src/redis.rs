//! The second level in Redis, and the invalidations among processes.

mod connection;
mod level;
mod link;
mod message;
mod outbox;
mod record;
mod stamps;
mod task;
mod write;

use std::{error::Error, fmt, sync::Arc, time::Duration};

use redis::Client;
use tokio::time::timeout;

use self::link::ANSWER;
pub(crate) use self::{
    level::{Level, check_tags, find},
    link::Link,
    write::{after_insert, before_insert, publish_all, publish_key},
};
use crate::tags::Tags;

/// The types of the crate `redis` by which a [`Redis`] is made.
///
/// For its other types and for its features, such as TLS, an app depends on the same version of `redis`.
///
/// # Examples
/// ```
/// use highball_cache::{Redis, redis_client::{Client, ConnectionInfo, IntoConnectionInfo, RedisError}};
///
/// fn redis(url: &str) -> Result<Redis, RedisError> {
///     let info: ConnectionInfo = url.into_connection_info()?;
///     Ok(Redis::new(Client::open(info)?))
/// }
/// # redis("redis://127.0.0.1/")?;
/// # Ok::<(), RedisError>(())
/// ```
// All of `redis` is not exported: then errors of the compiler would name `std::string::String` in full, because
// `redis` has a public `String` too.
pub mod redis_client {
    pub use redis::{Client, ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo, RedisError};
}

const NAMESPACE: &str = "cache";
const PATIENCE: Duration = Duration::from_millis(100);
const MAX_BLIND: Duration = Duration::from_secs(30);
/// Less would often expire before the next answer of Redis.
const MIN_MAX_BLIND: Duration = Duration::from_secs(1);

/// A Redis server that keeps values of caches, and carries their invalidations to other processes.
///
/// Caches with a [`second_level`](crate::Builder::second_level) keep their values in it. Invalidations of their keys and
/// tags, and of whole caches, apply in this process at once, and are published in the background. Other processes get
/// them within milliseconds, and Redis keeps them, so no process uses a value whose computation began before. A cache
/// without a second level that shares the [`tags`](Self::tags) gets their invalidations too.
///
/// No call fails because of Redis. A call that needs a value waits for Redis up to the [`patience`](Self::patience).
/// After that has passed once, calls compute values without Redis until it answers again, and
/// [`Stats::second_skips`](crate::Stats::second_skips) counts them. While invalidations cannot arrive,
/// [`max_blind`](Self::max_blind) limits how long a value is used. When the connection is back, the invalidations that
/// were missed are applied before values are used for longer. If Redis may have lost some, because it was restarted or
/// emptied, all values are computed again.
///
/// It connects when a cache is first used, and needs Redis 7.0, or a compatible server that reports its `run_id`. It
/// does not work with Redis Cluster. A clone is another handle of the same connection.
///
/// # Examples
/// ```no_run
/// use std::{io, time::Duration};
///
/// use highball_cache::{Cache, Redis, Tag, redis_client::Client};
///
/// async fn load_price(product: u64) -> io::Result<u32> {
///     Ok(5) // A slow query.
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let redis = Redis::new(Client::open("redis://127.0.0.1/")?);
/// let prices: Cache<u64, u32> = Cache::builder(Duration::from_secs(60))
///     .tags_by(|product| [Tag::new("product", product)])
///     .second_level(&redis, "prices:v1")
///     .build();
/// assert_eq!(prices.get(17, || load_price(17)).await?, 5);
///
/// // The product has changed.
/// prices.invalidate_tag(Tag::new("product", 17));
/// redis.published().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Redis {
    settings: Settings,
    link: Arc<Link>,
    tags: Tags,
}

/// The options of a [`Redis`].
#[derive(Clone)]
struct Settings {
    client: Client,
    namespace: String,
    patience: Duration,
    max_blind: Duration,
}

impl Settings {
    fn new(client: Client) -> Self {
        Self {
            client,
            namespace: NAMESPACE.to_owned(),
            patience: PATIENCE,
            max_blind: MAX_BLIND,
        }
    }
}

impl Redis {
    /// Uses this server. The first cache that is used connects to it.
    ///
    /// # Examples
    /// ```
    /// use highball_cache::{Redis, redis_client::Client};
    ///
    /// let redis = Redis::new(Client::open("redis://127.0.0.1/")?);
    /// # let _ = redis;
    /// # Ok::<(), highball_cache::redis_client::RedisError>(())
    /// ```
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self::with(Settings::new(client))
    }

    fn with(settings: Settings) -> Self {
        let link = Arc::new(Link::new(settings.clone()));
        Self {
            settings,
            tags: Tags::linked(Arc::clone(&link)),
            link,
        }
    }

    /// Sets what the keys in Redis begin with, for apps that share a server. The default is `cache`.
    ///
    /// The processes with one namespace share their tags. Set this before the caches are built.
    ///
    /// # Examples
    /// ```
    /// use highball_cache::{Redis, redis_client::Client};
    ///
    /// let redis = Redis::new(Client::open("redis://127.0.0.1/")?).namespace("shop");
    /// # let _ = redis;
    /// # Ok::<(), highball_cache::redis_client::RedisError>(())
    /// ```
    ///
    /// # Panics
    /// If it is empty or contains a slash.
    #[must_use]
    #[track_caller]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.settings.namespace = namespace.into();
        check_name(&self.settings.namespace);
        Self::with(self.settings)
    }

    /// Sets how long a call waits for Redis. The default is 100 milliseconds.
    ///
    /// Then the call computes the value, and later calls do so at once until Redis answers again. Set this before the
    /// caches are built.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use highball_cache::{Redis, redis_client::Client};
    ///
    /// let redis = Redis::new(Client::open("redis://127.0.0.1/")?).patience(Duration::from_millis(20));
    /// # let _ = redis;
    /// # Ok::<(), highball_cache::redis_client::RedisError>(())
    /// ```
    #[must_use]
    pub fn patience(mut self, time: Duration) -> Self {
        self.settings.patience = time;
        Self::with(self.settings)
    }

    /// Sets how long a value is used while invalidations of other processes cannot arrive. The default is 30 seconds.
    ///
    /// It counts from the last check that all invalidations have arrived, or from the computation of the value if that
    /// is later. It also ends the times of [`stale`](crate::Builder::stale) and [`on_error`](crate::Builder::on_error).
    /// Set this before the caches are built.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use highball_cache::{Redis, redis_client::Client};
    ///
    /// let redis = Redis::new(Client::open("redis://127.0.0.1/")?).max_blind(Duration::from_secs(5));
    /// # let _ = redis;
    /// # Ok::<(), highball_cache::redis_client::RedisError>(())
    /// ```
    ///
    /// # Panics
    /// If it is less than one second.
    #[must_use]
    #[track_caller]
    pub fn max_blind(mut self, time: Duration) -> Self {
        assert!(time >= MIN_MAX_BLIND, "it is at least one second");
        self.settings.max_blind = time;
        Self::with(self.settings)
    }

    /// Returns the tags of the caches, whose invalidations reach other processes. Share them with caches that have no
    /// second level.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use highball_cache::{Cache, Redis, Tag, redis_client::Client};
    ///
    /// let redis = Redis::new(Client::open("redis://127.0.0.1/")?);
    /// let pages: Cache<String, String> = Cache::builder(Duration::from_secs(60))
    ///     .share_tags(redis.tags())
    ///     .build();
    /// redis.tags().invalidate(Tag::new("product", 17));
    /// # let _ = pages;
    /// # Ok::<(), highball_cache::redis_client::RedisError>(())
    /// ```
    #[must_use]
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    pub(crate) fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// Waits until Redis has all invalidations that this process has made, at most one second.
    ///
    /// After that, connected processes return older values for some milliseconds at most. Use it before a response that
    /// confirms a change, and at the start of a program, to check that Redis can be used.
    ///
    /// # Examples
    /// ```
    /// use highball_cache::{NotPublished, Redis, Tag, redis_client::Client};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), highball_cache::redis_client::RedisError> {
    /// // Nothing listens there.
    /// let redis = Redis::new(Client::open("redis://127.0.0.1:1/")?);
    /// redis.tags().invalidate(Tag::new("product", 17));
    /// let outcome: Result<(), NotPublished> = redis.published().await;
    /// assert!(outcome.is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If Redis does not have them. They are published when it is available again.
    ///
    /// # Panics
    /// If it is polled outside of a tokio runtime, or in one without timers.
    ///
    /// # Cancel safety
    /// It can be dropped at any time.
    pub async fn published(&self) -> Result<(), NotPublished> {
        self.tags.start_link();
        let link = &self.link;
        let publishing = async {
            link.outbox.flushed().await;
            // The sender is in `link`, so it is not dropped.
            let _ = link.state.subscribe().wait_for(link::State::is_up).await;
        };
        let published = timeout(ANSWER, publishing).await;
        published.map_err(|_| NotPublished {
            reason: link.lost(),
        })
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client has the password.
        f.debug_struct("Redis")
            .field("namespace", &self.settings.namespace)
            .field("patience", &self.settings.patience)
            .field("max_blind", &self.settings.max_blind)
            .finish_non_exhaustive()
    }
}

/// The error of [`Redis::published`]: Redis does not have all invalidations yet.
///
/// # Examples
/// ```
/// use highball_cache::{NotPublished, Redis, redis_client::Client};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), highball_cache::redis_client::RedisError> {
/// let redis = Redis::new(Client::open("redis://127.0.0.1:1/")?);
/// let error: NotPublished = redis.published().await.expect_err("nothing listens there");
/// assert!(error.to_string().contains("Connection refused"), "{error}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct NotPublished {
    reason: String,
}

impl fmt::Display for NotPublished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason.as_str() {
            "" => "it has not answered yet",
            reason => reason,
        };
        write!(
            f,
            "Redis does not have the invalidations of this process: {reason}"
        )
    }
}

impl Error for NotPublished {}

/// Checks a part of the names in Redis. A slash separates the parts.
#[track_caller]
fn check_name(name: &str) {
    assert!(
        !name.is_empty() && !name.contains('/'),
        "a name in Redis is not empty and has no slash"
    );
}
