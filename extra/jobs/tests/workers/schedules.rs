//! Jobs of schedules.

use crate::app::Test;

const DAY: u64 = 24 * 3600;

#[tokio::test]
async fn a_daily_job_runs_once_a_day() {
    let test = Test::new().await;
    let mut runs = 0;
    for _ in 0..(4 * 24) {
        runs += test.run_after(3600).await.len();
    }
    assert_eq!(runs, 4);
}

#[tokio::test]
async fn one_run_makes_up_for_those_of_a_long_stop() {
    let test = Test::new().await;
    assert_eq!(test.run_after(10 * DAY).await, ["prune"]);
    assert!(test.run().await.is_empty());
    assert_eq!(test.run_after(DAY).await, ["prune"]);
}
