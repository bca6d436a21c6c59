use std::io;

use highball_cache::cache;

#[cache(ttl = secs(60))]
async fn changed(list: &Vec<u8>) -> Result<Vec<u8>, io::Error> {
    Ok(list.clone())
}

#[cache(ttl = secs(60))]
async fn request(name: &str) -> Result<usize, io::Error> {
    Ok(name.len())
}

#[cache(ttl = secs(60))]
async fn borrowed(name: Option<String>) -> Result<usize, io::Error> {
    Ok(name.map_or(0, |name| name.len()))
}

#[cache(ttl = secs(60))]
async fn unnamed(pair: (u8, u8)) -> Result<u8, io::Error> {
    Ok(pair.0 + pair.1)
}

#[cache(ttl = secs(60))]
async fn area(radius: u32) -> Result<u32, io::Error> {
    Ok(radius)
}

pub fn main() {}
