//! Sessions begin and end.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::fixture::{Calls, data, head, head_of, random_key, random_user};
use crate::store::{Loaded, Put, Store};

pub async fn a_new_session_has_its_head_and_no_slots<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for head in [head(), head_of(&random_user())] {
        let key = random_key();
        assert!(store.create(&key, &head).await);
        let expected = Loaded::new(key, head, Vec::new());
        assert_eq!(store.load(&key).await, Some(expected));
    }
}

pub async fn a_key_is_created_once<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let key = store.begin().await;
    store.put(&key, "cart", 0, &data("1")).await;
    let before = store.load(&key).await;
    let user = random_user();
    assert!(!store.create(&key, &head_of(&user)).await);
    assert_eq!(store.load(&key).await, before);
    assert_eq!(store.of_user(&user).await, []);
}

pub async fn a_key_is_created_once_by_tasks_at_the_same_time<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for _ in 0..20 {
        let key = random_key();
        let mut tasks = JoinSet::new();
        for _ in 0..16 {
            let store = store.clone();
            tasks.spawn(async move { store.create(&key, &head()).await });
        }
        let created = tasks.join_all().await;
        assert_eq!(created.iter().filter(|created| **created).count(), 1);
    }
}

pub async fn an_unknown_key_has_no_session<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    assert_eq!(store.load(&random_key()).await, None);
    store.end(&random_key()).await;
}

pub async fn an_ended_session_has_gone_with_its_slots<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (key, other) = (random_key(), store.begin().await);
    for _ in 0..2 {
        assert!(store.create(&key, &head()).await, "it has ended");
        assert_eq!(store.must_load(&key).await.slots, []);
        assert_eq!(store.put(&key, "cart", 0, &data("1")).await, Put::Done(1));
        store.end(&key).await;
        assert_eq!(store.load(&key).await, None);
    }
    assert!(store.load(&other).await.is_some());
}

pub async fn the_store_answers<S: Store>(store: Arc<S>) {
    store.check().await.expect("the store answers");
}
