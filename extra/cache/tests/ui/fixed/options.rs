use std::io;

use highball_cache::cache;

#[cache(ttl = secs(60), stale = mins(10))]
async fn misspelt() -> Result<u32, io::Error> {
    Ok(1)
}

#[cache(ttl = secs(60))]
async fn no_unit() -> Result<u32, io::Error> {
    Ok(1)
}

#[cache(ttl = secs(60), stale = mins(10))]
async fn no_ttl() -> Result<u32, io::Error> {
    Ok(1)
}

#[cache(ttl = secs(60), soft = millis(80), on_error = hours(2))]
async fn no_old_value() -> Result<u32, io::Error> {
    Ok(1)
}

pub fn main() {}
