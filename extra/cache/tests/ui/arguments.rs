use std::io;

use highball_cache::cache;

struct Context<'a>(&'a str);

#[cache(ttl = secs(60))]
async fn changed(list: &mut Vec<u8>) -> Result<(), io::Error> {
    list.clear();
    Ok(())
}

#[cache(ttl = secs(60))]
async fn request(cx: &Context<'_>) -> Result<usize, io::Error> {
    Ok(cx.0.len())
}

#[cache(ttl = secs(60))]
async fn borrowed(name: Option<&str>) -> Result<usize, io::Error> {
    Ok(name.map_or(0, str::len))
}

#[cache(ttl = secs(60))]
async fn unnamed((one, two): (u8, u8)) -> Result<u8, io::Error> {
    Ok(one + two)
}

#[cache(ttl = secs(60))]
async fn area(radius: f64) -> Result<u32, io::Error> {
    Ok(radius as u32)
}

fn main() {}
