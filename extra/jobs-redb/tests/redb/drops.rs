//! Futures that are dropped.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use highball_jobs::backend::{Backend, End};

use crate::place::{NOW, Place, asking, claim, job, push, settle};

/// Polls a future once, and drops it.
fn poll_once<F: Future>(future: F) {
    let mut cx = Context::from_waker(Waker::noop());
    assert!(pin!(future).poll(&mut cx).is_pending());
}

#[tokio::test]
async fn a_claim_that_is_dropped_gives_its_jobs_back() {
    let place = Place::new();
    let redb = place.open();
    push(&redb, "1").await;
    for _ in 0..3 {
        poll_once(redb.claim(asking(9), NOW));
    }
    // Its jobs come back after its commit.
    let mut claimed = Vec::new();
    for _ in 0..500 {
        claimed = claim(&redb, 9).await;
        if !claimed.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((claimed[0].attempt, claimed[0].crashes), (1, 0));
}

#[tokio::test]
async fn a_claim_that_is_dropped_with_its_answer_gives_its_jobs_back() {
    let place = Place::new();
    let redb = place.open();
    push(&redb, "1").await;
    {
        let mut lost = redb.claim(asking(9), NOW);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(lost.as_mut().poll(&mut cx).is_pending());
        // When this one is answered, so is the first one.
        assert!(claim(&redb, 9).await.is_empty());
        assert!(claim(&redb, 9).await.is_empty());
    }
    assert_eq!(claim(&redb, 9).await.len(), 1);
}

#[tokio::test]
async fn pushes_and_ends_that_are_dropped_take_effect() {
    let place = Place::new();
    let redb = place.open();
    poll_once(redb.push(vec![job("1")], NOW));
    let first = claim(&redb, 9).await.remove(0);
    poll_once(redb.settle(first.receipt.clone(), End::Done, NOW));
    assert!(!settle(&redb, &first, End::Done).await);
    drop(redb);
    assert!(claim(&place.open(), 9).await.is_empty());
}
