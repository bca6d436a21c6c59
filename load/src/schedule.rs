//! The times at which requests are due.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::duration::duration;

/// A part of a run in which the rate changes linearly.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stage {
    /// The requests per second at the start.
    pub(crate) from: f64,
    /// The requests per second at the end.
    pub(crate) to: f64,
    /// The duration in seconds, or `None` for the duration of the run.
    pub(crate) seconds: Option<f64>,
}

impl FromStr for Stage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rates, seconds) = match text.split_once(':') {
            Some((rates, seconds)) => (rates, Some(duration(seconds)?.as_secs_f64())),
            None => (text, None),
        };
        let (from, to) = rates.split_once("..").unwrap_or((rates, rates));
        let (from, to) = (parse_rate(from)?, parse_rate(to)?);
        if from + to == 0.0 {
            return Err("a rate of 0 sends no requests".to_owned());
        }
        Ok(Self { from, to, seconds })
    }
}

fn parse_rate(text: &str) -> Result<f64, String> {
    let rate = text.trim().parse::<f64>().ok();
    rate.filter(|rate| rate.is_finite() && *rate >= 0.0)
        .ok_or_else(|| format!("`{text}` is not a rate: write `1000`, `0..1000` or `0..1000:30s`"))
}

/// The times at which requests are due, relative to the start.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    /// The stages, each with the number of requests and of seconds before it.
    stages: Vec<(f64, f64, TimedStage)>,
    /// The total number of requests.
    requests: f64,
    pub(crate) duration: Duration,
}

/// A stage with a known duration.
#[derive(Debug, Clone, Copy)]
struct TimedStage {
    from: f64,
    to: f64,
    seconds: f64,
}

impl TimedStage {
    fn requests(self) -> f64 {
        (self.from + self.to) / 2.0 * self.seconds
    }

    /// Returns the time at which this many requests have become due.
    fn time_of(self, requests: f64) -> f64 {
        // Solves requests = from t + (to - from) t² / (2 seconds) for t. This form is also valid for a constant rate.
        let slope = (self.to - self.from) / self.seconds;
        let root = (self.from * self.from + 2.0 * slope * requests)
            .max(0.0)
            .sqrt();
        if requests == 0.0 {
            return 0.0;
        }
        2.0 * requests / (self.from + root)
    }
}

impl Schedule {
    /// Arranges stages in sequence. A stage without a duration takes `duration`.
    pub(crate) fn new(stages: &[Stage], duration: Duration) -> Self {
        let (mut requests, mut seconds) = (0.0, 0.0);
        let mut placed = Vec::new();
        for stage in stages {
            let timed = TimedStage {
                from: stage.from,
                to: stage.to,
                seconds: stage.seconds.unwrap_or(duration.as_secs_f64()),
            };
            placed.push((requests, seconds, timed));
            requests += timed.requests();
            seconds += timed.seconds;
        }
        Self {
            stages: placed,
            requests,
            duration: Duration::from_secs_f64(seconds),
        }
    }

    /// Returns the time at which the request with this number is due, from 0, or `None` after the end.
    pub(crate) fn due_at(&self, number: u64) -> Option<Duration> {
        let number = number as f64;
        let at = self
            .stages
            .partition_point(|(before, ..)| *before <= number);
        let (before, from, stage) = self.stages[at.checked_sub(1)?];
        let requests = number - before;
        (requests < stage.requests())
            .then(|| Duration::from_secs_f64(from + stage.time_of(requests)))
    }

    /// Returns the number of requests that are due before a time.
    pub(crate) fn count_before(&self, time: Duration) -> u64 {
        let (mut fewest, mut most) = (0, self.requests.ceil() as u64 + 1);
        while fewest < most {
            let number = fewest + (most - fewest) / 2;
            if self.due_at(number).is_some_and(|due| due < time) {
                fewest = number + 1;
            } else {
                most = number;
            }
        }
        fewest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(stages: &[&str], number: u64) -> Option<f64> {
        let stages: Vec<Stage> = stages
            .iter()
            .map(|stage| stage.parse().expect("it is one"))
            .collect();
        let due = Schedule::new(&stages, Duration::from_secs(10)).due_at(number);
        due.map(|due| (due.as_secs_f64() * 1000.0).round() / 1000.0)
    }

    #[test]
    fn constant_rate_is_even() {
        assert_eq!(due(&["100"], 0), Some(0.0));
        assert_eq!(due(&["100"], 1), Some(0.01));
        assert_eq!(due(&["100"], 999), Some(9.99));
        assert_eq!(due(&["100"], 1000), None);
    }

    #[test]
    fn ramp_is_steep_at_its_end() {
        // A quarter of the requests is due in the first half of the time.
        assert_eq!(due(&["0..100:10s"], 0), Some(0.0));
        assert_eq!(due(&["0..100:10s"], 125), Some(5.0));
        assert_eq!(due(&["100..0:10s"], 375), Some(5.0));
        assert_eq!(due(&["0..100:10s"], 500), None);
    }

    #[test]
    fn stages_follow_each_other() {
        assert_eq!(due(&["0..100:10s", "100:1s"], 500), Some(10.0));
        assert_eq!(due(&["0..100:10s", "100:1s"], 550), Some(10.5));
        assert_eq!(due(&["0..100:10s", "100:1s"], 600), None);
    }

    #[test]
    fn requests_before_a_time_are_counted() {
        let stages = ["100:2s", "0..100:10s"].map(|stage| stage.parse().expect("it is one"));
        let schedule = Schedule::new(&stages, Duration::from_secs(10));
        for (millis, count) in [
            (0, 0),
            (1, 1),
            (11, 2),
            (2_000, 200),
            (6_999, 325),
            (12_000, 700),
            (99_000, 700),
        ] {
            assert_eq!(
                schedule.count_before(Duration::from_millis(millis)),
                count,
                "{millis}"
            );
        }
    }

    #[test]
    fn invalid_rates_are_rejected() {
        for text in [
            "",
            "fast",
            "-1",
            "0",
            "0..0",
            "1..",
            "10:soon",
            "inf",
            "1:99999years",
        ] {
            assert!(text.parse::<Stage>().is_err(), "{text}");
        }
    }
}
