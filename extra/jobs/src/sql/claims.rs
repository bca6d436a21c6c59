//! Gives jobs to workers.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use highball_db::{Database, Engine, battery::Value};

use super::{
    Sql, array,
    claim_statements::{self as sql, ClaimStatements, HEADS, KEYS, WITHOUT_KEY},
    duration, rows, size,
    statements::{GIVE_RATE, TAKE_RATE},
    system_millis, text,
};
use crate::backend::{BackendError, Claim, Claimed, Millis};

/// How often jobs without a key are looked for behind those of keys. No index helps to find them.
const LOOK: Duration = Duration::from_secs(1);

/// Which keys were visited last, by the name of the jobs.
#[derive(Default)]
pub(super) struct Visits(Mutex<HashMap<&'static str, Visit>>);

#[derive(Default)]
struct Visit {
    /// The first key that the next claim visits, so that all keys have their turn.
    next: String,
    /// When jobs without a key were looked for, and none was found.
    looked: Option<Instant>,
}

impl Visits {
    fn visits(&self) -> MutexGuard<'_, HashMap<&'static str, Visit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn next(&self, name: &str) -> String {
        let visits = self.visits();
        visits
            .get(name)
            .map(|visit| visit.next.clone())
            .unwrap_or_default()
    }

    pub(super) fn set_next(&self, name: &'static str, next: String) {
        self.visits().entry(name).or_default().next = next;
    }

    pub(super) fn is_time_to_look(&self, name: &'static str) -> bool {
        let mut visits = self.visits();
        let looked = visits.entry(name).or_default().looked;
        looked.is_none_or(|looked| looked.elapsed() > LOOK)
    }

    pub(super) fn has_looked(&self, name: &'static str, found: usize) {
        let looked = (found == 0).then(Instant::now);
        self.visits().entry(name).or_default().looked = looked;
    }
}

impl<D: Database> Sql<D> {
    pub(super) async fn claim_some(
        &self,
        claim: Claim,
        now: Millis,
    ) -> Result<Vec<Claimed>, BackendError> {
        let now = self.time(now);
        let most = self.take_rate(&claim, now).await?;
        if most == 0 {
            return Ok(Vec::new());
        }
        let claimed = match (claim.suspect, claim.limit) {
            (true, _) => self.claim_suspect(&claim, now).await?,
            (false, Some(limit)) => self.claim_limited(&claim, limit, most, now).await?,
            (false, None) => self.claim_usual(&claim, most, now).await?,
        };
        if claim.rate.is_some() && claimed.len() < most {
            let unused = size(most - claimed.len());
            let values = vec![text(claim.name), Value::Int(now / 1000), unused];
            self.write(GIVE_RATE, values).await?;
        }
        Ok(claimed)
    }

    async fn claim_suspect(
        &self,
        claim: &Claim,
        now: Millis,
    ) -> Result<Vec<Claimed>, BackendError> {
        let ClaimStatements {
            suspect,
            limited_suspect,
            ..
        } = statements::<D>();
        match claim.limit {
            None => self.give(claim, suspect, 1, now, []).await,
            Some(limit) => {
                let limit = [Value::Int(limit.into())];
                self.give(claim, limited_suspect, 1, now, limit).await
            }
        }
    }

    async fn claim_usual(
        &self,
        claim: &Claim,
        most: usize,
        now: Millis,
    ) -> Result<Vec<Claimed>, BackendError> {
        let usual = statements::<D>().usual;
        let mut claimed = self.give(claim, usual, most, now, []).await?;
        if claimed.len() < most {
            let left = most - claimed.len();
            claimed.extend(self.claim_behind(claim, left, now).await?);
        }
        Ok(claimed)
    }

    /// Takes jobs behind those at which a claim looks, if there are more.
    async fn claim_behind(
        &self,
        claim: &Claim,
        most: usize,
        now: Millis,
    ) -> Result<Vec<Claimed>, BackendError> {
        let next = self.visits.next(claim.name);
        let is_whole = next.is_empty();
        let (mut ready, visited) = self.heads(claim, next, now).await?;
        // After the last key comes the first one.
        if ready.len() < most && !is_whole && visited < KEYS {
            ready.extend(self.heads(claim, String::new(), now).await?.0);
        }
        // No key was visited if a claim has looked at all jobs.
        if visited > 0 && self.visits.is_time_to_look(claim.name) {
            let values = vec![
                text(claim.name),
                Value::Int(now),
                Value::Int(claim.version.into()),
                size(most),
            ];
            let found = self.read(WITHOUT_KEY, values).await?;
            self.visits.has_looked(claim.name, found.len());
            ready.extend(found.iter().filter_map(|row| row.first()?.int()));
        }
        if ready.is_empty() {
            return Ok(Vec::new());
        }
        let ids = [text(array(&ready))];
        self.give(claim, statements::<D>().of_ids, most, now, ids)
            .await
    }

    /// Returns the first jobs of keys, from a key on, that may run, and the number of keys.
    async fn heads(
        &self,
        claim: &Claim,
        from: String,
        now: Millis,
    ) -> Result<(Vec<i64>, usize), BackendError> {
        let version = Value::Int(claim.version.into());
        let values = vec![text(claim.name), Value::Int(now), version, text(from)];
        let mut heads = self.read(HEADS, values).await?;
        let ready = heads.iter().filter_map(|row| match row.as_slice() {
            [Value::Int(head), _, Value::Int(1)] => Some(*head),
            _ => None,
        });
        let (ready, visited) = (ready.collect(), heads.len());
        let last = heads.pop().and_then(|mut row| row.swap_remove(1).text());
        let next = last.filter(|_| visited >= KEYS).unwrap_or_default();
        self.visits.set_next(claim.name, next);
        Ok((ready, visited))
    }

    /// Runs the statement of a claim. `more` has the values after those of all claims.
    pub(super) async fn give(
        &self,
        claim: &Claim,
        statement: &'static str,
        most: usize,
        now: Millis,
        more: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Claimed>, BackendError> {
        let mut values = vec![
            text(claim.name),
            Value::Int(now),
            Value::Int(claim.version.into()),
            size(most),
            text(&claim.worker),
            Value::Int(self.time(system_millis()) + duration(claim.lease)),
        ];
        values.extend(more);
        match self.write(statement, values).await {
            Ok(rows) => rows::claimed(rows),
            // Another worker runs a job of the same key that this statement could not see yet.
            Err(error) if error.to_string().contains("one_of_") => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Takes permission for starts in the current second, and returns for how many.
    async fn take_rate(&self, claim: &Claim, now: Millis) -> Result<usize, BackendError> {
        let Some(rate) = claim.rate else {
            return Ok(claim.most);
        };
        let rate = usize::try_from(rate).unwrap_or(usize::MAX);
        // The second try takes one, where fewer are left.
        for number in [claim.most.min(rate), 1] {
            let values = vec![
                text(claim.name),
                Value::Int(now / 1000),
                size(number),
                size(rate),
            ];
            if !self.write(TAKE_RATE, values).await?.is_empty() {
                return Ok(number);
            }
        }
        Ok(0)
    }
}

pub(super) fn statements<D: Database>() -> &'static ClaimStatements {
    match D::Engine::ONE_WRITER {
        true => &sql::SQLITE,
        false => &sql::POSTGRES,
    }
}
