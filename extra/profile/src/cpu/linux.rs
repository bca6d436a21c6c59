//! Samples of the CPU by a timer and a signal of the system.

use std::{sync::mpsc::Receiver, time::SystemTime};

use pprof::ProfilerGuardBuilder;

use super::Stack;
use crate::{encode::Samples, query::Span};

/// Takes samples for the time of the span, or until the sender is dropped.
///
/// It blocks. Nothing else may collect at the same time.
pub(crate) fn collect(span: Span, gone: &Receiver<()>) -> Result<Samples, pprof::Error> {
    let started = SystemTime::now();
    let guard = ProfilerGuardBuilder::default().frequency(span.hz).build()?;
    // Nothing is ever sent: this ends by the timeout, or because the sender was dropped.
    let _ended = gone.recv_timeout(span.time);
    let report = guard.report().build_unresolved()?;
    // The signals end before names are looked up, which takes longer than the samples.
    drop(guard);
    let stacks = report.data.into_iter().map(|(stack, count)| {
        let name = stack.thread_name.get(..stack.thread_name_length);
        Stack {
            thread: String::from_utf8_lossy(name.unwrap_or_default()).into_owned(),
            addresses: stack.frames.iter().map(|frame| frame.ip).collect(),
            count: i64::try_from(count).unwrap_or(i64::MAX),
        }
    });
    Ok(Samples {
        stacks: stacks.collect(),
        started,
        lasted: report.timing.duration,
        hz: span.hz,
    })
}
