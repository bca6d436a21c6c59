//! Changes of one session at the same time, by two apps that share a store.

use highball_session::store::Store;

use crate::{
    app::{App, Statuses, crowd},
    backends::{Folder, Keys, Schema},
};

const ROUNDS: usize = 20;

/// Each acknowledged change is in the store, and no other one is.
async fn no_change_is_lost<S: Store>(backend: &str, stores: [S; 2]) {
    let apps = stores.map(App::start);
    let (mut all, mut acknowledged) = (Statuses::default(), 0);
    for _ in 0..ROUNDS {
        let id = apps[0].begin("/a").await;
        let before = apps[1].counts(&id).await;
        assert_eq!(before, (1, 0), "the other app finds the session");
        let [a, b] = crowd(&apps, &id).await;
        assert_eq!(apps[1].counts(&id).await, (1 + a.done, b.done));
        for slot in [a, b] {
            acknowledged += slot.done;
            all.conflicts += slot.conflicts;
            all.unavailable += slot.unavailable;
            all.slowest = all.slowest.max(slot.slowest);
        }
    }
    println!(
        "{backend}: {acknowledged} of {} acknowledged, {all:?}",
        64 * ROUNDS
    );
    assert_eq!(all.unavailable, 0, "each request is answered in time");
    assert!(acknowledged > 0, "some changes are acknowledged");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_is_lost_in_sqlite() {
    let folder = Folder::new();
    no_change_is_lost("SQLite", [folder.store(), folder.store()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_is_lost_in_postgres() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    no_change_is_lost("PostgreSQL", [schema.store(), schema.store()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_is_lost_in_redis() {
    let Some(keys) = Keys::new() else {
        return;
    };
    no_change_is_lost("Redis", [keys.store(), keys.store()]).await;
}
