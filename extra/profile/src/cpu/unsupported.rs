//! Systems without samples of the CPU.

use std::sync::mpsc::Receiver;

use crate::{encode::Samples, query::Span};

/// Returns an error: the unwinder is proven on Linux and x86-64 only.
pub(crate) fn collect(_: Span, _: &Receiver<()>) -> Result<Samples, &'static str> {
    Err(
        "they need Linux on x86-64; use a profiler outside of the process, such as `samply` or `perf`",
    )
}
