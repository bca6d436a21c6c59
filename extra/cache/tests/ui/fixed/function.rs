use std::io;

use highball_cache::cache;

#[cache(ttl = secs(60))]
async fn not_async() -> Result<u32, io::Error> {
    Ok(1)
}

#[cache(ttl = secs(60))]
async fn generic(id: u64) -> Result<u64, io::Error> {
    Ok(id)
}

#[cache(ttl = secs(60))]
async fn no_result() -> Result<u32, io::Error> {
    Ok(1)
}

pub fn main() {}
