//! A report: the requests that were sent, and the results.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::record::{PackedRecord, Record};
use crate::schedule::Stage;
use crate::shard::Shard;

/// The results of a run, or of several that were merged.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The version of the program that wrote it.
    pub(crate) version: String,
    /// The number of generators whose results it contains.
    pub(crate) generators: u32,
    /// The number of connections to each server.
    pub(crate) connections: usize,
    pub(crate) servers: usize,
    /// The number of concurrent requests on each connection.
    pub(crate) streams: usize,
    /// The rates of each generator, or nothing for a closed loop. Shards have the rates of the whole load.
    pub(crate) stages: Vec<Vec<Stage>>,
    /// The time of `--start-at`.
    #[serde(default)]
    pub(crate) start_at: Option<u64>,
    /// The shards whose results it contains, in order. It is empty if the load was not sharded.
    #[serde(default)]
    pub(crate) shards: Vec<Shard>,
    /// The time in which requests were counted, including the wait for the last responses.
    pub(crate) seconds: f64,
    /// Requests that were due but not sent in time, because the server or the generator did not keep up.
    pub(crate) unsent: u64,
    pub(crate) targets: Vec<TargetReport>,
    /// The results of each second since 1970.
    pub(crate) timeline: BTreeMap<u64, PackedRecord>,
}

/// The results of one target.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TargetReport {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) record: Record,
}

impl Report {
    /// Returns the sum of all targets.
    pub(crate) fn total(&self) -> Record {
        let mut total = Record::new(3);
        for target in &self.targets {
            total.add(&target.record);
        }
        total
    }

    /// Returns the responses per second.
    pub(crate) fn rate(&self) -> f64 {
        self.total().responses() as f64 / self.seconds.max(f64::MIN_POSITIVE)
    }

    /// Returns whether requests were sent at a rate.
    pub(crate) fn has_rate(&self) -> bool {
        self.stages.iter().any(|stages| !stages.is_empty())
    }

    /// Returns the number of requests, including those that were not sent.
    pub(crate) fn requests(&self) -> u64 {
        let total = self.total();
        total.responses() + total.failed() + self.unsent
    }

    /// Returns the share of requests without a response, or with one of 4xx or 5xx.
    pub(crate) fn error_rate(&self) -> f64 {
        let total = self.total();
        let errors = total.failed() + self.unsent + total.error_responses();
        errors as f64 / self.requests().max(1) as f64
    }

    /// Returns a quantile of the latency of all requests, in nanoseconds. Requests without a response count as
    /// infinitely slow.
    pub(crate) fn latency_at(&self, part: f64) -> f64 {
        let total = self.total();
        // The quantile of all requests becomes one of the responses; above 1 it falls on a request without a
        // response.
        let part = part * self.requests() as f64 / total.responses().max(1) as f64;
        match total.latency_at(part.min(1.0)) {
            // The tolerance is for rounding errors.
            Some(nanos) if part <= 1.0 + 1e-9 => nanos as f64,
            _ => f64::INFINITY,
        }
    }

    /// Reads the reports of a file: one in JSON, or several, one on each line, among other lines.
    pub(crate) fn read_all(path: &Path) -> Result<Vec<Self>, String> {
        let text = if path == Path::new("-") {
            let mut text = Vec::new();
            io::stdin().read_to_end(&mut text).map(|_| text)
        } else {
            std::fs::read(path)
        };
        let text = text.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let not_one = match serde_json::from_slice(&text) {
            Ok(report) => return Ok(vec![report]),
            Err(error) => format!("{} is not a report: {error}", path.display()),
        };
        // A line that begins like a report and is not one was cut off, and leaving it out would be a wrong sum.
        let lines = text.split(|byte| *byte == b'\n');
        let reports = lines
            .filter(|line| line.starts_with(b"{\"version\""))
            .map(serde_json::from_slice)
            .collect::<Result<Vec<Self>, _>>()
            .map_err(|error| format!("{} has an incomplete report: {error}", path.display()))?;
        if reports.is_empty() {
            return Err(not_one);
        }
        Ok(reports)
    }

    /// Checks that the results of all shards are here.
    pub(crate) fn check_shards(&self) -> Result<(), String> {
        let Some(of) = self.shards.first().map(|shard| shard.of) else {
            return Ok(());
        };
        let missing = (0..of).map(|index| Shard { index, of });
        let missing: Vec<String> = missing
            .filter(|shard| !self.shards.contains(shard))
            .map(|shard| shard.to_string())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(format!(
            "there is no report of shard {}: `--partial` merges the others",
            missing.join(", ")
        ))
    }

