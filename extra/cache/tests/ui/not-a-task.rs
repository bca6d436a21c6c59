use std::{io, rc::Rc};

use highball_cache::cache;

#[cache(ttl = secs(60))]
async fn length(name: &str) -> Result<usize, io::Error> {
    let name = Rc::new(name.to_owned());
    wait().await;
    Ok(name.len())
}

async fn wait() {}

fn main() {}
