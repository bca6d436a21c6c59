//! Background work of batteries, which waits by the clock of its server.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::SeqCst},
};

use highball::{
    Config, Error,
    battery::{Battery, Hooks},
    middleware::secs,
};

use crate::server::Server;

/// Works once an hour, and takes this long to end.
struct Hourly {
    done: Arc<AtomicU32>,
    /// How often it fails before.
    failures: AtomicU32,
    drains: u64,
}

impl Battery for Hourly {
    fn name(&self) -> String {
        "hourly".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        hooks.background("report", move |mut stopping, clock| {
            let fails = self.failures.load(SeqCst) > 0;
            if fails {
                self.failures.fetch_sub(1, SeqCst);
            }
            let (done, drains) = (self.done.clone(), self.drains);
            async move {
                if fails {
                    return Err(Error::new("no database"));
                }
                loop {
                    tokio::select! {
                        () = &mut stopping => break,
                        () = clock.sleep(secs(3600)) => drop(done.fetch_add(1, SeqCst)),
                    }
                }
                clock.sleep(secs(drains)).await;
                done.fetch_add(100, SeqCst);
                Ok(())
            }
        });
    }
}

async fn start(failures: u32, drains: u64) -> (Server, Arc<AtomicU32>) {
    let done = Arc::new(AtomicU32::new(0));
    let hourly = Hourly {
        done: done.clone(),
        failures: AtomicU32::new(failures),
        drains,
    };
    let config = Config::default().shutdown_timeout(secs(30));
    let server = Server::with(|serve| serve.config(config).install(hourly)).await;
    server.connect().await;
    (server, done)
}

#[tokio::test]
async fn background_work_waits_by_the_clock() {
    let (server, done) = start(0, 0).await;
    server.clock.advance(secs(3599)).await;
    assert_eq!(done.load(SeqCst), 0);
    server.clock.advance(secs(2 * 3600 + 1)).await;
    assert_eq!(done.load(SeqCst), 3);
}

#[tokio::test]
async fn failed_background_work_begins_again_by_the_clock() {
    let (server, done) = start(2, 0).await;
    // After 1 s and 2 s.
    server.clock.advance(secs(3602)).await;
    assert_eq!(done.load(SeqCst), 0);
    server.clock.advance(secs(1)).await;
    assert_eq!(done.load(SeqCst), 1);
}

#[tokio::test]
async fn background_work_has_the_time_of_the_shutdown() {
    for (drains, expected) in [(29, 100), (31, 0)] {
        let (mut server, done) = start(0, drains).await;
        let clock = server.clock.clone();
        server.begin_stop().await;
        clock.advance(secs(31)).await;
        server.ended().await.expect("it served");
        assert_eq!(done.load(SeqCst), expected, "{drains}");
    }
}
