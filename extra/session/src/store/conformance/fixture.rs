//! A store whose errors fail the test, and random keys.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    Key,
    store::{Data, Head, Loaded, Millis, Put, Slot, Store},
};

/// A second.
pub(super) const SECOND: Millis = 1_000;
/// The time after which the sessions of tests expire.
pub(super) const HOUR: Millis = 3_600 * SECOND;

/// A store that always answers.
pub(super) struct Calls<S>(pub(super) Arc<S>);

impl<S> Clone for Calls<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Store> Calls<S> {
    pub(super) async fn create(&self, key: &Key, head: &Head) -> bool {
        let created = self.0.create(key, head).await;
        created.expect("the store answers to `create`")
    }

    /// Creates a session without a user, and returns its key.
    pub(super) async fn begin(&self) -> Key {
        let key = random_key();
        assert!(self.create(&key, &head()).await, "the key is new");
        key
    }

    pub(super) async fn load(&self, key: &Key) -> Option<Loaded> {
        self.load_at(key, now()).await
    }

    pub(super) async fn load_at(&self, key: &Key, now: Millis) -> Option<Loaded> {
        let loaded = self.0.load(key, now).await;
        let mut loaded = loaded.expect("the store answers to `load`")?;
        // A store may return the slots in any order.
        loaded.slots.sort_by(|(a, _), (b, _)| a.cmp(b));
        Some(loaded)
    }

    pub(super) async fn must_load(&self, key: &Key) -> Loaded {
        self.load(key).await.expect("there is a session")
    }

    pub(super) async fn put(&self, key: &Key, slot: &str, expected: u64, data: &Data) -> Put {
        let put = self.0.put(key, slot, expected, data).await;
        put.expect("the store answers to `put`")
    }

    pub(super) async fn touch(&self, key: &Key, seen: Millis, expires: Millis) {
        let touched = self.0.touch(key, seen, expires).await;
        touched.expect("the store answers to `touch`");
    }

    pub(super) async fn replace(&self, old: &Key, new: &Key, head: &Head) -> bool {
        self.replace_and_keep(old, new, head, None).await
    }

    pub(super) async fn replace_and_keep(
        &self,
        old: &Key,
        new: &Key,
        head: &Head,
        until: Option<Millis>,
    ) -> bool {
        let replaced = self.0.replace(old, new, head, until).await;
        replaced.expect("the store answers to `replace`")
    }

    pub(super) async fn end(&self, key: &Key) -> bool {
        let ended = self.0.end(key).await;
        ended.expect("the store answers to `end`")
    }

    pub(super) async fn of_user(&self, user: &str) -> Vec<(Key, Head)> {
        let sessions = self.0.of_user(user).await;
        let mut sessions = sessions.expect("the store answers to `of_user`");
        sessions.sort_by_key(|(key, _)| *key);
        sessions
    }

    pub(super) async fn sweep(&self, now: Millis) {
        let swept = self.0.sweep(now).await;
        swept.expect("the store answers to `sweep`");
    }

    /// Adds one to the number in a slot. Returns false if the session has ended.
    pub(super) async fn increment(&self, key: &Key, slot: &str) -> bool {
        let mut current = None;
        loop {
            let expected = current.as_ref().map_or(0, |slot: &Slot| slot.version);
            let next = current.as_ref().map_or(0, number) + 1;
            match self
                .put(key, slot, expected, &data(&next.to_string()))
                .await
            {
                Put::Done(version) => {
                    assert_eq!(version, expected + 1);
                    return true;
                }
                Put::Conflict(slot) => current = slot,
                Put::Ended => return false,
            }
        }
    }
}

/// Returns this second.
pub(super) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() * SECOND)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    bytes
}

pub(super) fn random_key() -> Key {
    Key::new(random())
}

/// Returns a user that no other test has.
pub(super) fn random_user() -> String {
    format!("user {}", random_key().hex())
}

/// Returns the head of a new session without a user.
pub(super) fn head() -> Head {
    let now = now();
    Head {
        created: now,
        renewed: now,
        seen: now,
        expires: now + HOUR,
        ..Head::default()
    }
}

/// Returns the head of a session after a login. Each field has another value than that of [`head`].
pub(super) fn head_of(user: &str) -> Head {
    let now = now() + SECOND;
    Head {
        user: Some(user.to_owned()),
        created: now - HOUR,
        logged_in: now - SECOND,
        renewed: now,
        seen: now,
        expires: now + 2 * HOUR,
        remembered: true,
        agent: "Browser/1.0 (\"é\"; 'x')".to_owned(),
    }
}

pub(super) fn data(json: &str) -> Data {
    Data {
        schema: 1,
        json: json.into(),
    }
}

pub(super) fn number(slot: &Slot) -> u64 {
    let json = String::from_utf8_lossy(&slot.data.json);
    json.parse().expect("the slot has a number")
}

/// Returns the number in a slot, or 0 if there is none.
pub(super) fn number_in(loaded: &Loaded, slot: &str) -> u64 {
    let found = loaded.slots.iter().find(|(name, _)| name == slot);
    found.map_or(0, |(_, slot)| number(slot))
}
