use std::io;

use highball_cache::cache;

#[cache(ttl = secs(60))]
fn not_async() -> Result<u32, io::Error> {
    Ok(1)
}

#[cache(ttl = secs(60))]
async fn generic<T: Into<u64>>(id: T) -> Result<u64, io::Error> {
    Ok(id.into())
}

#[cache(ttl = secs(60))]
async fn no_result() -> u32 {
    1
}

fn main() {}