    /// Adds the shards of another report of the same load.
    fn add_shards(&mut self, other: &Self) -> Result<(), String> {
        let of = |report: &Self| report.shards.first().map(|shard| shard.of);
        if of(self) != of(other) {
            return Err("reports of different numbers of shards cannot be merged".to_owned());
        }
        if of(self).is_some()
            && (self.start_at, &self.stages[0]) != (other.start_at, &other.stages[0])
        {
            return Err(
                "reports of shards with different `--start-at` or `--rate` cannot be merged"
                    .to_owned(),
            );
        }
        if let Some(shard) = other
            .shards
            .iter()
            .find(|shard| self.shards.contains(shard))
        {
            return Err(format!("there are two reports of shard {shard}"));
        }
        self.shards.extend(&other.shards);
        self.shards.sort_unstable_by_key(|shard| shard.index);
        Ok(())
    }

    /// Merges the report of another generator that ran at the same time.
    pub(crate) fn merge(&mut self, other: Self) -> Result<(), String> {
        if self.has_rate() != other.has_rate() {
            return Err("reports with and without a rate cannot be merged".to_owned());
        }
        if !self.overlaps(&other) {
            return Err(
                "reports of different times cannot be merged: start all generators with the same `--start-at`"
                    .to_owned(),
            );
        }
        self.add_shards(&other)?;
        self.generators += other.generators;
        self.connections += other.connections;
        self.servers = self.servers.max(other.servers);
        self.streams = self.streams.max(other.streams);
        self.stages.extend(other.stages);
        self.seconds = self.seconds.max(other.seconds);
        self.unsent += other.unsent;
        self.add_targets(other.targets);
        for (second, record) in other.timeline {
            match self.timeline.get_mut(&second) {
                Some(own) => own.add(&Record::from(&record)),
                None => drop(self.timeline.insert(second, record)),
            }
        }
        Ok(())
    }

    /// Returns whether the reports have a second in common, or one has no results.
    fn overlaps(&self, other: &Self) -> bool {
        let span = |report: &Self| {
            let mut seconds = report.timeline.keys();
            let first = *seconds.next()?;
            Some((first, *seconds.next_back().unwrap_or(&first)))
        };
        match (span(self), span(other)) {
            (Some((first, last)), Some((other_first, other_last))) => {
                first <= other_last && other_first <= last
            }
            _ => true,
        }
    }

    /// Adds the records of the same targets: those with the same method and URL, in order.
    fn add_targets(&mut self, others: Vec<TargetReport>) {
        let mut taken = vec![false; self.targets.len()];
        for target in others {
            let is_same = |(own, taken): &(&mut TargetReport, &mut bool)| {
                !**taken && own.method == target.method && own.url == target.url
            };
            match self.targets.iter_mut().zip(&mut taken).find(is_same) {
                Some((own, taken)) => {
                    *taken = true;
                    own.record.add(&target.record);
                }
                None => self.targets.push(target),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn report(rate: f64, second: u64, urls: &[&str]) -> Report {
        let mut record = Record::new(3);
        for millis in 1..=10 {
            record.add_response(200, 1, Duration::from_millis(millis));
        }
        let stage = Stage {
            from: rate,
            to: rate,
            seconds: None,
        };
        Report {
            version: String::new(),
            generators: 1,
            connections: 4,
            servers: 1,
            streams: 1,
            stages: vec![vec![stage]],
            start_at: None,
            shards: Vec::new(),
            seconds: 1.0,
            unsent: 0,
            targets: urls
                .iter()
                .map(|url| TargetReport {
                    method: "GET".to_owned(),
                    url: (*url).to_owned(),
                    record: record.clone(),
                })
                .collect(),
            timeline: [(second, record.into())].into(),
        }
    }

    #[test]
    fn targets_of_one_url_are_kept_apart() {
        let mut sum = report(1000.0, 7, &["/a", "/a", "/b"]);
        sum.merge(report(5000.0, 7, &["/a", "/a", "/c"]))
            .expect("they add up");
        let responses: Vec<_> = sum
            .targets
            .iter()
            .map(|own| own.record.responses())
            .collect();
        assert_eq!(responses, [20, 20, 10, 10]);
        assert_eq!(
            (sum.generators, sum.connections, sum.stages.len()),
            (2, 8, 2)
        );
        assert!((sum.rate() - 60.0).abs() < 1e-9, "{}", sum.rate());
        assert_eq!(Record::from(&sum.timeline[&7]).responses(), 20);
    }

    #[test]
    fn reports_of_different_times_do_not_add_up() {
        assert!(
            report(1.0, 7, &["/"])
                .merge(report(1.0, 8, &["/"]))
                .is_err()
        );
    }

    #[test]
    fn failed_request_is_slower_than_all() {
        let mut report = report(1.0, 7, &["/"]);
        assert!((report.latency_at(1.0) / 10e6 - 1.0).abs() < 0.01);
        report.unsent = 10;
        assert!((report.latency_at(0.5) / 10e6 - 1.0).abs() < 0.01);
        assert!(report.latency_at(0.51).is_infinite());
        assert!((report.error_rate() - 0.5).abs() < 1e-9);
    }
}
