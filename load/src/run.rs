//! A run: threads that send, and a report of what they see.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::args::Run;
use crate::link::resolve;
use crate::progress::Progress;
use crate::record::Record;
use crate::report::{Answered, Report};
use crate::schedule::{Schedule, Stage};
use crate::sender::{Interval, Seen, Shared, Source, pace, send};
use crate::target::Targets;

/// How often it is looked whether all threads have ended.
const LOOK: Duration = Duration::from_millis(20);
const SECOND: Duration = Duration::from_secs(1);

/// Puts the targets under load, and reports.
pub(crate) fn run(args: &Run) -> Result<Report, String> {
    if args.connections == 0 || args.streams == 0 || args.threads == 0 {
        return Err("connections, streams and threads are at least 1".to_owned());
    }
    let targets = Targets::new(args)?;
    let servers = targets.servers().iter();
    let addrs = servers
        .map(|server| resolve(server))
        .collect::<Result<Vec<_>, _>>()?;
    for (server, addr) in targets.servers().iter().zip(&addrs) {
        TcpStream::connect_timeout(addr, args.timeout)
            .map_err(|error| format!("cannot connect to {server}: {error}"))?;
    }
    wait_until(args.start_at)?;
    let (plan, source) = Plan::new(args);
    let shared = Arc::new(Shared {
        targets,
        addrs,
        http2: args.http2,
        timeout: args.timeout,
        source,
        ended: AtomicBool::new(false),
    });
    let mut running = Running::start(args, plan, &shared);
    running.watch();
    running.report(args)
}

/// Waits for the time at which all generators begin.
fn wait_until(second: Option<u64>) -> Result<(), String> {
    let Some(second) = second else {
        return Ok(());
    };
    let begin = UNIX_EPOCH + Duration::from_secs(second);
    let left = begin.duration_since(SystemTime::now());
    let left = left.map_err(|_| format!("--start-at {second} is over"))?;
    thread::sleep(left);
    Ok(())
}

/// When a run begins, when it counts, and when it ends.
struct Plan {
    begin: Instant,
    counts_from: Instant,
    ends: Instant,
    pacing: Option<(Schedule, async_channel::Sender<crate::sender::Due>)>,
}

impl Plan {
    fn new(args: &Run) -> (Self, Source) {
        let begin = Instant::now();
        let counts_from = begin + args.warm_up;
        let Some(first) = args.rate.first() else {
            let until = counts_from + args.duration;
            let sent = AtomicU64::new(0);
            let plan = Self {
                begin,
                counts_from,
                ends: until,
                pacing: None,
            };
            return (plan, Source::Answers { sent, until });
        };
        let warming = Stage {
            from: first.from,
            to: first.from,
            seconds: Some(args.warm_up.as_secs_f64()),
        };
        let stages = [&[warming], args.rate.as_slice()].concat();
        let schedule = Schedule::new(&stages, args.duration);
        let ends = begin + schedule.duration;
        let (tx, due) = async_channel::unbounded();
        let until = ends + args.timeout;
        let late = AtomicU64::new(0);
        let pacing = Some((schedule, tx));
        let plan = Self {
            begin,
            counts_from,
            ends,
            pacing,
        };
        (plan, Source::Schedule { due, until, late })
    }
}

/// A run under way.
struct Running<'r> {
    shared: &'r Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    seen: Vec<Arc<Seen>>,
    counts_from: Instant,
    progress: Progress,
    /// What each target's requests came to, and those of each second.
    totals: Vec<Record>,
    timeline: BTreeMap<u64, Record>,
    last: Instant,
}

impl<'r> Running<'r> {
    fn start(args: &Run, plan: Plan, shared: &'r Arc<Shared>) -> Self {
        let n_targets = shared.targets.all().len();
        let mut threads = Vec::new();
        let mut seen = Vec::new();
        for number in 0..args.threads.min(args.connections) {
            let connections = share(args.connections, args.threads, number);
            let (shared, own) = (shared.clone(), Arc::new(Seen::new(n_targets)));
            seen.push(own.clone());
            let streams = args.streams;
            threads.push(thread::spawn(move || {
                send(&shared, &own, connections, streams);
            }));
        }
        if let Some((schedule, due)) = plan.pacing {
            let shared = shared.clone();
            threads.push(thread::spawn(move || {
                pace(&schedule, plan.begin, &due, &shared.ended);
            }));
        }
        Self {
            shared,
            threads,
            seen,
            counts_from: plan.counts_from,
            progress: Progress::new(args.quiet, plan.ends - plan.begin),
            totals: vec![Record::new(3); n_targets],
            timeline: BTreeMap::new(),
            last: plan.counts_from,
        }
    }

    /// Collects what the threads see, each second, until they have ended.
    fn watch(&mut self) {
        if let Some(warming) = self.counts_from.checked_duration_since(Instant::now()) {
            thread::sleep(warming);
            // What was seen before is forgotten.
            for seen in &self.seen {
                drop(seen.take());
            }
        }
        while self.threads.iter().any(|thread| !thread.is_finished()) {
            let second = unix_seconds();
            let next = Instant::now() + until_next_second();
            while Instant::now() < next && self.threads.iter().any(|thread| !thread.is_finished()) {
                thread::sleep(LOOK.min(next.saturating_duration_since(Instant::now())));
            }
            self.collect(second);
        }
        self.collect(unix_seconds());
    }

    fn collect(&mut self, second: u64) {
        let mut sum = Record::new(2);
        for seen in &self.seen {
            let Interval { records, last } = seen.take();
            for (total, record) in self.totals.iter_mut().zip(&records) {
                total.add(record);
                sum.add(record);
            }
            self.last = self.last.max(last.unwrap_or(self.last));
        }
        self.progress.show(&sum);
        if sum.answers() + sum.failed() == 0 {
            return;
        }
        match self.timeline.get_mut(&second) {
            Some(record) => record.add(&sum),
            None => drop(self.timeline.insert(second, sum)),
        }
    }

    fn report(self, args: &Run) -> Result<Report, String> {
        self.progress.end();
        for thread in self.threads {
            thread.join().map_err(|_| "a thread has panicked")?;
        }
        let targets = self.shared.targets.all().iter().zip(self.totals);
        Ok(Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            generators: 1,
            connections: args.connections,
            streams: args.streams,
            stages: args.rate.clone(),
            seconds: self.last.duration_since(self.counts_from).as_secs_f64(),
            unsent: self.shared.unsent(),
            targets: targets
                .map(|(target, record)| Answered {
                    method: target.method.to_string(),
                    url: target.url.to_string(),
                    record,
                })
                .collect(),
            timeline: self.timeline,
        })
    }
}

impl Shared {
    /// Returns how many requests were due and were not sent.
    fn unsent(&self) -> u64 {
        match &self.source {
            Source::Answers { .. } => 0,
            Source::Schedule { due, late, .. } => due.len() as u64 + late.load(Relaxed),
        }
    }
}

/// Returns the part of `all` that one of `n` has, where they are shared evenly.
fn share(all: usize, n: usize, number: usize) -> usize {
    all / n + usize::from(number < all % n)
}

fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn unix_seconds() -> u64 {
    since_1970().as_secs()
}

fn until_next_second() -> Duration {
    SECOND - Duration::from_nanos(since_1970().subsec_nanos().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_shared_evenly() {
        let shares: Vec<usize> = (0..3).map(|number| share(8, 3, number)).collect();
        assert_eq!(shares, [3, 3, 2]);
    }
}
