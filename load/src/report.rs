//! A report: what was sent, and what came back.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::record::Record;
use crate::schedule::Stage;

/// Everything that is known of a run, or of several that were added up.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Which program wrote it.
    pub(crate) version: String,
    /// How many generators it is of.
    pub(crate) generators: u32,
    pub(crate) connections: usize,
    /// How many requests are open on a connection at once.
    pub(crate) streams: usize,
    /// The rates of one generator; none where each connection waits for its answers.
    pub(crate) stages: Vec<Stage>,
    /// For how long requests were counted.
    pub(crate) seconds: f64,
    /// Requests that were due and not sent in time: the server does not keep up, or the generator.
    pub(crate) unsent: u64,
    pub(crate) targets: Vec<Answered>,
    /// What happened in each second since 1970.
    pub(crate) timeline: BTreeMap<u64, Record>,
}

/// What came of one target.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answered {
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

    /// Returns the answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.total().answers() as f64 / self.seconds.max(f64::MIN_POSITIVE)
    }

    /// Returns what its rates add up to, if it has some.
    pub(crate) fn is_open(&self) -> bool {
        !self.stages.is_empty()
    }

    /// Reads a report that was written as JSON.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        serde_json::from_slice(&text)
            .map_err(|error| format!("{} is no report: {error}", path.display()))
    }

    /// Adds a report of another generator, that ran at the same time.
    pub(crate) fn merge(&mut self, other: Self) -> Result<(), String> {
        if self.is_open() != other.is_open() {
            return Err("reports with and without a rate do not add up".to_owned());
        }
        self.generators += other.generators;
        self.connections += other.connections;
        self.streams = self.streams.max(other.streams);
        self.seconds = self.seconds.max(other.seconds);
        self.unsent += other.unsent;
        for target in other.targets {
            let same = self
                .targets
                .iter_mut()
                .find(|own| own.method == target.method && own.url == target.url);
            match same {
                Some(own) => own.record.add(&target.record),
                None => self.targets.push(target),
            }
        }
        for (second, record) in other.timeline {
            match self.timeline.get_mut(&second) {
                Some(own) => own.add(&record),
                None => drop(self.timeline.insert(second, record)),
            }
        }
        Ok(())
    }
}
