//! A run: it starts the threads, collects their results and returns a report.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::runtime::Runtime;
use tokio::sync::Notify;

use crate::args::Run;
use crate::connection::resolve;
use crate::progress::Progress;
use crate::record::{PackedRecord, Record};
use crate::report::{Report, TargetReport};
use crate::schedule::{Schedule, Stage};
use crate::sender::{
    DueRequest, Interval, LoadModel, Recorder, RunState, emit_due_requests, run_connections,
};
use crate::shard::Shard;
use crate::target::Targets;

/// How often the threads are checked for their end.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
const SECOND: Duration = Duration::from_secs(1);
/// The latest start time that `--start-at` accepts, from now.
const MAX_DELAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The capacity of the channel for requests that are due.
const DUE_CAPACITY: usize = 64 * 1024;

/// Puts the targets under load, and returns the report.
pub(crate) fn run(args: &Run) -> Result<Report, String> {
    if args.connections == 0 || args.streams == 0 || args.threads == 0 {
        return Err("connections, streams and threads must be at least 1".to_owned());
    }
    let targets = Targets::new(args)?;
    let servers = targets.servers().iter();
    let addrs = servers
        .map(|server| resolve(server, args.timeout))
        .collect::<Result<Vec<_>, _>>()?;
    wait_until(args.start_at)?;
    let (plan, model) = Plan::new(args);
    let shared = Arc::new(RunState {
        targets,
        addrs,
        http2: args.http2,
        timeout: args.timeout,
        model,
        counted_from: plan.counted_from,
        stopped_at: OnceLock::new(),
        abort: Notify::new(),
        is_reporting: AtomicBool::new(false),
    });
    stop_on_signals(&shared)?;
    let mut running = Running::start(args, plan, &shared)?;
    running.watch();
    shared.is_reporting.store(true, Relaxed);
    running.report(args)
}

/// Waits for the start time that all generators share.
fn wait_until(second: Option<u64>) -> Result<(), String> {
    let Some(second) = second else {
        return Ok(());
    };
    let begin = Duration::from_secs(second);
    let left = begin.checked_sub(since_1970());
    let left = left.ok_or_else(|| format!("--start-at {second} is in the past"))?;
    if left > MAX_DELAY {
        return Err(format!(
            "--start-at {second} is more than a day ahead: write it in seconds since 1970"
        ));
    }
    thread::sleep(left);
    Ok(())
}

/// Stops the run on Ctrl-C or SIGTERM. The second signal aborts the requests that wait for a response.
fn stop_on_signals(shared: &Arc<RunState>) -> Result<(), String> {
    let (runtime, shared) = (build_runtime()?, shared.clone());
    thread::spawn(move || {
        // If no handler can be installed, the signal ends the process as usual.
        let _none = runtime.block_on(on_signals(|| {
            if shared.is_reporting.load(Relaxed) {
                // The report may be blocked by a pipe that nothing reads, so a signal now ends the process.
                std::process::exit(2);
            }
            shared.stop();
        }));
    });
    Ok(())
}

#[cfg(unix)]
async fn on_signals(act: impl Fn()) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        tokio::select! {
            _asked = interrupt.recv() => act(),
            _asked = terminate.recv() => act(),
        }
    }
}

#[cfg(windows)]
async fn on_signals(act: impl Fn()) -> std::io::Result<()> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    loop {
        interrupt.recv().await;
        act();
    }
}

fn build_runtime() -> Result<Runtime, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(|error| format!("cannot start a runtime: {error}"))
}

/// The times of a run.
struct Plan {
    begin: Instant,
    counted_from: Instant,
    ends: Instant,
    pacing: Option<Pacing>,
}

struct Pacing {
    schedule: Arc<Schedule>,
    due: async_channel::Sender<DueRequest>,
}

impl Plan {
    fn new(args: &Run) -> (Self, LoadModel) {
        let begin = Instant::now();
        let counted_from = begin + args.warm_up;
        let Some(first) = args.rate.first() else {
            let until = counted_from + args.duration;
            let sent = AtomicU64::new(0);
            let plan = Self {
                begin,
                counted_from,
                ends: until,
                pacing: None,
            };
            return (plan, LoadModel::ClosedLoop { sent, until });
        };
        let rate = first.from.max(first.to);
        // The warm-up uses the higher rate of the first stage, because a ramp from 0 would warm up nothing.
        let warming = Stage {
            from: rate,
            to: rate,
            seconds: Some(args.warm_up.as_secs_f64()),
        };
        let stages = [&[warming], args.rate.as_slice()].concat();
        let schedule = Arc::new(Schedule::new(&stages, args.duration));
        let ends = begin + schedule.duration;
        let (tx, due) = async_channel::bounded(DUE_CAPACITY);
        let plan = Self {
            begin,
            counted_from,
            ends,
            pacing: Some(Pacing { schedule, due: tx }),
        };
        let model = LoadModel::OpenLoop {
            due,
            until: ends + args.timeout,
            sent: AtomicU64::new(0),
        };
        (plan, model)
    }
}

