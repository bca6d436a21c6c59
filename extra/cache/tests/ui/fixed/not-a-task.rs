use std::{io, sync::Arc};

use highball_cache::cache;

#[cache(ttl = secs(60))]
async fn length(name: &str) -> Result<usize, io::Error> {
    let name = Arc::new(name.to_owned());
    wait().await;
    Ok(name.len())
}

async fn wait() {}

pub fn main() {}
