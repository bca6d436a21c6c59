//! Claims of jobs with a limit key.
//!
//! A claim visits the keys, and takes the first job of each that may run. So each key has its turn, however many jobs
//! another one has. Each job that runs has a slot of its key, and an index allows one job in a slot.

use highball_db::{Database, battery::Value};

use super::{
    Sql, array,
    claim_statements::{KEYS, LIMITED, WITHOUT_LIMIT},
    claims::statements,
    size, text,
};
use crate::backend::{BackendError, Claim, Claimed, Millis};

/// After how many visits without a job a claim ends. Another worker may have taken the jobs meanwhile, and there may be
/// more keys than one visit reads.
const IDLE: usize = 5;

impl<D: Database> Sql<D> {
    /// Takes jobs of which no more than the limit run of each key.
    pub(super) async fn claim_limited(
        &self,
        claim: &Claim,
        limit: u32,
        most: usize,
        now: Millis,
    ) -> Result<Vec<Claimed>, BackendError> {
        let (mut claimed, mut idle) = (Vec::new(), 0);
        while claimed.len() < most && idle < IDLE {
            let left = most - claimed.len();
            let (ready, is_whole) = self.ready_of_keys(claim, limit, left, now).await?;
            if ready.is_empty() {
                idle = if is_whole { IDLE } else { idle + 1 };
                continue;
            }
            let more = [text(array(&ready)), Value::Int(limit.into())];
            let statement = statements::<D>().limited;
            let given = self.give(claim, statement, left, now, more).await?;
            idle = if given.is_empty() { idle + 1 } else { 0 };
            claimed.extend(given);
        }
        Ok(claimed)
    }

    /// Returns one job of each key that may run, and whether all keys were visited.
    async fn ready_of_keys(
        &self,
        claim: &Claim,
        limit: u32,
        most: usize,
        now: Millis,
    ) -> Result<(Vec<i64>, bool), BackendError> {
        let from = self.visits.next(claim.name);
        let is_first = from.is_empty();
        let version = Value::Int(claim.version.into());
        let limit = Value::Int(limit.into());
        let values = vec![
            text(claim.name),
            Value::Int(now),
            version,
            text(from),
            limit,
        ];
        let mut keys = self.read(LIMITED, values).await?;
        let mut ready = Vec::new();
        let mut last = None;
        for row in &mut keys {
            if ready.len() == most {
                break;
            }
            last = row.pop().and_then(Value::text);
            ready.extend(row.first().and_then(Value::int));
        }
        let is_last = keys.len() < KEYS && ready.len() < most;
        // The next claim begins behind the last key that has given a job.
        let next = last.filter(|_| !is_last).map(|key| key + "\u{1}");
        self.visits.set_next(claim.name, next.unwrap_or_default());
        ready.extend(self.without_limit(claim, most - ready.len(), now).await?);
        Ok((ready, is_first && is_last))
    }

    /// Returns jobs without a key.
    async fn without_limit(
        &self,
        claim: &Claim,
        most: usize,
        now: Millis,
    ) -> Result<Vec<i64>, BackendError> {
        if most == 0 || !self.visits.is_time_to_look(claim.name) {
            return Ok(Vec::new());
        }
        let version = Value::Int(claim.version.into());
        let values = vec![text(claim.name), Value::Int(now), version, size(most)];
        let found = self.read(WITHOUT_LIMIT, values).await?;
        self.visits.has_looked(claim.name, found.len());
        Ok(found.iter().filter_map(|row| row.first()?.int()).collect())
    }
}
