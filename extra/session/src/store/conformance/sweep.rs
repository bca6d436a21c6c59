//! Sessions that expire.

use std::sync::Arc;

use super::fixture::{Calls, HOUR, SECOND, data, head_of, now, random_key, random_user};
use crate::store::Store;

pub async fn a_sweep_removes_what_has_expired<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let user = random_user();
    let (expired, live) = (random_key(), random_key());
    let mut head = head_of(&user);
    assert!(store.create(&live, &head).await);
    head.expires = now() - SECOND;
    assert!(store.create(&expired, &head).await);
    store.put(&expired, "cart", 0, &data("1")).await;
    store.sweep(now()).await;
    assert_eq!(store.load(&expired).await, None);
    let left = store.of_user(&user).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].0, live);
    assert!(store.create(&expired, &head_of(&user)).await);
    assert_eq!(store.must_load(&expired).await.slots, []);
}

pub async fn a_sweep_spares_what_was_touched<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (key, user) = (random_key(), random_user());
    let mut head = head_of(&user);
    head.expires = now() + 30 * SECOND;
    assert!(store.create(&key, &head).await);
    store.put(&key, "cart", 0, &data("1")).await;
    store.touch(&key, head.seen + SECOND, now() + HOUR).await;
    let before = store.must_load(&key).await;
    for _ in 0..2 {
        store.sweep(now() + 60 * SECOND).await;
        assert_eq!(store.load(&key).await.as_ref(), Some(&before));
    }
    assert_eq!(store.of_user(&user).await.len(), 1);
}
