//! A schedule in a time zone that does not exist.

use highball_jobs::{Retry, cron};

#[cron("0 3 * * *", zone = "Europe/Berln", timeout = mins(1))]
async fn nowhere() -> Result<(), Retry> {
    Ok(())
}

fn main() {}
