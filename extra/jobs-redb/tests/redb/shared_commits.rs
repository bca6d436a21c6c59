//! Publishers that wait at the same time share a write to the disk.

use std::time::Instant;

use highball_jobs::backend::{Backend, State};

use crate::place::{NOW, Place, job, push};

#[tokio::test(flavor = "multi_thread")]
async fn many_publishers_wait_for_few_commits() {
    let place = Place::new();
    let redb = place.open();
    let begun = Instant::now();
    for _ in 0..20 {
        push(&redb, "alone").await;
    }
    let alone = begun.elapsed() / 20;
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..500 {
        let redb = redb.clone();
        tasks.spawn(async move { redb.push(vec![job("together")], NOW).await.map(drop) });
    }
    for pushed in tasks.join_all().await {
        pushed.expect("it is stored");
    }
    let together = begun.elapsed() / 500;
    eprintln!("a job alone takes {alone:?}, and one of 500 takes {together:?}");
    let listed = redb
        .list("points".to_owned(), State::Waiting, 1000)
        .await
        .expect("a list");
    assert_eq!(listed.len(), 520);
}
