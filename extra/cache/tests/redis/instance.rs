//! Instances of an app, with one database and one Redis.
//!
//! Each has a connection of itself, as a process has.

use std::{
    fmt::Debug,
    io,
    net::{SocketAddr, ToSocketAddrs},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use highball_cache::{Builder, Cache, LoadError, Redis, Tag};
use highball_faults::{Backend, url_of};
use redis::{Client, Commands};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
/// How long an invalidation may take to another process.
pub(crate) const STALE: Duration = Duration::from_millis(50);
/// How long a test waits for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
pub(crate) const PREFIX: &str = "numbers:v1";
pub(crate) const KEY: u64 = 17;

pub(crate) fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A part of a Redis server that no other test uses.
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) namespace: String,
}

impl Place {
    /// Takes a part of the server of the developer, if there is one.
    pub(crate) fn new() -> Option<Self> {
        Some(Self::at(url_of(Backend::Redis)?))
    }

    pub(crate) fn at(url: String) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, SeqCst);
        let namespace = format!("cache_{}_{count}", std::process::id());
        Self { url, namespace }
    }

    pub(crate) fn redis(&self) -> Redis {
        self.redis_at(&self.url)
    }

    /// Returns a connection by another address, such as that of a proxy.
    pub(crate) fn redis_at(&self, url: &str) -> Redis {
        let client = Client::open(url).expect("a URL");
        // On a busy machine, a connection takes longer than the default.
        let redis = Redis::new(client).patience(Duration::from_secs(2));
        redis.namespace(&self.namespace)
    }

    /// Returns an instance that is connected.
    pub(crate) async fn instance(&self, database: &Database) -> Instance {
        let instance = Instance::new(self.redis(), database);
        instance.published().await;
        instance
    }

    pub(crate) fn connection(&self) -> redis::Connection {
        let client = Client::open(self.url.as_str()).expect("a URL");
        client.get_connection().expect("Redis answers")
    }

    /// Returns the address of the server, for a proxy.
    pub(crate) fn connection_addr(&self) -> SocketAddr {
        let client = Client::open(self.url.as_str()).expect("a URL");
        let addr = client.get_connection_info().addr().to_string();
        let mut addrs = addr.to_socket_addrs().expect("an address");
        addrs.next().expect("an address")
    }

    pub(crate) fn name(&self, key: impl Debug) -> String {
        format!("{}/v/{PREFIX}/{key:?}", self.namespace)
    }

    pub(crate) fn stamps(&self) -> String {
        format!("{}/stamps", self.namespace)
    }

    /// Returns how many instances get the messages.
    pub(crate) fn subscribers(&self) -> usize {
        let channel = format!("{}/0", self.stamps());
        let mut count = redis::cmd("PUBSUB");
        let count = count.arg("NUMSUB").arg(channel);
        let counts = count.query::<(String, usize)>(&mut self.connection());
        counts.expect("Redis answers").1
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        let pattern = format!("{}/*", self.namespace);
        let mut connection = self.connection();
        let keys = connection.scan_match(pattern).expect("Redis answers");
        keys.map(|key| key.expect("a key")).collect()
    }

    /// Waits until the value of a key is in Redis.
    pub(crate) async fn written(&self, key: impl Debug) {
        let name = self.name(key);
        let mut connection = self.connection();
        eventually(|| connection.exists(&name).expect("Redis answers")).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The server of a test may have ended.
        let client = Client::open(self.url.as_str()).expect("a URL");
        let Ok(mut connection) = client.get_connection_with_timeout(millis(500)) else {
            return;
        };
        connection.set_read_timeout(Some(millis(500))).ok();
        let pattern = format!("{}/*", self.namespace);
        let scanned = connection.scan_match::<_, String>(pattern);
        let keys: Vec<String> = scanned.into_iter().flatten().flatten().collect();
        if !keys.is_empty() {
            redis::cmd("DEL").arg(keys).exec(&mut connection).ok();
        }
    }
}

/// A number that changes, and the count of its reads.
#[derive(Clone, Default)]
pub(crate) struct Database {
    pub(crate) number: Arc<AtomicU64>,
    reads: Arc<AtomicU64>,
}

impl Database {
    pub(crate) async fn read(self, time: Duration) -> io::Result<u64> {
        self.reads.fetch_add(1, SeqCst);
        let number = self.number.load(SeqCst);
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
        Ok(number)
    }

    pub(crate) fn reads(&self) -> u64 {
        self.reads.load(SeqCst)
    }

    pub(crate) fn change(&self) -> u64 {
        self.number.fetch_add(1, SeqCst) + 1
    }
}

pub(crate) struct Instance {
    pub(crate) redis: Redis,
    pub(crate) cache: Cache<u64, u64>,
    database: Database,
}

impl Instance {
    pub(crate) fn new(redis: Redis, database: &Database) -> Self {
        Self::with(redis, database, |builder| builder)
    }

    pub(crate) fn with(
        redis: Redis,
        database: &Database,
        options: impl FnOnce(Builder<u64, u64>) -> Builder<u64, u64>,
    ) -> Self {
        let builder = Cache::builder(MINUTE)
            .jitter(0.0)
            .early(0.0)
            .tags_by(|key| [Tag::new("number", key), "numbers".into()])
            .second_level(&redis, PREFIX);
        Self {
            cache: options(builder).build(),
            redis,
            database: database.clone(),
        }
    }

    pub(crate) async fn get(&self) -> u64 {
        self.slow_get(Duration::ZERO).await
    }

    /// Gets the number from a database that takes this time.
    pub(crate) async fn slow_get(&self, time: Duration) -> u64 {
        let load = || self.database.clone().read(time);
        self.cache.get(KEY, load).await.expect("it has a value")
    }

    /// Gets the number while the database is away.
    pub(crate) async fn get_or_fail(&self) -> Result<u64, LoadError> {
        let fail = || async { Err(io::Error::other("the database is away")) };
        self.cache.get(KEY, fail).await
    }

    /// Waits until Redis has the invalidations. On a busy machine that may take longer than the method waits.
    pub(crate) async fn published(&self) {
        let begun = Instant::now();
        while let Err(error) = self.redis.published().await {
            assert!(begun.elapsed() < PATIENCE, "{error}");
        }
    }

    /// Changes the number, and invalidates it everywhere.
    pub(crate) async fn change(&self) -> u64 {
        let number = self.database.change();
        self.cache.invalidate_tag(Tag::new("number", KEY));
        self.published().await;
        number
    }

    /// Waits until the instance has a number. Returns how long that took.
    pub(crate) async fn becomes(&self, number: u64) -> Duration {
        let begun = Instant::now();
        while self.get().await != number {
            assert!(begun.elapsed() < PATIENCE, "it never becomes {number}");
            tokio::time::sleep(millis(1)).await;
        }
        begun.elapsed()
    }
}

pub(crate) async fn eventually(mut is_true: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_true() {
        assert!(begun.elapsed() < PATIENCE, "it never happens");
        tokio::time::sleep(millis(2)).await;
    }
}