/// A run in progress.
struct Running<'r> {
    shared: &'r Arc<RunState>,
    threads: Vec<JoinHandle<()>>,
    recorders: Vec<Arc<Recorder>>,
    begin: Instant,
    ends: Instant,
    schedule: Option<Arc<Schedule>>,
    shard: Shard,
    progress: Progress,
    /// The results of each target.
    totals: Vec<Record>,
    /// The results of each second since 1970.
    timeline: BTreeMap<u64, PackedRecord>,
    /// The time of the last response.
    last: Instant,
}

impl<'r> Running<'r> {
    fn start(args: &Run, plan: Plan, shared: &'r Arc<RunState>) -> Result<Self, String> {
        let n_targets = shared.targets.all().len();
        let mut threads = Vec::new();
        let mut recorders = Vec::new();
        for number in 0..args.threads.min(args.connections) {
            let connections = share_of(args.connections, args.threads, number);
            let (shared, own) = (shared.clone(), Arc::new(Recorder::new(n_targets)));
            recorders.push(own.clone());
            let (streams, runtime) = (args.streams, build_runtime()?);
            threads.push(thread::spawn(move || {
                run_connections(&runtime, &shared, &own, connections, streams);
            }));
        }
        let shard = args.shard.unwrap_or(Shard::WHOLE);
        let schedule = plan.pacing.as_ref().map(|pacing| pacing.schedule.clone());
        if let Some(Pacing { schedule, due }) = plan.pacing {
            let shared = shared.clone();
            threads.push(thread::spawn(move || {
                emit_due_requests(&schedule, shard, plan.begin, &due, &shared);
            }));
        }
        Ok(Self {
            shared,
            threads,
            recorders,
            begin: plan.begin,
            ends: plan.ends,
            schedule,
            shard,
            progress: Progress::new(args.quiet, plan.ends - plan.begin),
            totals: vec![Record::new(3); n_targets],
            timeline: BTreeMap::new(),
            last: plan.counted_from,
        })
    }

    /// Collects the results of the threads every second, until all threads have ended.
    fn watch(&mut self) {
        while self.threads.iter().any(|thread| !thread.is_finished()) {
            let second = since_1970().as_secs();
            let next = Instant::now() + until_next_second();
            while Instant::now() < next && self.threads.iter().any(|thread| !thread.is_finished()) {
                thread::sleep(POLL_INTERVAL.min(next.saturating_duration_since(Instant::now())));
            }
            self.collect(second);
        }
        self.collect(since_1970().as_secs());
    }

    fn collect(&mut self, second: u64) {
        let mut sum = Record::new(2);
        for recorder in &self.recorders {
            let Interval { records, last } = recorder.take();
            for (total, record) in self.totals.iter_mut().zip(&records) {
                total.add(record);
                sum.add(record);
            }
            self.last = self.last.max(last.unwrap_or(self.last));
        }
        self.progress.show(&sum);
        if sum.responses() + sum.failed() == 0 {
            return;
        }
        match self.timeline.get_mut(&second) {
            Some(record) => record.add(&sum),
            None => drop(self.timeline.insert(second, sum.into())),
        }
    }

    fn report(mut self, args: &Run) -> Result<Report, String> {
        self.progress.end();
        for thread in std::mem::take(&mut self.threads) {
            thread.join().map_err(|_| "a thread panicked")?;
        }
        let targets = self.shared.targets.all().iter();
        Ok(Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            generators: 1,
            connections: args.connections,
            servers: self.shared.addrs.len(),
            streams: args.streams,
            stages: vec![args.rate.clone()],
            start_at: args.start_at,
            shards: args.shard.into_iter().collect(),
            seconds: self.seconds(),
            unsent: self.unsent(),
            targets: targets
                .zip(std::mem::take(&mut self.totals))
                .map(|(target, record)| TargetReport {
                    method: target.method.to_string(),
                    url: target.url.to_string(),
                    record,
                })
                .collect(),
            timeline: self.timeline,
        })
    }

    /// Returns the measured time: the planned duration, or the time until the last response if that came later.
    fn seconds(&self) -> f64 {
        let end = self.end();
        let from = self.shared.counted_from;
        let counted = end.max(self.last).saturating_duration_since(from);
        counted.as_secs_f64()
    }

    /// Returns the time at which the last requests were due: as planned, or when the run was stopped.
    fn end(&self) -> Instant {
        let ended = self.shared.stopped_at.get();
        ended.map_or(self.ends, |ended| self.ends.min(*ended))
    }

    /// Returns the number of requests that were due and were not sent.
    fn unsent(&self) -> u64 {
        let (Some(schedule), LoadModel::OpenLoop { sent, .. }) =
            (&self.schedule, &self.shared.model)
        else {
            return 0;
        };
        let end = self.end();
        let before = |time: Instant| {
            let time = time.saturating_duration_since(self.begin);
            self.shard.share(schedule.count_before(time))
        };
        let due = before(end).saturating_sub(before(self.shared.counted_from));
        due.saturating_sub(sent.load(Relaxed))
    }
}

/// Returns the share of part `number` if `all` is divided evenly into `n` parts.
fn share_of(all: usize, n: usize, number: usize) -> usize {
    all / n + usize::from(number < all % n)
}

fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn until_next_second() -> Duration {
    SECOND - Duration::from_nanos(since_1970().subsec_nanos().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_shared_evenly() {
        let shares: Vec<usize> = (0..3).map(|number| share_of(8, 3, number)).collect();
        assert_eq!(shares, [3, 3, 2]);
    }
}
