use std::sync::Arc;

use super::fixture::Queue;
use crate::backend::{Backend, NewJob};

pub async fn each_tick_is_stored_once(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    let name = queue.name.to_owned();
    let last = queue.backend.last_tick(name.clone(), queue.now).await.unwrap();
    assert_eq!(last, queue.now);
    let again = queue.backend.last_tick(name.clone(), queue.now + 5).await.unwrap();
    assert_eq!(again, last);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let queue = queue.clone();
        tasks.spawn(async move {
            let due = [1, 2].map(|minute| NewJob {
                due: queue.now + minute * 60_000,
                ..queue.job("{}")
            });
            let (name, now) = (queue.name.to_owned(), queue.now + 120_000);
            queue.backend.tick(name, queue.now, due.to_vec(), now).await.unwrap()
        });
    }
    let stored = tasks.join_all().await;
    assert_eq!(stored.into_iter().filter(|stored| *stored).count(), 1);
    let last = queue.backend.last_tick(name, queue.now).await.unwrap();
    assert_eq!(last, queue.now + 120_000);
    assert_eq!(queue.later(std::time::Duration::from_secs(120)).claim(9).await.len(), 2);
}
