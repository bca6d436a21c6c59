//! Calls at the same time.

use std::{iter, sync::Arc};

use tokio::task::{JoinSet, yield_now};

use super::fixture::{
    Calls, HOUR, SECOND, data, head, head_of, now, number_in, random_key, random_user,
};
use crate::{
    Key,
    store::{Put, Store},
};

const ROUNDS: usize = 200;

pub async fn no_update_of_64_tasks_is_lost<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for _ in 0..20 {
        let key = store.begin().await;
        let mut tasks = JoinSet::new();
        for slot in iter::repeat_n(["a", "b"], 32).flatten() {
            let store = store.clone();
            tasks.spawn(async move { store.increment(&key, slot).await });
        }
        assert!(tasks.join_all().await.into_iter().all(|done| done));
        let loaded = store.must_load(&key).await;
        assert_eq!((number_in(&loaded, "a"), number_in(&loaded, "b")), (32, 32));
        store.end(&key).await;
    }
}

pub async fn no_update_is_lost_while_the_key_changes<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for _ in 0..ROUNDS {
        let (old, new) = (store.begin().await, random_key());
        let tasks = ["a", "b"].map(|slot| {
            let store = store.clone();
            tokio::spawn(async move { increments(&store, &[old, new], slot, 20).await })
        });
        assert!(store.replace(&old, &new, &head()).await);
        let [a, b] = tasks;
        let done = (a.await.expect("it ends"), b.await.expect("it ends"));
        let loaded = store.must_load(&new).await;
        assert_eq!((number_in(&loaded, "a"), number_in(&loaded, "b")), done);
        assert_eq!(store.load(&old).await, None);
        store.end(&new).await;
    }
}

/// Increments a number several times with the first of these keys that has a session. Returns how often it was done.
async fn increments<S: Store>(store: &Calls<S>, keys: &[Key], slot: &str, times: u64) -> u64 {
    let mut done = 0;
    for _ in 0..times {
        for key in keys {
            if store.increment(key, slot).await {
                done += 1;
                break;
            }
        }
    }
    done
}

pub async fn one_of_two_replaces_at_the_same_time_succeeds<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for _ in 0..ROUNDS {
        let (user, old) = (random_user(), store.begin().await);
        let tasks = [random_key(), random_key()].map(|new| {
            let (store, head) = (store.clone(), head_of(&user));
            tokio::spawn(async move { (new, store.replace(&old, &new, &head).await) })
        });
        let mut replaced = Vec::new();
        for task in tasks {
            let (new, done) = task.await.expect("it ends");
            assert_eq!(store.load(&new).await.is_some(), done);
            replaced.extend(done.then_some(new));
        }
        let sessions = store.of_user(&user).await;
        let keys = sessions.iter().map(|(key, _)| *key);
        assert_eq!(keys.collect::<Vec<_>>(), replaced);
        assert_eq!(replaced.len(), 1);
        store.end(&replaced[0]).await;
    }
}

pub async fn a_session_is_always_found_by_one_of_its_keys<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for round in 0..ROUNDS {
        let (old, new) = (store.begin().await, random_key());
        let until = (round % 2 == 0).then(|| now() + HOUR);
        let replace = {
            let store = store.clone();
            let replace = async move { store.replace_and_keep(&old, &new, &head(), until).await };
            tokio::spawn(replace)
        };
        while !replace.is_finished() {
            let by_old = store.load(&old).await;
            assert!(by_old.is_some() || until.is_none(), "the old key is kept");
            if by_old.is_none_or(|loaded| loaded.key == new) {
                assert!(store.load(&new).await.is_some(), "it has the new key");
            }
            yield_now().await;
        }
        assert!(replace.await.expect("it ends"));
        store.end(&new).await;
    }
}

pub async fn no_slot_outlives_the_end_of_its_session<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for _ in 0..ROUNDS {
        let key = store.begin().await;
        let tasks = ["a", "b"].map(|slot| {
            let store = store.clone();
            tokio::spawn(async move { while store.increment(&key, slot).await {} })
        });
        store.put(&key, "c", 0, &data("1")).await;
        store.end(&key).await;
        assert_eq!(store.load(&key).await, None);
        for task in tasks {
            task.await.expect("it ends");
        }
        assert_eq!(store.load(&key).await, None);
        assert!(store.create(&key, &head()).await);
        assert_eq!(store.must_load(&key).await.slots, []);
        store.end(&key).await;
    }
}

