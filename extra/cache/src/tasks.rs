//! The tasks of the computations, and their end.

use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::Duration,
};

use tokio::{sync::watch, time::timeout};

/// How long a task that was stopped may take to end. One that keeps its thread busy cannot be stopped.
const STOP_WITHIN: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Open,
    /// Nothing is stored any more, and nothing is refreshed in the background.
    Closing,
    /// Computations end.
    Stopped,
}

pub(crate) struct Tasks {
    phase: watch::Sender<Phase>,
    running: watch::Sender<usize>,
}

/// A task that is counted until this is dropped.
pub(crate) struct Running(watch::Sender<usize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            phase: watch::Sender::new(Phase::Open),
            running: watch::Sender::new(0),
        }
    }

    pub(crate) fn begin(&self) -> Running {
        self.running.send_modify(|running| *running += 1);
        Running(self.running.clone())
    }

    /// Returns the number of tasks.
    #[cfg(feature = "highball")]
    pub(crate) fn count(&self) -> usize {
        *self.running.borrow()
    }

    pub(crate) fn is_open(&self) -> bool {
        *self.phase.borrow() == Phase::Open
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *self.phase.borrow() == Phase::Stopped
    }

    pub(crate) fn begin_close(&self) {
        let phase = &self.phase;
        phase.send_if_modified(|phase| *phase < Phase::Closing && set(phase, Phase::Closing));
    }

    /// Waits for the tasks, then stops those that still run. Returns whether all have ended in time.
    pub(crate) async fn finish(&self, within: Duration) -> bool {
        let mut running = self.running.subscribe();
        let in_time = timeout(within, running.wait_for(|&running| running == 0));
        let in_time = in_time.await.is_ok();
        self.phase.send_replace(Phase::Stopped);
        if !in_time {
            let _ = timeout(STOP_WITHIN, running.wait_for(|&running| running == 0)).await;
        }
        in_time
    }

    /// Runs a computation. Returns its panic as an error, and `None` if it was stopped.
    pub(crate) async fn run<T>(
        &self,
        load: impl Future<Output = T>,
    ) -> Option<Result<T, Box<dyn Any + Send>>> {
        let mut phase = self.phase.subscribe();
        let mut stopped = pin!(phase.wait_for(|&phase| phase == Phase::Stopped));
        let mut load = pin!(load);
        poll_fn(|cx| {
            if stopped.as_mut().poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            let polled = catch_unwind(AssertUnwindSafe(|| load.as_mut().poll(cx)));
            match polled {
                Ok(polled) => polled.map(|value| Some(Ok(value))),
                Err(panic) => Poll::Ready(Some(Err(panic))),
            }
        })
        .await
    }
}

fn set(phase: &mut Phase, next: Phase) -> bool {
    *phase = next;
    true
}
