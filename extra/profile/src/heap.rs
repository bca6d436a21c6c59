//! The profile of the heap.

use std::time::Duration;

use highball::{Rejection, Response, http::StatusCode, prelude::get};
use tokio::task::spawn_blocking;

use crate::{cpu::attachment, turn::Turn};

/// How long a dump takes at most, as far as `Retry-After` shows it.
const TIME: Duration = Duration::from_secs(1);

/// Responds with the memory that is in use, by the place of its allocation.
///
/// A dump reads the stacks of allocations, so it has the turn: samples of the CPU at the same time can deadlock.
#[get("/debug/pprof/heap", admin)]
pub(crate) async fn heap() -> Result<Response, Rejection> {
    let turn = Turn::take(TIME)?;
    let dumped = spawn_blocking(move || {
        let _turn = turn;
        dump()
    });
    let profile = dumped.await.map_err(|_| Rejection::internal())??;
    Ok(attachment(profile, "heap"))
}

fn not_implemented(detail: &'static str) -> Rejection {
    Rejection::new(StatusCode::NOT_IMPLEMENTED, detail)
}

#[cfg(not(all(feature = "heap", target_os = "linux")))]
fn dump() -> Result<Vec<u8>, Rejection> {
    Err(not_implemented(
        "heap profiles need Linux, the feature `heap` of `highball-profile`, and its `Jemalloc` as the global allocator",
    ))
}

/// Returns a profile in gzip.
#[cfg(all(feature = "heap", target_os = "linux"))]
fn dump() -> Result<Vec<u8>, Rejection> {
    let Some(control) = jemalloc_pprof::PROF_CTL.as_ref() else {
        return Err(not_implemented(
            "jemalloc does not record allocations: start the program with \
             `_RJEM_MALLOC_CONF=prof:true,lg_prof_sample:19`",
        ));
    };
    let mut control = control.blocking_lock();
    let profile = control.dump_profile().map_err(|error| {
        let rejection = not_implemented("jemalloc could not write its profile to a temporary file");
        rejection.with_cause(error.to_string())
    })?;
    if profile.stacks.is_empty() {
        return Err(not_implemented(
            "no allocation is recorded: make `highball_profile::Jemalloc` the global allocator",
        ));
    }
    Ok(profile.to_pprof(("inuse_space", "bytes"), ("space", "bytes"), None))
}
