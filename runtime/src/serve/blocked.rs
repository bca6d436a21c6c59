//! Finds and reports the routes whose handlers block their thread.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    request::{Mark, Watching, running_route},
    routes::Route,
};

/// The shortest time between two reports of the same route.
const REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// Watches how long each thread polls a handler without a break.
pub(super) struct Blocked {
    /// Makes threads publish the route that they run, until it is dropped.
    _watching: Watching,
    /// The routes of the app, to name them in a report.
    routes: &'static [Route],
    /// How long a poll may take.
    bound: Duration,
    /// The threads that have run a handler.
    threads: Vec<Thread>,
    /// The routes that were reported.
    reported: Vec<ReportedRoute>,
}

/// A thread and the poll that it is running.
struct Thread {
    /// Where the thread publishes its route and the number of its poll.
    mark: Arc<Mark>,
    /// The number of the poll; 0 while the thread polls no handler.
    poll: u64,
    /// When this poll was first seen.
    since: Instant,
    /// Whether this poll was reported.
    is_reported: bool,
}

/// A route that was reported.
struct ReportedRoute {
    /// The address of the route; 0 for requests without one.
    route: usize,
    /// When it was last reported.
    at: Instant,
    /// How many polls have exceeded the bound since then.
    more: u32,
}

impl Blocked {
    pub(super) fn new(routes: &'static [Route], bound: Duration) -> Self {
        Self {
            _watching: Watching::start(),
            routes,
            bound,
            threads: Vec::new(),
            reported: Vec::new(),
        }
    }

    /// Checks each thread and reports the polls that exceed the bound.
    ///
    /// Polls are observed from outside. Reading a clock at each poll was rejected because it costs
    /// more than a small handler.
    pub(super) fn check(&mut self, write_line: &dyn Fn(&str)) {
        let now = Instant::now();
        self.update_threads(now);
        let mut over = Vec::new();
        for thread in &mut self.threads {
            let Some((poll, route)) = thread.mark.now() else {
                thread.poll = 0;
                continue;
            };
            if poll != thread.poll {
                (thread.poll, thread.since, thread.is_reported) = (poll, now, false);
            } else if !thread.is_reported && now.duration_since(thread.since) >= self.bound {
                thread.is_reported = true;
                over.push(route);
            }
        }
        for route in over {
            self.report(route, now, write_line);
        }
    }

    /// Adds new threads and removes threads that have ended.
    fn update_threads(&mut self, now: Instant) {
        let marks = running_route::threads();
        let is_same = |thread: &Thread, mark| Arc::ptr_eq(&thread.mark, mark);
        self.threads
            .retain(|thread| marks.iter().any(|mark| is_same(thread, mark)));
        for mark in marks.iter() {
            if !self.threads.iter().any(|thread| is_same(thread, mark)) {
                self.threads.push(Thread {
                    mark: Arc::clone(mark),
                    poll: 0,
                    since: now,
                    is_reported: false,
                });
            }
        }
    }

    fn report(&mut self, route: usize, now: Instant, write_line: &dyn Fn(&str)) {
        let Some(shown) = self.describe(route) else {
            // The route belongs to another app in this process, whose watch reports it.
            return;
        };
        let mut more = 0;
        match self
            .reported
            .iter_mut()
            .find(|reported| reported.route == route)
        {
            Some(reported) if now.duration_since(reported.at) < REPORT_INTERVAL => {
                reported.more += 1;
                return;
            }
            Some(reported) => {
                more = reported.more;
                (reported.at, reported.more) = (now, 0);
            }
            None => self.reported.push(ReportedRoute {
                route,
                at: now,
                more: 0,
            }),
        }
        let bound = humantime::format_duration(self.bound);
        let more = match more {
            0 => String::new(),
            n => format!(" ({n} more times since the last report)"),
        };
        write_line(&format!(
            "{shown} has kept its thread busy for more than {bound}{more}: other requests wait; move long work to \
             `tokio::task::spawn_blocking`"
        ));
    }

    /// Returns the routes that have been polled without a break for at least this time.
    pub(super) fn culprits(&self, at_least: Duration) -> Vec<String> {
        let now = Instant::now();
        let long = self.threads.iter().filter_map(|thread| {
            let (poll, route) = thread.mark.now()?;
            let is_long = poll == thread.poll && now.duration_since(thread.since) >= at_least;
            is_long.then(|| self.describe(route)).flatten()
        });
        long.collect()
    }

    /// Describes a route for a report. Returns `None` if it belongs to another app.
    fn describe(&self, route: usize) -> Option<String> {
        if route == 0 {
            return Some("a request without a route".to_owned());
        }
        let route = self
            .routes
            .iter()
            .find(|own| running_route::address(own) == route)?;
        let mut methods = route.methods().collect::<Vec<_>>().join(",");
        if methods.is_empty() {
            "ANY".clone_into(&mut methods);
        }
        let (path, handler) = (route.path(), route.handler());
        let (file, line) = (route.file(), route.line());
        Some(format!("`{methods} {path}` ({handler}, {file}:{line})"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;

    #[test]
    fn a_route_is_reported_once_in_ten_seconds_with_the_number_of_skipped_reports() {
        let said = Mutex::new(Vec::new());
        let write_line = |line: &str| said.lock().expect("no panic").push(line.to_owned());
        let mut blocked = Blocked::new(&[], Duration::from_millis(100));
        let start = Instant::now();
        for seconds in [0, 1, 9, 10, 11] {
            blocked.report(0, start + Duration::from_secs(seconds), &write_line);
        }
        let said = said.into_inner().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(
            said[0].contains("more than 100ms: other requests"),
            "{said:?}"
        );
        assert!(said[1].contains("(2 more times since"), "{said:?}");
    }
}
