//! The profile of the CPU.

use std::sync::mpsc;

use highball::{
    Rejection, Response,
    http::{StatusCode, header},
    prelude::{IntoResponse, Query, get},
};
use tokio::task::spawn_blocking;

use crate::{encode::encode, proof, query::Asked, turn::Turn};

pub(crate) use collect::collect;

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
#[path = "cpu/unsupported.rs"]
mod collect;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[path = "cpu/linux.rs"]
mod collect;

/// The calls that a thread was in, and in how many samples.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    pub(crate) thread: String,
    /// The addresses, innermost first. All but the first are return addresses.
    pub(crate) addresses: Vec<usize>,
    pub(crate) count: i64,
}

impl Stack {
    /// Returns an address inside of each call, innermost first. A return address may belong to the next function.
    pub(crate) fn calls(&self) -> impl Iterator<Item = usize> {
        let addresses = self.addresses.iter().enumerate();
        addresses.map(|(depth, address)| match depth {
            0 => *address,
            _ => address.saturating_sub(1),
        })
    }
}

/// Responds with a profile of the CPU: `seconds` long, `hz` samples in each second of CPU time.
#[get("/debug/pprof/profile", admin, on_disconnect = cancel)]
pub(crate) async fn profile(asked: Query<Asked>) -> Result<Response, Rejection> {
    let span = asked.span()?;
    let turn = Turn::take(span.time)?;
    // The thread notices that the client has disconnected by the drop of the sender.
    let (_waits, gone) = mpsc::channel();
    let collected = spawn_blocking(move || {
        let _turn = turn;
        proof::check()?;
        let samples = collect(span, &gone).map_err(unavailable)?;
        encode(&samples).map_err(|error| Rejection::internal().with_source(error))
    });
    let profile = collected.await.map_err(|_| Rejection::internal())??;
    Ok(attachment(profile, "profile"))
}

/// Returns the response with a profile as gzip'd protobuf.
pub(crate) fn attachment(profile: Vec<u8>, name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, profile).into_response()
}

/// Returns a 501 for an error of the profiler.
pub(crate) fn unavailable(error: impl ToString) -> Rejection {
    let detail = format!("CPU profiles do not work here: {}", error.to_string());
    Rejection::new(StatusCode::NOT_IMPLEMENTED, detail)
}
