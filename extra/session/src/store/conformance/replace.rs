//! Keys that change.

use std::sync::Arc;

use super::fixture::{Calls, HOUR, SECOND, data, head, head_of, now, random_key, random_user};
use crate::{
    Key,
    store::{Loaded, Put, Store},
};

pub async fn a_replaced_session_keeps_its_slots<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (old, new) = (store.begin().await, random_key());
    store.put(&old, "a", 0, &data("1")).await;
    store.put(&old, "a", 1, &data("2")).await;
    store.put(&old, "b", 0, &data("3")).await;
    let slots = store.must_load(&old).await.slots;
    let head = head_of(&random_user());
    assert!(store.replace(&old, &new, &head).await);
    let expected = Loaded::new(new, head, slots);
    assert_eq!(store.must_load(&new).await, expected);
    assert_eq!(store.put(&new, "a", 2, &data("4")).await, Put::Done(3));
}

pub async fn a_replace_without_a_session_changes_nothing<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (unknown, ended) = (random_key(), store.begin().await);
    store.end(&ended).await;
    let (new, user) = (random_key(), random_user());
    for old in [unknown, ended] {
        for until in [None, Some(now() + HOUR)] {
            let head = head_of(&user);
            assert!(!store.replace_and_keep(&old, &new, &head, until).await);
            assert_eq!(store.load(&new).await, None);
            assert_eq!(store.load(&old).await, None);
        }
    }
    assert_eq!(store.of_user(&user).await, []);
}

pub async fn a_replace_with_a_key_in_use_changes_nothing<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (old, new) = (store.begin().await, store.begin().await);
    store.put(&old, "a", 0, &data("1")).await;
    store.put(&new, "b", 0, &data("2")).await;
    let before = (store.load(&old).await, store.load(&new).await);
    let user = random_user();
    for new in [new, old] {
        for until in [None, Some(now() + HOUR)] {
            let head = head_of(&user);
            assert!(!store.replace_and_keep(&old, &new, &head, until).await);
        }
    }
    let after = (store.load(&old).await, store.load(&new).await);
    assert_eq!(after, before);
    assert_eq!(store.of_user(&user).await, []);
}

pub async fn a_replaced_key_leads_to_no_session<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (old, new) = (store.begin().await, random_key());
    assert!(store.replace(&old, &new, &head()).await);
    assert_eq!(store.load(&old).await, None);
    assert_eq!(store.load_at(&old, 0).await, None);
    changes_nothing(&store, &old, &new).await;
    // The key is free.
    assert!(store.create(&old, &head()).await);
    assert_eq!(store.must_load(&old).await.slots, []);
}

pub async fn a_kept_key_leads_to_the_session_until_its_time<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (old, new) = (store.begin().await, random_key());
    store.put(&old, "cart", 0, &data("1")).await;
    let until = now() + 10 * SECOND;
    let head = head_of(&random_user());
    let replaced = store.replace_and_keep(&old, &new, &head, Some(until));
    assert!(replaced.await);
    store.put(&new, "cart", 1, &data("2")).await;
    let session = store.must_load(&new).await;
    assert_eq!(session.key, new);
    assert_eq!(
        store.load_at(&old, until - SECOND).await.as_ref(),
        Some(&session)
    );
    assert_eq!(store.load_at(&old, until).await, None);
    assert_eq!(store.load_at(&old, until + SECOND).await, None);
    assert_eq!(store.load_at(&new, until + SECOND).await, Some(session));
}

/// Only `load` finds a session by a key that was kept.
pub async fn a_kept_key_changes_nothing<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (old, new) = (store.begin().await, random_key());
    let until = Some(now() + HOUR);
    assert!(store.replace_and_keep(&old, &new, &head(), until).await);
    changes_nothing(&store, &old, &new).await;
}

async fn changes_nothing<S: Store>(store: &Calls<S>, old: &Key, new: &Key) {
    store.put(new, "cart", 0, &data("1")).await;
    let before = store.must_load(new).await;
    let user = random_user();
    for version in [0, 1] {
        let put = store.put(old, "cart", version, &data("9")).await;
        assert_eq!(put, Put::Ended);
    }
    store
        .touch(old, before.head.seen + SECOND, before.head.expires + SECOND)
        .await;
    assert!(!store.replace(old, &random_key(), &head_of(&user)).await);
    assert!(!store.end(old).await);
    assert_eq!(store.must_load(new).await, before);
    assert_eq!(store.of_user(&user).await, []);
}

pub async fn a_kept_key_ends_with_its_session<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (old, new) = (store.begin().await, random_key());
    let until = Some(now() + HOUR);
    assert!(store.replace_and_keep(&old, &new, &head(), until).await);
    assert!(store.load(&old).await.is_some());
    assert!(store.end(&new).await);
    assert!(!store.end(&new).await);
    assert_eq!(store.load(&old).await, None);
    // A new session with the key is another session.
    assert!(store.create(&new, &head()).await);
    assert_eq!(store.load(&old).await, None);
}

/// No id from before a login leads to the session after it.
pub async fn a_replace_drops_the_keys_that_were_kept_before<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (first, second, third) = (store.begin().await, random_key(), random_key());
    let until = Some(now() + HOUR);
    assert!(
        store
            .replace_and_keep(&first, &second, &head(), until)
            .await
    );
    assert!(
        store
            .replace(&second, &third, &head_of(&random_user()))
            .await
    );
    assert_eq!(store.load(&first).await, None);
    assert_eq!(store.load(&second).await, None);
    assert!(store.load(&third).await.is_some());
}
