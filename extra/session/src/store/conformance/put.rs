//! Slots and their versions.

use std::sync::Arc;

use super::fixture::{Calls, data, head, random_key};
use crate::store::{Data, Put, Slot, Store};

pub async fn a_put_increases_the_version<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let key = store.begin().await;
    for version in 0..3 {
        let data = data(&version.to_string());
        let done = Put::Done(version + 1);
        assert_eq!(store.put(&key, "cart", version, &data).await, done);
        let slot = Slot {
            version: version + 1,
            data,
        };
        assert_eq!(
            store.must_load(&key).await.slots,
            [("cart".to_owned(), slot)]
        );
    }
}

pub async fn a_put_with_another_version_changes_nothing<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let key = store.begin().await;
    let nothing = Put::Conflict(None);
    assert_eq!(store.put(&key, "cart", 1, &data("0")).await, nothing);
    assert_eq!(store.must_load(&key).await.slots, []);

    store.put(&key, "cart", 0, &data("1")).await;
    store.put(&key, "cart", 1, &data("2")).await;
    let before = store.must_load(&key).await;
    let current = Put::Conflict(Some(before.slots[0].1.clone()));
    for version in [0, 1, 3] {
        let put = store.put(&key, "cart", version, &data("9")).await;
        assert_eq!(put, current, "with the version {version}");
    }
    assert_eq!(store.must_load(&key).await, before);
}

pub async fn a_put_without_a_session_changes_nothing<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (unknown, ended) = (random_key(), store.begin().await);
    store.put(&ended, "cart", 0, &data("1")).await;
    store.end(&ended).await;
    for key in [unknown, ended] {
        for version in [0, 1] {
            let put = store.put(&key, "cart", version, &data("1")).await;
            assert_eq!(put, Put::Ended);
        }
        assert_eq!(store.load(&key).await, None);
        assert!(store.create(&key, &head()).await);
        assert_eq!(store.must_load(&key).await.slots, []);
    }
}

pub async fn slots_have_separate_versions<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let key = store.begin().await;
    store.put(&key, "a", 0, &data("1")).await;
    store.put(&key, "a", 1, &data("2")).await;
    assert_eq!(store.put(&key, "b", 0, &data("3")).await, Put::Done(1));
    assert_eq!(store.put(&key, "a", 2, &data("4")).await, Put::Done(3));
    let slots = store.must_load(&key).await.slots;
    let versions = slots.iter().map(|(name, slot)| (&**name, slot.version));
    assert_eq!(versions.collect::<Vec<_>>(), [("a", 3), ("b", 1)]);
}

pub async fn data_of_all_kinds_is_kept<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let key = store.begin().await;
    let all_bytes = (0..=255).collect::<Vec<u8>>();
    let kinds = [
        Vec::new(),
        b"null".into(),
        b"{\"a\":\"\\u0000\\\"'%$1 \xc3\xa9\",\"b\":[1.5e300,-0]}".into(),
        b"1:2:3\r\n*1\r\n$-1\r\n".into(),
        all_bytes,
        vec![b'x'; 64 * 1024],
        vec![0; 64 * 1024],
    ];
    for (version, json) in (0..).zip(kinds) {
        let schema = if version % 2 == 0 { u32::MAX } else { 0 };
        let data = Data { schema, json };
        store.put(&key, "cart", version, &data).await;
        let (_, slot) = store.must_load(&key).await.slots.remove(0);
        assert!(slot.data == data, "the data number {version} has changed");
        let Put::Conflict(Some(slot)) = store.put(&key, "cart", 0, &data).await else {
            panic!("the slot has another version");
        };
        assert!(
            slot.data == data,
            "the data number {version} differs in a conflict"
        );
    }
}