pub async fn a_replace_and_an_end_have_an_order<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for _ in 0..ROUNDS {
        let (user, old, new) = (random_user(), store.begin().await, random_key());
        store.put(&old, "cart", 0, &data("1")).await;
        let end = {
            let store = store.clone();
            tokio::spawn(async move { store.end(&old).await })
        };
        let replaced = store.replace(&old, &new, &head_of(&user)).await;
        end.await.expect("it ends");
        assert_eq!(store.load(&old).await, None);
        assert_eq!(store.load(&new).await.is_some(), replaced);
        assert_eq!(store.of_user(&user).await.len(), usize::from(replaced));
        store.end(&new).await;
    }
}

/// Touches are in a random order, and other tasks store data meanwhile.
pub async fn touches_at_the_same_time_never_move_back<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for _ in 0..20 {
        let key = store.begin().await;
        let begin = store.must_load(&key).await.head.seen;
        let mut tasks = JoinSet::new();
        for seconds in 1..=32 {
            let (store, seen) = (store.clone(), begin + seconds * SECOND);
            tasks.spawn(async move { store.touch(&key, seen, seen + HOUR).await });
        }
        let puts = {
            let store = store.clone();
            tokio::spawn(async move { increments(&store, &[key], "a", 20).await })
        };
        let mut last = begin;
        while !(puts.is_finished() && tasks.is_empty()) {
            while tasks.try_join_next().is_some() {}
            let head = store.must_load(&key).await.head;
            assert!(head.seen >= last, "it was used later before");
            assert_eq!(head.expires, head.seen + HOUR, "both are of one touch");
            last = head.seen;
            yield_now().await;
        }
        let loaded = store.must_load(&key).await;
        assert_eq!(loaded.head.seen, begin + 32 * SECOND);
        assert_eq!(number_in(&loaded, "a"), puts.await.expect("it ends"));
        store.end(&key).await;
    }
}

pub async fn a_touch_and_a_replace_have_an_order<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for _ in 0..ROUNDS {
        let (old, new) = (store.begin().await, random_key());
        store.put(&old, "cart", 0, &data("1")).await;
        let touch = {
            let (store, seen) = (store.clone(), now() + HOUR / 2);
            tokio::spawn(async move { store.touch(&old, seen, seen + HOUR).await })
        };
        assert_eq!(store.put(&old, "cart", 1, &data("2")).await, Put::Done(2));
        let next = head_of(&random_user());
        assert!(store.replace(&old, &new, &next).await);
        touch.await.expect("it ends");
        let loaded = store.must_load(&new).await;
        // The new head has its times. A touch with the old key is before it, or changes nothing.
        assert_eq!(loaded.head, next);
        assert_eq!(number_in(&loaded, "cart"), 2);
        assert_eq!(store.load(&old).await, None);
        store.end(&new).await;
    }
}

pub async fn a_touch_and_a_sweep_have_an_order<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    for _ in 0..ROUNDS {
        let (key, user) = (random_key(), random_user());
        let mut head = head_of(&user);
        head.expires = now() + 30 * SECOND;
        assert!(store.create(&key, &head).await);
        store.put(&key, "cart", 0, &data("1")).await;
        let (seen, expires) = (head.seen + SECOND, now() + HOUR);
        let touch = {
            let store = store.clone();
            tokio::spawn(async move { store.touch(&key, seen, expires).await })
        };
        store.sweep(now() + 60 * SECOND).await;
        touch.await.expect("it ends");
        let loaded = store.load(&key).await;
        if let Some(loaded) = &loaded {
            assert_eq!((loaded.head.seen, loaded.head.expires), (seen, expires));
            assert_eq!(number_in(loaded, "cart"), 1);
        }
        let sessions = store.of_user(&user).await;
        assert_eq!(sessions.len(), usize::from(loaded.is_some()));
        store.end(&key).await;
    }
}
