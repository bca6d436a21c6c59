//! Tags, and the stamps by which they invalidate.

#[cfg(feature = "redis")]
mod linked;

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    sync::{Arc, atomic::Ordering},
};

#[cfg(feature = "redis")]
pub(crate) use self::linked::WeakTags;
use crate::sync::{AtomicU64, Mutex, StampArc, lock};

/// Stamps without an entry are removed when there are as many as this, or twice as many as after the last time.
const MIN_PRUNED: usize = 1024;

/// The name of something that cached values depend on, such as `product:17`.
///
/// [`Cache::invalidate_tag`](crate::Cache::invalidate_tag) invalidates all values with a tag. A tag is a text, so
/// that other processes can name it too.
///
/// # Examples
/// ```
/// use highball_cache::Tag;
///
/// fn product(id: u64) -> Tag {
///     Tag::new("product", id)
/// }
///
/// assert_eq!(product(17), Tag::from("product:17"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tag(Cow<'static, str>);

impl Tag {
    /// Returns the tag `name:id`.
    ///
    /// # Examples
    /// ```
    /// use highball_cache::Tag;
    ///
    /// assert_eq!(Tag::new("user", "ann").to_string(), "user:ann");
    /// ```
    #[must_use]
    pub fn new(name: &str, id: impl fmt::Display) -> Self {
        Self(format!("{name}:{id}").into())
    }
}

impl From<&'static str> for Tag {
    fn from(name: &'static str) -> Self {
        Self(name.into())
    }
}

impl From<String> for Tag {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The tags of one or more caches.
///
/// Each cache has its own tags by default. Caches that share a `Tags` are invalidated by one call. A clone is another
/// handle of the same tags.
///
/// An invalidation takes the same time however many values have the tag: each value remembers a stamp, the count of
/// invalidations when its computation began, and is valid if none of its tags has a later one.
///
/// # Examples
/// ```
/// use std::{io, time::Duration};
///
/// use highball_cache::{Cache, Tag, Tags};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), highball_cache::LoadError> {
/// let tags = Tags::new();
/// let prices: Cache<u64, u32> = Cache::builder(Duration::from_secs(60))
///     .share_tags(&tags)
///     .tags_by(|id| [Tag::new("product", id)])
///     .build();
/// prices.get(17, || async { Ok::<_, io::Error>(5) }).await?;
/// tags.invalidate(Tag::new("product", 17));
/// assert_eq!(prices.peek(&17), None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Tags(Arc<Inner>);

struct Inner {
    /// The number of invalidations.
    clock: AtomicU64,
    registry: Mutex<Registry>,
    #[cfg(feature = "redis")]
    linked: Option<linked::Linked>,
}

/// The stamps by their tags. Only landings and invalidations lock it: entries contain the stamps of their tags.
struct Registry {
    stamps: HashMap<Tag, SharedStamp>,
    /// The latest stamp that was removed. A tag that is not in `stamps` may have been invalidated at this time.
    floor: u64,
    prune_at: usize,
}

/// The time at which a tag was last invalidated.
pub(crate) struct Stamp(AtomicU64);

/// A stamp in the registry and in all entries with its tag.
pub(crate) type SharedStamp = StampArc<Stamp>;

impl Stamp {
    pub(crate) fn new(time: u64) -> Self {
        Self(AtomicU64::new(time))
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    fn raise(&self, time: u64) {
        self.0.fetch_max(time, Ordering::SeqCst);
    }
}

impl Tags {
    /// Returns tags that no cache has yet.
    ///
    /// # Examples
    /// ```
    /// let tags = highball_cache::Tags::new();
    /// tags.invalidate("products");
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::with(
            #[cfg(feature = "redis")]
            None,
        )
    }

    fn with(#[cfg(feature = "redis")] linked: Option<linked::Linked>) -> Self {
        let registry = Registry {
            stamps: HashMap::new(),
            floor: 0,
            prune_at: MIN_PRUNED,
        };
        Self(Arc::new(Inner {
            clock: AtomicU64::new(0),
            registry: Mutex::new(registry),
            #[cfg(feature = "redis")]
            linked,
        }))
    }

