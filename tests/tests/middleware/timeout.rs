//! `Timeout`: a limit of time with a configured status.

use highball::{middleware::Timeout, prelude::*};

#[get("/", with(Timeout::after(millis(20)).status(StatusCode::REQUEST_TIMEOUT)))]
async fn slow() {
    tokio::time::sleep(secs(5)).await;
}

#[routes(app)]
struct Api(slow);

#[tokio::test(start_paused = true)]
async fn timeout_has_the_configured_status() {
    assert_eq!(Api.test().get("/").send().await.status(), 408);
}
