//! The sessions of a user.

use std::sync::Arc;

use tokio::task::yield_now;

use super::fixture::{Calls, head, head_of, random_key, random_user};
use crate::store::Store;

pub async fn of_user_returns_the_sessions_of_the_user<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (user, other) = (random_user(), random_user());
    assert_eq!(store.of_user(&user).await, []);
    let mut sessions = Vec::new();
    for _ in 0..5 {
        let (key, head) = (random_key(), head_of(&user));
        assert!(store.create(&key, &head).await);
        sessions.push((key, head));
        store.begin().await;
        assert!(store.create(&random_key(), &head_of(&other)).await);
    }
    let (ended, _) = sessions.pop().expect("there are five");
    store.end(&ended).await;
    sessions.sort_by_key(|(key, _)| *key);
    assert_eq!(store.of_user(&user).await, sessions);
    assert_eq!(store.of_user(&other).await.len(), 5);
}

pub async fn of_user_follows_a_login_and_a_logout<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (user, other) = (random_user(), random_user());
    let (first, second, third, fourth) = (
        store.begin().await,
        random_key(),
        random_key(),
        random_key(),
    );
    let login = head_of(&user);
    assert!(store.replace(&first, &second, &login).await);
    assert_eq!(store.of_user(&user).await, [(second, login)]);

    let switch = head_of(&other);
    assert!(store.replace(&second, &third, &switch).await);
    assert_eq!(store.of_user(&user).await, []);
    assert_eq!(store.of_user(&other).await, [(third, switch)]);

    assert!(store.replace(&third, &fourth, &head()).await);
    assert_eq!(store.of_user(&other).await, []);
    assert_eq!(store.must_load(&fourth).await.head.user, None);
}

/// Ending all sessions of a user must not miss one because its key changes.
pub async fn of_user_finds_a_session_that_is_renewed<S: Store>(store: Arc<S>) {
    let store = Calls(store);
    let (user, mut key) = (random_user(), random_key());
    assert!(store.create(&key, &head_of(&user)).await);
    let renewals = {
        let (store, user) = (store.clone(), user.clone());
        tokio::spawn(async move {
            for _ in 0..100 {
                let next = random_key();
                assert!(store.replace(&key, &next, &head_of(&user)).await);
                key = next;
            }
        })
    };
    while !renewals.is_finished() {
        assert_eq!(store.of_user(&user).await.len(), 1);
        yield_now().await;
    }
    renewals.await.expect("each renewal succeeds");
}
