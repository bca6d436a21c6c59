//! Schedules that never run, or in no time zone.

use highball_jobs::{Retry, cron};

#[cron("0 3 31 2 *", zone = "Europe/Berlin", timeout = mins(1))]
async fn never() -> Result<(), Retry> {
    Ok(())
}

#[cron("0 25 * * *", zone = "UTC", timeout = mins(1))]
async fn at_hour_25() -> Result<(), Retry> {
    Ok(())
}

#[cron("0 3 * * *", zone = "UTC")]
async fn without_a_timeout() -> Result<(), Retry> {
    Ok(())
}

fn main() {}
