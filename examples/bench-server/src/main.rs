//! The server that Highball is measured by: `cargo run -p bench-server --release`.
//!
//! `PORT` and `THREADS` come from the environment, 8080 and 1 unless set; it listens on 127.0.0.1. Every
//! default of the server is on, and nothing is logged.

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
    // The thread that starts serves nothing: the workers do.
    let runtime = highball::tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let config = Config::default().workers(threads);
        highball::serve(Api).listen(addr).config(config).await
    })
}
