//! The methods of the backend.

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use highball_db::{Database, Engine, Pool, battery::Value};

use super::{Sql, array, duration, id, rows, size, statements as sql, system_millis, text};
use crate::backend::{
    Backend, BackendError, Claim, Claimed, Count, End, JobId, Limits, Listed, Millis, NewJob,
    Pushed, Receipt, Recovered, State, Which, Work,
};

impl<D: Database> Backend for Sql<D> {
    fn time(&self, now: Millis) -> Millis {
        self.time(now)
    }

    fn database(&self) -> Option<&'static str> {
        Some(D::NAME)
    }

    fn name(&self) -> String {
        D::NAME.to_owned()
    }

    fn prepare(&self) -> Work<'_, ()> {
        Box::pin(self.ready())
    }

    fn push(&self, jobs: Vec<NewJob>, now: Millis) -> Work<'_, Vec<Pushed>> {
        Box::pin(self.push_all(jobs, now))
    }

    fn claim(&self, claim: Claim, now: Millis) -> Work<'_, Vec<Claimed>> {
        Box::pin(self.claim_some(claim, now))
    }

    fn renew(&self, worker: String, jobs: Vec<JobId>, lease: Duration) -> Work<'_, Vec<JobId>> {
        Box::pin(async move {
            let until = Value::Int(self.time(system_millis()) + duration(lease));
            let statement = match D::Engine::ONE_WRITER {
                true => sql::RENEW_SQLITE,
                false => sql::RENEW_POSTGRES,
            };
            let ids = text(array(&jobs));
            Ok(rows::ids(
                self.write(statement, vec![text(worker), until, ids])
                    .await?,
            ))
        })
    }

    fn settle(&self, receipt: Receipt, end: End, now: Millis) -> Work<'_, bool> {
        Box::pin(async move { self.end(&receipt, end, now).await })
    }

    fn recover(&self, limits: Limits, now: Millis) -> Work<'_, Recovered> {
        Box::pin(self.recover_some(limits, now))
    }

    fn step(&self, job: JobId, name: String) -> Work<'_, Option<String>> {
        Box::pin(async move {
            let rows = self
                .read(sql::STEP, vec![id(&job)?, Value::Text(name)])
                .await?;
            Ok(rows::first_text(rows))
        })
    }

    fn keep_step(&self, receipt: Receipt, name: String, result: String) -> Work<'_, bool> {
        Box::pin(async move {
            let fence = Value::Int(receipt.fence);
            let values = vec![
                id(&receipt.job)?,
                fence,
                Value::Text(name),
                Value::Text(result),
            ];
            Ok(!self.write(sql::KEEP_STEP, values).await?.is_empty())
        })
    }

    fn counts(&self) -> Work<'_, Vec<Count>> {
        Box::pin(async move {
            self.ready().await?;
            if !D::Engine::ONE_WRITER {
                self.compare_clocks().await?;
            }
            rows::counts(self.read(sql::COUNTS, Vec::new()).await?)
        })
    }

    fn list(&self, name: String, state: State, most: usize) -> Work<'_, Vec<Listed>> {
        Box::pin(async move {
            self.ready().await?;
            let values = vec![
                Value::Text(name),
                Value::Int(rows::number(state)),
                size(most),
            ];
            rows::listed(self.read(sql::LIST, values).await?)
        })
    }

    fn requeue(&self, which: Which, now: Millis) -> Work<'_, u64> {
        Box::pin(async move {
            let (name, most) = match which {
                Which::One(job) => return self.requeue_one(&job, now).await,
                Which::Some(name, most) => (name, most),
            };
            let mut count = 0;
            for job in self.list(name, State::Parked, most).await? {
                // One whose key is taken stays parked.
                count += self.requeue_one(&job.id, now).await.unwrap_or(0);
            }
            Ok(count)
        })
    }

    fn prune(&self, name: String, before: Millis) -> Work<'_, u64> {
        Box::pin(async move {
            let values = vec![Value::Text(name), Value::Int(self.time(before))];
            let deleted = self.write(sql::PRUNE, values).await?.len();
            if deleted > 0 {
                self.write(sql::PRUNE_STEPS, Vec::new()).await?;
            }
            Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
        })
    }

    fn last_tick(&self, schedule: String, now: Millis) -> Work<'_, Millis> {
        Box::pin(async move {
            let values = vec![text(&schedule), Value::Int(now)];
            self.write(sql::ADD_SCHEDULE, values).await?;
            let rows = self
                .read(sql::LAST_TICK, vec![Value::Text(schedule)])
                .await?;
            Ok(rows
                .first()
                .and_then(|row| row.first()?.int())
                .unwrap_or(now))
        })
    }

    fn tick(
        &self,
        schedule: String,
        last: Millis,
        jobs: Vec<NewJob>,
        now: Millis,
    ) -> Work<'_, bool> {
        Box::pin(async move {
            let Some(mut transaction) = self.begin_tick(schedule, last, &jobs).await? else {
                return Ok(false);
            };
            for job in &jobs {
                self.insert(&mut transaction, job, now).await?;
            }
            transaction.commit().await.map_err(BackendError::new)?;
            Ok(true)
        })
    }

    fn changed(&self) -> Work<'_, Vec<String>> {
        let own = self.announcements.sender();
        Box::pin(async move {
            let changed = self.changes.next(&self.pool, own).await;
            changed.map_err(BackendError::new)
        })
    }

    fn announce(&self, name: &'static str) {
        self.announcements.add(name);
    }

    fn for_renewal(&self) -> Option<Box<dyn Backend>> {
        if self.is_memory.load(Relaxed) {
            return None;
        }
        let pool = Pool::<D>::of_sqlx(&self.pool.sqlx(1)).max(1).build();
        Some(Box::new(Self::new(&pool)))
    }
}