    /// Invalidates all values that have the tag, in all caches with these tags.
    ///
    /// See [`Cache::invalidate_tag`](crate::Cache::invalidate_tag).
    ///
    /// # Examples
    /// ```
    /// use highball_cache::{Tag, Tags};
    ///
    /// let tags = Tags::new();
    /// tags.invalidate(Tag::new("product", 17));
    /// ```
    pub fn invalidate(&self, tag: impl Into<Tag>) {
        let tag = tag.into();
        #[cfg(feature = "redis")]
        self.publish(&tag);
        self.invalidate_here(tag);
    }

    /// Invalidates the values of this process.
    pub(crate) fn invalidate_here(&self, tag: Tag) {
        let mut registry = lock(&self.0.registry);
        let time = self.tick();
        // A tag without values is kept too: a value whose computation has begun may get this tag.
        registry.stamp(tag).raise(time);
    }

    /// Invalidates everything that has this stamp.
    pub(crate) fn raise(&self, stamp: &Stamp) {
        stamp.raise(self.tick());
    }

    /// Returns the time of an invalidation.
    ///
    /// A load that begins between this and the change of the stamp is valid: it sees all that happened before the call
    /// of `invalidate`.
    fn tick(&self) -> u64 {
        self.0.clock.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Returns the time of the last invalidation.
    pub(crate) fn now(&self) -> u64 {
        self.0.clock.load(Ordering::Acquire)
    }

    /// Returns the stamp of each tag.
    pub(crate) fn stamps(&self, tags: impl IntoIterator<Item = Tag>) -> Vec<SharedStamp> {
        let mut tags = tags.into_iter().peekable();
        if tags.peek().is_none() {
            return Vec::new();
        }
        // The tags may come from code of the user, which must not run under the lock.
        let tags: Vec<_> = tags.collect();
        let mut registry = lock(&self.0.registry);
        tags.into_iter().map(|tag| registry.stamp(tag)).collect()
    }
}

impl Registry {
    fn stamp(&mut self, tag: Tag) -> SharedStamp {
        if let Some(stamp) = self.stamps.get(&tag) {
            return SharedStamp::clone(stamp);
        }
        self.prune();
        let stamp = SharedStamp::new(Stamp::new(self.floor));
        self.stamps.insert(tag, SharedStamp::clone(&stamp));
        stamp
    }

    fn prune(&mut self) {
        if self.stamps.len() < self.prune_at {
            return;
        }
        let floor = &mut self.floor;
        self.stamps.retain(|_, stamp| {
            let is_used = SharedStamp::strong_count(stamp) > 1;
            if !is_used {
                *floor = stamp.get().max(*floor);
            }
            is_used
        });
        self.prune_at = MIN_PRUNED.max(self.stamps.len() * 2);
    }
}

impl Default for Tags {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tags")
            .field("tags", &lock(&self.0.registry).stamps.len())
            .field("invalidations", &self.now())
            .finish()
    }
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use super::*;

    fn registered(tags: &Tags) -> usize {
        lock(&tags.0.registry).stamps.len()
    }

    #[test]
    fn tags_without_values_are_removed() {
        let tags = Tags::new();
        for id in 0..100_000 {
            tags.invalidate(Tag::new("product", id));
        }
        assert!(registered(&tags) <= MIN_PRUNED);
    }

    #[test]
    fn a_removed_tag_still_invalidates_what_began_before() {
        let tags = Tags::new();
        let began = tags.now();
        tags.invalidate("products");
        for id in 0..2 * MIN_PRUNED {
            drop(tags.stamps([Tag::new("other", id)]));
        }
        let stamp = &tags.stamps(["products".into()])[0];
        assert!(stamp.get() > began);
        assert!(stamp.get() <= tags.now());
    }

    #[test]
    fn a_tag_in_use_is_kept() {
        let tags = Tags::new();
        let held = tags.stamps(["products".into()]);
        for id in 0..2 * MIN_PRUNED {
            drop(tags.stamps([Tag::new("other", id)]));
        }
        tags.invalidate("products");
        assert_eq!(held[0].get(), tags.now());
    }
}
