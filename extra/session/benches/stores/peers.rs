//! The store, and maps that a store could be.

use std::{
    collections::HashMap,
    future::Future,
    pin::pin,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use highball_session::{
    Key,
    store::{Head, Loaded, Memory, Slot, Store},
};

pub(super) const NAMES: [&str; 6] = [
    "highball",
    "Mutex<HashMap>",
    "RwLock<HashMap>",
    "dashmap",
    "scc",
    "moka",
];

pub(super) fn stores() -> [Box<dyn Map>; 6] {
    [
        Box::new(Memory::new().max_sessions(10_000_000)),
        Box::new(Mutex::new(HashMap::<Key, Plain>::new())),
        Box::new(RwLock::new(HashMap::<Key, Shared>::new())),
        Box::new(dashmap::DashMap::<Key, Plain>::new()),
        Box::new(scc::HashMap::<Key, Plain>::new()),
        Box::new(moka::sync::Cache::<Key, Arc<Shared>>::new(10_000_000)),
    ]
}

pub(super) type Slots = Vec<(String, Slot)>;

/// The operations of a request.
pub(super) trait Map: Sync {
    fn create(&self, key: Key, head: Head, slots: Slots);
    fn load(&self, key: &Key) -> Option<Loaded>;
    fn touch(&self, key: &Key, seen: u64, expires: u64);
}

impl Map for Memory {
    fn create(&self, key: Key, head: Head, slots: Slots) {
        let created = ready(Store::create(self, &key, &head));
        assert!(created.expect("there is room"));
        for (name, slot) in slots {
            let put = ready(Store::put(self, &key, &name, 0, &slot.data));
            put.expect("it answers");
        }
    }

    fn load(&self, key: &Key) -> Option<Loaded> {
        ready(Store::load(self, key, 0)).expect("it answers")
    }

    fn touch(&self, key: &Key, seen: u64, expires: u64) {
        ready(Store::touch(self, key, seen, expires)).expect("it answers");
    }
}

/// Returns the result of a future that does not wait.
pub(super) fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut cx = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut cx) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the store in memory does not wait"),
    }
}

/// The session of a map whose entries can be changed.
struct Plain {
    head: Head,
    slots: Slots,
}

impl Plain {
    fn loaded(&self, key: &Key) -> Loaded {
        Loaded::new(*key, self.head.clone(), self.slots.clone())
    }

    fn touch(&mut self, seen: u64, expires: u64) {
        if seen >= self.head.seen {
            (self.head.seen, self.head.expires) = (seen, expires);
        }
    }
}

/// The session of a map whose entries are shared.
struct Shared {
    plain: Plain,
    seen: AtomicU64,
    expires: AtomicU64,
}

impl Shared {
    fn new(head: Head, slots: Slots) -> Self {
        Self {
            seen: AtomicU64::new(head.seen),
            expires: AtomicU64::new(head.expires),
            plain: Plain { head, slots },
        }
    }

    fn loaded(&self, key: &Key) -> Loaded {
        let mut loaded = self.plain.loaded(key);
        loaded.head.seen = self.seen.load(Ordering::Relaxed);
        loaded.head.expires = self.expires.load(Ordering::Relaxed);
        loaded
    }

    fn touch(&self, seen: u64, expires: u64) {
        if self.seen.fetch_max(seen, Ordering::Relaxed) <= seen {
            self.expires.store(expires, Ordering::Relaxed);
        }
    }
}

impl Map for Mutex<HashMap<Key, Plain>> {
    fn create(&self, key: Key, head: Head, slots: Slots) {
        let mut map = self.lock().expect("no panic");
        map.insert(key, Plain { head, slots });
    }

    fn load(&self, key: &Key) -> Option<Loaded> {
        let map = self.lock().expect("no panic");
        map.get(key).map(|session| session.loaded(key))
    }

    fn touch(&self, key: &Key, seen: u64, expires: u64) {
        if let Some(session) = self.lock().expect("no panic").get_mut(key) {
            session.touch(seen, expires);
        }
    }
}

impl Map for RwLock<HashMap<Key, Shared>> {
    fn create(&self, key: Key, head: Head, slots: Slots) {
        let mut map = self.write().expect("no panic");
        map.insert(key, Shared::new(head, slots));
    }

    fn load(&self, key: &Key) -> Option<Loaded> {
        let map = self.read().expect("no panic");
        map.get(key).map(|session| session.loaded(key))
    }

    fn touch(&self, key: &Key, seen: u64, expires: u64) {
        if let Some(session) = self.read().expect("no panic").get(key) {
            session.touch(seen, expires);
        }
    }
}

impl Map for dashmap::DashMap<Key, Plain> {
    fn create(&self, key: Key, head: Head, slots: Slots) {
        self.insert(key, Plain { head, slots });
    }

    fn load(&self, key: &Key) -> Option<Loaded> {
        self.get(key).map(|session| session.loaded(key))
    }

    fn touch(&self, key: &Key, seen: u64, expires: u64) {
        if let Some(mut session) = self.get_mut(key) {
            session.touch(seen, expires);
        }
    }
}

impl Map for scc::HashMap<Key, Plain> {
    fn create(&self, key: Key, head: Head, slots: Slots) {
        let inserted = self.insert_sync(key, Plain { head, slots });
        assert!(inserted.is_ok());
    }

    fn load(&self, key: &Key) -> Option<Loaded> {
        self.read_sync(key, |key, session| session.loaded(key))
    }

    fn touch(&self, key: &Key, seen: u64, expires: u64) {
        self.update_sync(key, |_, session| session.touch(seen, expires));
    }
}

impl Map for moka::sync::Cache<Key, Arc<Shared>> {
    fn create(&self, key: Key, head: Head, slots: Slots) {
        self.insert(key, Arc::new(Shared::new(head, slots)));
    }

    fn load(&self, key: &Key) -> Option<Loaded> {
        self.get(key).map(|session| session.loaded(key))
    }

    fn touch(&self, key: &Key, seen: u64, expires: u64) {
        if let Some(session) = self.get(key) {
            session.touch(seen, expires);
        }
    }
}
