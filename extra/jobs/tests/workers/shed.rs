//! Workers take nothing new while background work is shed.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use highball::battery::{Battery, Control, Hooks};
use highball_db::Pool;
use highball_jobs::Jobs;

use crate::app::{Api, AppState, Log, Report, Shop};

/// Sheds background work from the start, and hands its switch to the test.
struct Shedding(Arc<OnceLock<Control>>);

impl Battery for Shedding {
    fn name(&self) -> String {
        "shedding".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let control = hooks.control();
        control.shed_background(true);
        let _ = self.0.set(control);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_wait_while_background_work_is_shed() {
    let shop = Pool::<Shop>::memory().build();
    let (jobs, log) = (Jobs::new(&shop), Log::default());
    let state = AppState {
        shop: shop.clone(),
        jobs: jobs.clone(),
        log: log.clone(),
    };
    let workers = jobs.workers(Api, &state).poll(Duration::from_millis(20));
    let control = Arc::<OnceLock<Control>>::default();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let serve = highball::serve(Api)
        .state(state)
        .install(shop)
        .install(workers)
        .install(Shedding(Arc::clone(&control)));
    let serve = serve.stop(async move { drop(stopped.await) });
    let serving = tokio::spawn(serve.listen(listener).quiet().into_future());
    jobs.prepare().await.unwrap();
    jobs.push(Report { day: 7 }).await.unwrap();
    // Ten times as long as a worker that sheds nothing needs to see it.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(log.take(), Vec::<String>::new());
    control
        .get()
        .expect("it is installed")
        .shed_background(false);
    let begun = Instant::now();
    while log.take().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is never run");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(stop);
    serving.await.unwrap().unwrap();
}
