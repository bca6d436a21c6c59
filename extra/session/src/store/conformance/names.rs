//! Names of slots, users and keys that differ little, or that have characters with a meaning in SQL or in Redis.

use std::{collections::BTreeSet, sync::Arc};

use super::fixture::{Calls, SECOND, data, head, head_of, random_key, random_user};
use crate::{
    Key,
    store::{Put, Store},
};

const NAMES: [&str; 22] = [
    "a",
    "A",
    "a ",
    " a",
    "a:b",
    "a*",
    "a?",
    "[a]",
    "a%",
    "a_",
    "a'b",
    "a''b",
    "a\"b",
    "a\\b",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "a;--",
    "$1",
    "\u{e9}",
    "e\u{301}",
    "\u{1f980}",
];

pub async fn names_of_slots_are_exact<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let key = store.begin().await;
    let long = "n".repeat(200);
    let names = NAMES.into_iter().chain([
        long.as_str(),
        "0",
        "key",
        "user",
        "version",
        "data",
        "slots",
    ]);
    let names = names.collect::<BTreeSet<_>>();
    for name in &names {
        let put = store.put(&key, name, 0, &data(name)).await;
        assert_eq!(put, Put::Done(1), "{name:?} is new");
    }
    let slots = store.must_load(&key).await.slots;
    let found = slots.iter().map(|(name, _)| name.as_str());
    assert_eq!(found.collect::<BTreeSet<_>>(), names);
    for (name, slot) in &slots {
        assert_eq!(slot.data, data(name));
    }
}

pub async fn names_of_users_are_exact<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let prefix = random_user();
    let mut keys = Vec::new();
    for name in NAMES.into_iter().chain([""]) {
        let (key, user) = (random_key(), format!("{prefix}{name}"));
        assert!(store.create(&key, &head_of(&user)).await);
        assert_eq!(store.must_load(&key).await.head.user.as_ref(), Some(&user));
        keys.push((key, user));
    }
    for (key, user) in keys {
        let found = store.of_user(&user).await;
        let found = found.iter().map(|(key, _)| *key).collect::<Vec<_>>();
        assert_eq!(found, [key], "{user:?}");
    }
}

/// The key of zeros is the only one that is not random. It is ended first.
pub async fn keys_are_exact<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let random = *random_key().bytes();
    let mut keys = vec![Key::new([0; 32]), Key::new(random)];
    for idx in [0, 15, 16, 31] {
        let (mut flipped, mut zero) = (random, random);
        flipped[idx] ^= 1;
        // A string in C ends at a zero.
        zero[idx] = 0;
        zero[(idx + 1) % 32] = idx as u8 + 1;
        keys.extend([Key::new(flipped), Key::new(zero)]);
    }
    store.end(&keys[0]).await;
    let heads = (0..).map(|seconds| {
        let mut head = head();
        head.created += seconds * SECOND;
        head
    });
    let sessions = keys.into_iter().zip(heads).collect::<Vec<_>>();
    for (key, head) in &sessions {
        assert!(store.create(key, head).await, "{key:?} is new");
    }
    for (key, head) in &sessions {
        let loaded = store.must_load(key).await;
        assert_eq!((loaded.key, &loaded.head), (*key, head));
    }
    for (key, _) in &sessions {
        store.end(key).await;
    }
}
