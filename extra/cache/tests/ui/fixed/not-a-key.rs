use std::io;

use highball_cache::cache;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Point(u8, u8);

#[cache(ttl = secs(60), stale = mins(5))]
async fn distance(from: Point, to: u8) -> Result<u8, io::Error> {
    Ok(from.0 + from.1 + to)
}

pub fn main() {}
