//! The values and invalidations that a cache sends to Redis.

use std::{
    hash::Hash,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::oneshot,
    time::{Instant, timeout},
};

use super::{
    level::{Candidate, Level},
    link::ANSWER,
    outbox::Published,
    record::{self, Header},
    stamps::{Reply, Seen},
};
use crate::{
    entry::{Entry, Stage},
    shared::Shared,
    stats::Event,
};

/// The facts from before a computation, by which its value is written.
pub(crate) struct Draft<V> {
    /// `None` if the value is not written.
    pub(super) target: Option<Target>,
    /// An expired value, for the case of an error.
    pub(super) fallback: Option<Candidate<V>>,
}

/// Where a value is written.
pub(super) struct Target {
    name: String,
    /// The last invalidation before the computation began.
    seen: Seen,
    /// A time on the clock of Redis, and on the clock of this process.
    now: u64,
    at: Instant,
    /// Whether there is an older value.
    is_present: bool,
}

impl<V> Draft<V> {
    /// Writes a value that was computed.
    pub(crate) async fn write<K>(self, shared: &Shared<K, V>, entry: &Entry<V>)
    where
        K: Hash + Eq + Clone,
    {
        if let Some(target) = self.target {
            target.write(shared, entry).await;
        }
    }

    /// Returns the value for the case of an error, if it is not too old by now.
    pub(crate) fn into_fallback<K>(self, shared: &Shared<K, V>) -> Option<Candidate<V>>
    where
        K: Hash + Eq + Clone,
    {
        let is_usable = |old: &Candidate<V>| {
            let stage = shared.terms_for(old.fresh).stage(old.age());
            stage != Stage::Gone
        };
        self.fallback.filter(is_usable)
    }
}

impl Target {
    /// Returns where the value of a computation is written that begins now. There is none without stamps.
    pub(super) fn new(name: String, reply: Reply) -> Option<Self> {
        Some(Self {
            name,
            seen: reply.seen?,
            now: reply.now,
            at: reply.at,
            is_present: reply.record.is_some(),
        })
    }

    async fn write<K, V>(self, shared: &Shared<K, V>, entry: &Entry<V>)
    where
        K: Hash + Eq + Clone,
    {
        let Some(level) = &shared.options.second else {
            return;
        };
        if !shared.tasks.is_open() || !entry.is_valid() {
            return;
        }
        let Some(command) = self.command(level, entry) else {
            return;
        };
        if !level.link.write(&command).await {
            shared.counters.count(Event::SecondSkip);
        }
    }

    /// Returns the command that stores the value. A value that is never fresh removes the one before it.
    fn command<K, V>(&self, level: &Level<K, V>, entry: &Entry<V>) -> Option<redis::Cmd> {
        let terms = entry.terms;
        if terms.fresh.is_zero() {
            return self.is_present.then(|| redis::Cmd::del(&self.name));
        }
        let json = catch_unwind(AssertUnwindSafe(|| (level.encode)(&entry.value)));
        let json = json.ok()??;
        let header = Header {
            epoch: self.seen.epoch,
            began: self.seen.clock,
            written: self.time_of(entry.stored_at),
            fresh: micros(terms.fresh),
            cost: micros(entry.cost),
            id: entry.id,
        };
        let life = terms.fresh.saturating_add(terms.stale.max(terms.on_error));
        let mut command = redis::cmd("SET");
        command.arg(&self.name).arg(record::encode(header, &json));
        command.arg("PX").arg(millis(life));
        Some(command)
    }

    /// Converts a time of this process to the clock of Redis.
    fn time_of(&self, at: Instant) -> u64 {
        let later = micros(at.saturating_duration_since(self.at));
        let earlier = micros(self.at.saturating_duration_since(at));
        self.now.saturating_add(later).saturating_sub(earlier)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Redis accepts no more than about this, and nothing less than 1.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis())
        .unwrap_or(u64::MAX)
        .clamp(1, 1 << 52)
}

/// Invalidates a key in other processes, and in other caches with the same prefix.
pub(crate) fn publish_key<K: Hash + Eq + Clone, V>(shared: &Shared<K, V>, key: &K) {
    if let Some(level) = &shared.options.second {
        level.tags.invalidate(level.key_tag(key));
    }
}

/// Invalidates all values of a cache in other processes, and in other caches with the same prefix.
pub(crate) fn publish_all<K, V>(shared: &Shared<K, V>) {
    if let Some(level) = &shared.options.second {
        level.tags.invalidate(level.tag('c', ""));
    }
}

/// The publication of the invalidation by which an insertion begins.
pub(crate) struct Publication(oneshot::Receiver<Published>);

/// Invalidates the older values of a key everywhere, before a value is inserted.
pub(crate) fn before_insert<K: Hash + Eq + Clone, V>(
    shared: &Shared<K, V>,
    key: &K,
) -> Option<Publication> {
    let level = shared.options.second.as_ref()?;
    let tag = level.key_tag(key);
    let published = level.link.publish_and_wait(&tag);
    level.tags.start_link();
    level.tags.invalidate_here(tag);
    Some(Publication(published))
}

/// Writes a value that was inserted, after the older ones are invalidated.
pub(crate) fn after_insert<K, V>(
    shared: &Arc<Shared<K, V>>,
    key: &K,
    entry: Arc<Entry<V>>,
    published: Option<Publication>,
) where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    let name = shared
        .options
        .second
        .as_ref()
        .and_then(|level| level.name(key));
    let (Some(Publication(published)), Some(name)) = (published, name) else {
        return;
    };
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    if !shared.tasks.is_open() {
        return;
    }
    let (shared, running) = (Arc::clone(shared), shared.tasks.begin());
    runtime.spawn(async move {
        let _running = running;
        let published = timeout(ANSWER, published).await;
        let Ok(Ok(Published { epoch, clock, now })) = published else {
            shared.counters.count(Event::SecondSkip);
            return;
        };
        let target = Target {
            name,
            seen: Seen { epoch, clock },
            now,
            at: Instant::now(),
            is_present: true,
        };
        target.write(&shared, &entry).await;
    });
}
