use highball_jobs::{Retry, cron};

#[cron("0 3 * * *", zone = "Europe/Berlin", timeout = mins(1))]
async fn nowhere() -> Result<(), Retry> {
    Ok(())
}

pub fn main() {}
