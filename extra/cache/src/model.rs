//! Computations and invalidations in all orders that the memory model allows. `.ci/full` has the command.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, Waker},
    time::Duration,
};

use loom::{sync::atomic::AtomicU64, thread};

use crate::{
    Cache, Tag,
    enter::Entered,
    entry::Terms,
    flight::{Follow, Followed},
    shared::Shared,
};

const KEY: u8 = 1;
const TERMS: Terms = Terms {
    fresh: Duration::from_secs(3600),
    stale: Duration::ZERO,
    on_error: Duration::ZERO,
};

/// A cache, and the version of the data that it caches.
struct Model {
    shared: Arc<Shared<u8, u64>>,
    version: AtomicU64,
    /// The tag that only the landing gives to the value.
    tag: Option<Tag>,
}

/// The value of a read, or the wait for one.
enum Read {
    Value(u64),
    Follow(Follow<u64>),
}

impl Model {
    fn new(by_key: bool) -> Arc<Self> {
        let builder = Cache::builder(TERMS.fresh).early(0.0).entries(10);
        let builder = if by_key {
            builder.tags_by(|_| ["tag"])
        } else {
            builder
        };
        Arc::new(Self {
            shared: builder.build().shared,
            version: AtomicU64::new(0),
            tag: (!by_key).then(|| "tag".into()),
        })
    }

    fn read(&self) -> Read {
        match self.shared.enter(&KEY, self.shared.arrive()) {
            Entered::Fresh(entry) | Entered::Stale(entry, _) => Read::Value(entry.value),
            Entered::Follow(follow, _) => Read::Follow(follow),
            Entered::Lead(lead, _) => {
                let value = self.version.load(Ordering::Acquire);
                lead.land(value, TERMS, 1, self.tag.clone());
                Read::Value(value)
            }
        }
    }

    /// Returns the value of a read after all computations have ended.
    fn settle(&self, read: Read) -> u64 {
        let mut follow = match read {
            Read::Value(value) => return value,
            Read::Follow(follow) => follow,
        };
        let mut cx = Context::from_waker(Waker::noop());
        match pin!(follow.wait()).poll(&mut cx) {
            Poll::Ready(Followed::Value(entry)) => entry.value,
            Poll::Ready(Followed::Again) => match self.read() {
                Read::Value(value) => value,
                Read::Follow(_) => panic!("all computations have ended"),
            },
            Poll::Ready(Followed::Failed(_)) | Poll::Pending => panic!("it has landed"),
        }
    }

    fn change(&self, version: u64) {
        self.version.store(version, Ordering::Release);
    }
}

/// A read begins before or during invalidations, another one after each of them.
fn check(by_key: bool, invalidate: fn(&Model)) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || {
        let model = Model::new(by_key);
        let early = {
            let model = Arc::clone(&model);
            thread::spawn(move || model.read())
        };
        model.change(1);
        invalidate(&model);
        let first = model.read();
        model.change(2);
        invalidate(&model);
        let second = model.read();
        let early = early.join().expect("it ends");
        assert!(model.settle(first) >= 1);
        assert!(model.settle(second) >= 2);
        model.settle(early);
        let last = model.read();
        assert_eq!(model.settle(last), 2);
    });
}

#[test]
fn no_later_read_gets_a_value_of_an_invalidated_key() {
    check(true, |model| model.shared.invalidate(&KEY));
}

#[test]
fn no_later_read_gets_a_value_of_an_invalidated_tag() {
    check(true, |model| model.shared.tags.invalidate("tag"));
}

#[test]
fn no_later_read_gets_a_value_with_a_tag_of_its_landing() {
    check(false, |model| model.shared.tags.invalidate("tag"));
}

#[test]
fn no_later_read_gets_a_value_of_a_cleared_cache() {
    check(true, |model| {
        model.shared.tags.raise(&model.shared.cleared);
    });
}

/// Of two reads at the same time, one computes the value.
#[test]
fn two_reads_make_one_computation() {
    loom::model(|| {
        let model = Model::new(true);
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || model.read())
        };
        let own = model.read();
        let other = other.join().expect("it ends");
        assert_eq!((model.settle(own), model.settle(other)), (0, 0));
        assert_eq!(model.shared.stats().loads, 1);
    });
}

/// After the cache is closed, nothing is stored.
#[test]
fn nothing_is_stored_in_a_closed_cache() {
    loom::model(|| {
        let model = Model::new(true);
        let read = {
            let model = Arc::clone(&model);
            thread::spawn(move || model.read())
        };
        // loom tries the orders of locks that both threads acquire, so the store is read before and after the call.
        let is_stored = || model.shared.peek(&KEY).is_some();
        let before = is_stored();
        model.shared.close_store();
        let at_once = is_stored();
        read.join().expect("it ends");
        assert_eq!(is_stored(), at_once);
        assert!(at_once || !before);
    });
}
