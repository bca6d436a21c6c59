//! Keys that are kept for some time, over several renewals.

use highball_session::{
    Key,
    store::{Head, Memory, Store},
};

use crate::backends::{Folder, Keys, Schema};

const KEYS: [Key; 4] = [
    Key::new([1; 32]),
    Key::new([2; 32]),
    Key::new([3; 32]),
    Key::new([4; 32]),
];

fn head(seen: u64) -> Head {
    let mut head = Head::default();
    (head.seen, head.expires) = (seen, 3_600_000);
    head
}

/// Each kept key leads to the session until its own time, and none does after a login.
async fn each_kept_key_has_its_time(store: impl Store) {
    let [first, second, third, fourth] = KEYS;
    let created = store.create(&first, &head(0)).await;
    assert!(created.expect("it answers"));
    for (old, new, seen, until) in [(first, second, 0, 10_000), (second, third, 5_000, 15_000)] {
        let replaced = store.replace(&old, &new, &head(seen), Some(until)).await;
        assert!(replaced.expect("it answers"));
    }
    leads(&store, &first, 9_999, Some(third)).await;
    leads(&store, &first, 10_000, None).await;
    leads(&store, &second, 14_999, Some(third)).await;
    leads(&store, &second, 15_000, None).await;
    let replaced = store.replace(&third, &fourth, &head(5_000), None).await;
    assert!(replaced.expect("it answers"));
    for old in [first, second, third] {
        leads(&store, &old, 5_000, None).await;
    }
    leads(&store, &fourth, 5_000, Some(fourth)).await;
}

async fn leads(store: &impl Store, key: &Key, now: u64, to: Option<Key>) {
    let loaded = store.load(key, now).await.expect("it answers");
    assert_eq!(loaded.map(|loaded| loaded.key), to, "{key:?} at {now}");
}

#[tokio::test]
async fn each_kept_key_has_its_time_in_memory() {
    each_kept_key_has_its_time(Memory::new()).await;
}

#[tokio::test]
async fn each_kept_key_has_its_time_in_sqlite() {
    let folder = Folder::new();
    each_kept_key_has_its_time(folder.store()).await;
}

#[tokio::test]
async fn each_kept_key_has_its_time_in_postgres() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    each_kept_key_has_its_time(schema.store()).await;
}

#[tokio::test]
async fn each_kept_key_has_its_time_in_redis() {
    let Some(keys) = Keys::new() else {
        return;
    };
    each_kept_key_has_its_time(keys.store()).await;
    keys.assert_all_expire();
}

/// Sessions that have expired leave the set of their user when it is read, and when the user logs in again.
#[tokio::test]
async fn the_set_of_a_user_in_redis_stays_small() {
    let Some(keys) = Keys::new() else {
        return;
    };
    let store = keys.store();
    let mut head = head(0);
    head.user = Some("zoe".to_owned());
    for number in 0..200 {
        let key = Key::new([number; 32]);
        assert!(store.create(&key, &head).await.expect("it answers"));
        keys.assert_all_expire();
        if number > 0 {
            keys.expire_now(&key);
        }
    }
    let members = keys.members("zoe");
    assert!(members < 10, "{members} of 200 are left");
    let found = store.of_user("zoe").await.expect("it answers");
    assert_eq!(found, [(Key::new([0; 32]), head)]);
    assert_eq!(keys.members("zoe"), 1);
}
