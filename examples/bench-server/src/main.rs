//! The server that the benchmarks measure: `cargo run -p bench-server --release`.
//!
//! It listens on 127.0.0.1. The environment variables `PORT` and `THREADS` default to 8080 and 1. All other settings
//! have their defaults, and nothing is logged.

use std::{env, net::SocketAddr};

use bench_server::Api;
use highball::Config;

#[cfg(all(feature = "jemalloc", not(feature = "mimalloc")))]
#[global_allocator]
static GLOBAL: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn number(name: &str, otherwise: u16) -> highball::Result<u16> {
    match env::var(name) {
        Ok(text) => text
            .parse()
            .map_err(|_| highball::Error::new(format!("{name} must be a number, not `{text}`"))),
        Err(_) => Ok(otherwise),
    }
}

fn main() -> highball::Result {
    let addr = SocketAddr::from(([127, 0, 0, 1], number("PORT", 8080)?));
    let threads = usize::from(number("THREADS", 1)?);
    // The workers serve the requests. This thread only starts them.
    let runtime = highball::tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let config = Config::default().workers(threads);
        highball::serve(Api).listen(addr).config(config).await
    })
}
