//! The limit of jobs that wait, in a process that runs none.

use std::time::{Duration, Instant};

use highball::prelude::*;
use highball_db::Pool;
use highball_jobs::{
    Jobs, Sql,
    backend::{Backend as _, Claim, End},
};

use crate::app::{AppState, Log, Report, Shop, request};

#[routes(app, jobs(elsewhere("report")))]
struct Publisher(request);

/// Does all jobs, as another program.
async fn work(shop: &Pool<Shop>) {
    let backend = Sql::new(shop);
    let claim = Claim {
        name: "report",
        version: 1,
        most: 9,
        suspect: false,
        rate: None,
        limit: None,
        worker: "another program".to_owned(),
        lease: Duration::from_secs(60),
    };
    for job in backend.claim(claim, i64::MAX / 4).await.unwrap() {
        backend.settle(job.receipt, End::Done, 0).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_another_program_has_done_do_not_count() {
    let shop = Pool::<Shop>::memory().build();
    let (jobs, log) = (Jobs::new(&shop), Log::default());
    let state = AppState {
        shop: shop.clone(),
        jobs: jobs.clone(),
        log,
    };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let serve = highball::serve(Publisher)
        .state(state)
        .install(jobs.clone());
    let serve = serve.stop(async move { drop(stopped.await) });
    let serving = tokio::spawn(serve.listen(listener).quiet().into_future());
    jobs.prepare().await.unwrap();
    let mut day = 0;
    for _ in 0..2 {
        // `max_waiting` is 3.
        let begun = Instant::now();
        let mut stored = 0;
        while stored < 3 {
            day += 1;
            stored += usize::from(jobs.push(Report { day }).await.is_ok());
            assert!(begun.elapsed() < Duration::from_secs(20), "it stays full");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        day += 1;
        assert!(jobs.push(Report { day }).await.is_err());
        work(&shop).await;
    }
    drop(stop);
    serving.await.unwrap().unwrap();
}
