use std::io;

use highball_cache::{Tag, cache};

fn product(id: u64) -> Tag {
    Tag::new("product", id)
}

#[cache(ttl = secs(60), tags(product(id)))]
async fn price(id: u64) -> Result<u64, io::Error> {
    Ok(product(id).to_string().len() as u64)
}

#[cache(ttl = secs(60), tags(product(id.len() as u64)))]
async fn name(id: String) -> Result<String, io::Error> {
    Ok(id)
}

pub fn main() {}
