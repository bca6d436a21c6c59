//! The invalidations that Redis does not have yet.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, oneshot, watch};

use crate::tags::Tag;

/// With more invalidations than this, everything is invalidated instead: Redis was away for long, and the memory of the
/// process is limited.
const MOST: usize = 10_000;
/// How many invalidations one script publishes, so that it does not block Redis for long.
const BATCH: usize = 500;

/// A queue of invalidations, in the order of the calls.
///
/// Each has a number. All up to one are published before [`flushed`](Self::flushed) returns.
pub(super) struct Outbox {
    queue: Mutex<Queue>,
    flushed: watch::Sender<u64>,
    /// It wakes the task that publishes.
    pub(super) filled: Notify,
}

#[derive(Default)]
struct Queue {
    items: VecDeque<Item>,
    /// The tags of the items. A tag that waits already needs no second item.
    tags: HashSet<Tag>,
    last: u64,
}

struct Item {
    number: u64,
    /// `None` invalidates everything.
    tag: Option<Tag>,
    published: Option<oneshot::Sender<Published>>,
}

/// The time of Redis at which an invalidation was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Published {
    pub(super) epoch: u64,
    pub(super) clock: u64,
    /// The clock on the wall of Redis, in microseconds.
    pub(super) now: u64,
}

/// Invalidations that are being published.
pub(super) struct Batch(Vec<Item>);

impl Batch {
    /// Returns the tags. `None` invalidates everything.
    pub(super) fn tags(&self) -> impl Iterator<Item = Option<&Tag>> {
        self.0.iter().map(|item| item.tag.as_ref())
    }
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self {
            queue: Mutex::default(),
            flushed: watch::Sender::new(0),
            filled: Notify::new(),
        }
    }

    pub(super) fn push(&self, tag: &Tag) {
        let mut queue = self.queue();
        if !queue.tags.contains(tag) {
            queue.push(Some(tag.clone()), None);
        }
        drop(queue);
        self.filled.notify_one();
    }

    /// Queues an invalidation, and returns when it was published. If it is dropped, the sender is dropped too.
    pub(super) fn push_and_wait(&self, tag: &Tag) -> oneshot::Receiver<Published> {
        let (sender, receiver) = oneshot::channel();
        self.queue().push(Some(tag.clone()), Some(sender));
        self.filled.notify_one();
        receiver
    }

    pub(super) fn take(&self) -> Option<Batch> {
        let mut queue = self.queue();
        let count = queue.items.len().min(BATCH);
        let items: Vec<_> = queue.items.drain(..count).collect();
        for tag in items.iter().filter_map(|item| item.tag.as_ref()) {
            queue.tags.remove(tag);
        }
        (!items.is_empty()).then_some(Batch(items))
    }

    /// Returns a batch to its place, after Redis has not confirmed it. It may have been published.
    pub(super) fn put_back(&self, batch: Batch) {
        let mut queue = self.queue();
        for item in batch.0.into_iter().rev() {
            queue.tags.extend(item.tag.clone());
            queue.items.push_front(item);
        }
        queue.limit();
    }

    pub(super) fn confirm(&self, batch: Batch, published: Published) {
        let Some(last) = batch.0.last().map(|item| item.number) else {
            return;
        };
        for sender in batch.0.into_iter().filter_map(|item| item.published) {
            // The task that waits may have ended.
            let _ = sender.send(published);
        }
        self.flushed
            .send_modify(|flushed| *flushed = last.max(*flushed));
    }

    /// Waits until all invalidations that were made before the call are published.
    pub(super) async fn flushed(&self) {
        let last = self.queue().last;
        let mut flushed = self.flushed.subscribe();
        // The sender is in `self`, so it is not dropped.
        let _ = flushed.wait_for(|&flushed| flushed >= last).await;
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn push(&mut self, tag: Option<Tag>, published: Option<oneshot::Sender<Published>>) {
        self.last += 1;
        self.tags.extend(tag.clone());
        self.items.push_back(Item {
            number: self.last,
            tag,
            published,
        });
        self.limit();
    }

    fn limit(&mut self) {
        if self.items.len() > MOST {
            self.items.clear();
            self.tags.clear();
            self.items.push_back(Item {
                number: self.last,
                tag: None,
                published: None,
            });
        }
    }
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const PUBLISHED: Published = Published {
        epoch: 1,
        clock: 2,
        now: 3,
    };

    fn texts(batch: &Batch) -> Vec<String> {
        let tags = batch.tags();
        tags.map(|tag| tag.map_or("*".into(), Tag::to_string))
            .collect()
    }

    async fn is_flushed(outbox: &Outbox) -> bool {
        let flushed = timeout(Duration::from_millis(1), outbox.flushed());
        flushed.await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_tag_that_waits_is_published_once() {
        let outbox = Outbox::new();
        assert!(is_flushed(&outbox).await);
        for tag in ["a", "b", "a"] {
            outbox.push(&tag.into());
        }
        let batch = outbox.take().expect("it has two");
        assert_eq!(texts(&batch), ["a", "b"]);
        assert!(!is_flushed(&outbox).await);
        outbox.confirm(batch, PUBLISHED);
        assert!(is_flushed(&outbox).await);
        assert!(outbox.take().is_none());
    }

    /// An invalidation during the publication of the same tag may be later than the publication.
    #[tokio::test(start_paused = true)]
    async fn a_tag_that_is_being_published_is_published_again() {
        let outbox = Outbox::new();
        outbox.push(&"a".into());
        let first = outbox.take().expect("it has one");
        outbox.push(&"a".into());
        outbox.confirm(first, PUBLISHED);
        assert!(!is_flushed(&outbox).await);
        let second = outbox.take().expect("it has one");
        outbox.confirm(second, PUBLISHED);
        assert!(is_flushed(&outbox).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_failed_comes_first_again() {
        let outbox = Outbox::new();
        outbox.push(&"a".into());
        let failed = outbox.take().expect("it has one");
        outbox.push(&"b".into());
        outbox.put_back(failed);
        assert!(!is_flushed(&outbox).await);
        let batch = outbox.take().expect("it has two");
        assert_eq!(texts(&batch), ["a", "b"]);
        outbox.confirm(batch, PUBLISHED);
        assert!(is_flushed(&outbox).await);
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_invalidations_become_one_of_everything() {
        let outbox = Outbox::new();
        for id in 0..=MOST {
            outbox.push(&Tag::new("product", id));
        }
        let batch = outbox.take().expect("it has one");
        assert_eq!(texts(&batch), ["*"]);
        outbox.confirm(batch, PUBLISHED);
        assert!(is_flushed(&outbox).await);
    }

    #[tokio::test(start_paused = true)]
    async fn batches_are_bounded_and_in_order() {
        let outbox = Outbox::new();
        for id in 0..=BATCH {
            outbox.push(&Tag::new("product", id));
        }
        let first = outbox.take().expect("it has many");
        assert_eq!(texts(&first).len(), BATCH);
        outbox.confirm(first, PUBLISHED);
        assert!(!is_flushed(&outbox).await);
        assert_eq!(texts(&outbox.take().expect("one is left")).len(), 1);
    }

    #[tokio::test]
    async fn the_time_of_a_publication_is_returned() {
        let outbox = Outbox::new();
        let waiting = outbox.push_and_wait(&"a".into());
        let batch = outbox.take().expect("it has one");
        outbox.confirm(batch, PUBLISHED);
        assert_eq!(waiting.await, Ok(PUBLISHED));
    }
}
