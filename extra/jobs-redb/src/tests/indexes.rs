//! After any changes the indexes are those that a scan of all jobs gives.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use highball_jobs::backend::{Claimed, End, JobId, Limits, NewJob, State, Which};
use redb::ReadableTable;

use super::{NOW, claim, job, store};
use crate::{error::Failure, job::number, session::Session};

/// Pseudo-random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Does one thing. `running` has the attempts that were begun, of which some have lost their lease.
fn act(
    session: &mut Session<'_>,
    random: &mut Random,
    running: &mut Vec<Claimed>,
) -> Result<(), Failure> {
    let now = NOW + i64::try_from(random.below(10)).unwrap_or_default();
    match random.below(10) {
        0..4 => {
            let order = ["", "a", "b", "c"][random.below(4) as usize];
            let has_limit = order.is_empty() && random.below(3) > 0;
            let new = NewJob {
                limit_key: has_limit.then(|| random.below(3).to_string()),
                unique_key: (random.below(3) == 0).then(|| random.below(4).to_string()),
                unique_for: (random.below(2) == 0).then_some(3),
                version: 1 + u32::from(random.below(5) == 0),
                due: now,
                ..job(order)
            };
            session.push(&[new], now)?;
        }
        4..7 => {
            let mut claim = claim(random.below(4) as usize);
            claim.suspect = random.below(3) == 0;
            claim.limit = Some(2);
            running.extend(session.claim(&claim, now)?);
        }
        7 if !running.is_empty() => {
            let idx = random.below(running.len() as u64) as usize;
            let (due, reason) = (now, "why".to_owned());
            let end = match random.below(4) {
                0 => End::Retry { due, reason },
                1 => End::Release { due },
                2 => End::Park { reason },
                _ => End::Done,
            };
            session.settle(&running.swap_remove(idx).receipt, end, now)?;
        }
        8 => {
            let limits = Limits {
                name: "points",
                crashes: 2,
                attempts: 4,
                pause: Duration::ZERO,
                lease: Duration::ZERO,
            };
            if random.below(4) == 0 {
                session.leases.renew(
                    "worker",
                    &(0..500).collect::<Vec<_>>(),
                    std::time::Instant::now(),
                );
                session.recover(&limits, now)?;
            }
        }
        _ => {
            let one = JobId::new(random.below(300).to_string());
            match random.below(3) {
                // Its key may be taken.
                0 => drop(session.requeue(&Which::One(one), now)),
                1 => drop(session.requeue(&Which::Some("points".to_owned(), 2), now)?),
                _ => drop(session.prune("points", now - 3)?),
            }
        }
    }
    Ok(())
}

/// The indexes as lines.
type Indexes = BTreeSet<String>;

/// Returns what the indexes have to be.
fn expected(session: &Session<'_>) -> Result<Indexes, Failure> {
    let mut jobs = BTreeMap::new();
    for row in session.tables.places.iter()? {
        let id = row?.0.value();
        jobs.insert(id, session.job(id)?.expect("a job"));
    }
    let mut lines = Indexes::new();
    let (mut busy, mut first, mut counts) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    let mut working = BTreeMap::new();
    for (id, job) in &jobs {
        if let (State::Running, Some(key)) = (job.state, &job.order_key) {
            assert!(busy.insert(key.clone()), "two jobs of {key} run");
            lines.insert(format!("busy {key} {id}"));
        }
        if let (State::Waiting, Some(key)) = (job.state, &job.order_key) {
            first.entry(key.clone()).or_insert(*id);
            lines.insert(format!("lane {key} {id}"));
        }
        if let Some(key) = &job.limit_key {
            match job.state {
                State::Waiting => {
                    let (is_suspect, version, due) = (job.crashes > 0, job.version, job.due);
                    lines.insert(format!("limited {is_suspect} {key} {due} {id} {version}"));
                }
                State::Running => *working.entry(key).or_insert(0_u64) += 1,
                State::Done | State::Parked => {}
            }
        }
        match job.state {
            State::Done => lines.insert(format!("finished {} {id}", job.ended)),
            state => {
                *counts.entry(number(state)).or_insert(0_u64) += 1;
                lines.insert(format!("state {} {id} {}", number(state), job.created))
            }
        };
    }
    lines.extend(
        counts
            .iter()
            .map(|(state, count)| format!("count {state} {count}")),
    );
    for (key, number) in working {
        assert!(number <= 2, "{number} jobs of {key} run");
        lines.insert(format!("working {key} {number}"));
    }
    for (id, job) in jobs.iter().filter(|(_, job)| job.state == State::Waiting) {
        let is_ready = match &job.order_key {
            None => job.limit_key.is_none(),
            Some(key) => first[key] == *id && !busy.contains(key),
        };
        if is_ready {
            let (is_suspect, version, due) = (job.crashes > 0, job.version, job.due);
            lines.insert(format!("ready {is_suspect} {version} {due} {id}"));
        }
    }
    Ok(lines)
}

/// Returns what the indexes are.
fn actual(session: &Session<'_>) -> Result<Indexes, Failure> {
    let mut lines = Indexes::new();
    for row in session.tables.busy.iter()? {
        let (key, id) = row?;
        lines.insert(format!("busy {} {}", key.value().1, id.value()));
    }
    for row in session.tables.lanes.iter()? {
        let row = row?.0;
        let (_, key, id) = row.value();
        lines.insert(format!("lane {key} {id}"));
    }
    for row in session.tables.finished.iter()? {
        let (_, ended, id) = row?.0.value();
        lines.insert(format!("finished {ended} {id}"));
    }
    for row in session.tables.states.iter()? {
        let (key, created) = row?;
        let (_, state, id) = key.value();
        lines.insert(format!("state {state} {id} {}", created.value()));
    }
    for row in session.tables.counts.iter()? {
        let (key, count) = row?;
        lines.insert(format!("count {} {}", key.value().1, count.value()));
    }
    for row in session.tables.limited.iter()? {
        let (key, version) = row?;
        let (_, is_suspect, key, due, id) = key.value();
        lines.insert(format!(
            "limited {is_suspect} {key} {due} {id} {}",
            version.value()
        ));
    }
    for row in session.tables.working.iter()? {
        let (key, number) = row?;
        lines.insert(format!("working {} {}", key.value().1, number.value()));
    }
    for row in session.tables.ready.iter()? {
        let (_, is_suspect, version, due, id) = row?.0.value();
        lines.insert(format!("ready {is_suspect} {version} {due} {id}"));
    }
    Ok(lines)
}

/// Each unfinished job with a unique key has it, so no two of them have the same one.
fn check_unique_keys(session: &Session<'_>) -> Result<(), Failure> {
    for row in session.tables.places.iter()? {
        let id = row?.0.value();
        let job = session.job(id)?.expect("a job");
        if let Some(key) = job.unique_key.as_ref()
            && !matches!(job.state, State::Done | State::Parked)
        {
            assert_eq!(session.holder("points", key, NOW)?, Some(id), "{key}");
        }
    }
    Ok(())
}

#[test]
fn random_changes_leave_the_indexes_of_a_scan() {
    for seed in 1..=20 {
        let (mut random, mut store) = (Random(seed * 0x9e37_79b9), store());
        let mut running = Vec::new();
        for step in 0..300 {
            let checked = store.transact(|session| {
                act(session, &mut random, &mut running)?;
                assert_eq!(actual(session)?, expected(session)?, "{seed}, {step}");
                check_unique_keys(session)
            });
            checked.expect("no failure");
        }
    }
}
