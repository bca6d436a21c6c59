//! Touches.

use std::sync::Arc;

use super::fixture::{Calls, HOUR, SECOND, data, head, head_of, random_key, random_user};
use crate::store::Store;

pub async fn a_touch_changes_the_times_only<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (key, user) = (random_key(), random_user());
    assert!(store.create(&key, &head_of(&user)).await);
    store.put(&key, "cart", 0, &data("1")).await;
    let mut expected = store.must_load(&key).await;
    // It may expire earlier than before. The last touch is at the same time as the one before.
    let seen = expected.head.seen;
    let touches = [(1, 3 * HOUR), (2, HOUR), (2, 2 * HOUR)];
    for (seconds, idle) in touches {
        expected.head.seen = seen + seconds * SECOND;
        expected.head.expires = seen + idle;
        let (seen, expires) = (expected.head.seen, expected.head.expires);
        store.touch(&key, seen, expires).await;
        assert_eq!(store.must_load(&key).await, expected);
        assert_eq!(store.of_user(&user).await, [(key, expected.head.clone())]);
    }
}

pub async fn an_earlier_touch_changes_nothing<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let key = store.begin().await;
    let before = store.must_load(&key).await;
    let seen = before.head.seen - SECOND;
    store.touch(&key, seen, seen + 3 * HOUR).await;
    assert_eq!(store.must_load(&key).await, before);
}

pub async fn a_touch_creates_no_session<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (unknown, ended) = (random_key(), store.begin().await);
    store.end(&ended).await;
    for key in [unknown, ended] {
        let head = head();
        store.touch(&key, head.seen + SECOND, head.expires).await;
        assert_eq!(store.load(&key).await, None);
        assert!(store.create(&key, &head).await);
        assert_eq!(store.must_load(&key).await.head, head);
    }
}
