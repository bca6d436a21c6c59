use highball_jobs::{Retry, cron};

#[cron("0 3 28 2 *", zone = "Europe/Berlin", timeout = mins(1))]
async fn never() -> Result<(), Retry> {
    Ok(())
}

#[cron("0 23 * * *", zone = "UTC", timeout = mins(1))]
async fn at_hour_25() -> Result<(), Retry> {
    Ok(())
}

#[cron("0 3 * * *", zone = "UTC", timeout = never)]
async fn without_a_timeout() -> Result<(), Retry> {
    Ok(())
}

pub fn main() {}
