//! A server that prints how many requests it has handled when it stops. `topology` runs several of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use highball::{prelude::*, tokio};

/// The number of handled requests, without those of the health routes.
#[derive(Debug, State)]
struct AppState {
    served: Arc<AtomicU64>,
}

/// Responds at once.
#[get("/ping")]
async fn ping(served: State<Arc<AtomicU64>>) -> &'static str {
    served.fetch_add(1, Relaxed);
    "pong"
}

/// Responds after 300 ms, so that some requests are open when a stop begins.
#[get("/slow")]
async fn slow(served: State<Arc<AtomicU64>>) -> &'static str {
    served.fetch_add(1, Relaxed);
    tokio::time::sleep(millis(300)).await;
    "slow"
}

/// The routes of an instance.
#[routes(app)]
struct Api(ping, slow, highball::serve::livez, highball::serve::readyz);

#[highball::main]
async fn main() -> highball::Result {
    let served = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&served);
    highball::serve(Api).state(AppState { served }).await?;
    println!("served {}", counted.load(Relaxed));
    Ok(())
}
