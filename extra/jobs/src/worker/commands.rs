//! The command `jobs`, for operators.

use std::{fmt::Write as _, path::PathBuf};

use highball::{Error, Result};

use super::{ConsumerOf, Worker};
use crate::{
    backend::{JobId, State, Which},
    job::masked,
};

pub(super) const ABOUT: &str = "Lists jobs: `jobs`, `jobs parked NAME`; runs them again: `jobs requeue NAME [MOST]`, \
                                `jobs requeue-one ID`.";

pub(super) const ABOUT_CONTRACTS: &str =
    "Compares the committed files of jobs: `contracts check`, or writes them: `contracts accept`.";

/// How many jobs a list has at most, and how many run again if no number is given.
const MOST: usize = 100;

impl<S: Send + Sync + 'static> Worker<S> {
    pub(super) async fn command(&self, arguments: &[String]) -> Result {
        let arguments = arguments.iter().map(String::as_str).collect::<Vec<_>>();
        let text = match arguments[..] {
            [] => self.overview().await?,
            ["parked", name] => self.parked(self.consumer(name)?).await?,
            ["requeue", name] => self.requeue(name, MOST).await?,
            ["requeue", name, most] => match most.parse() {
                Ok(most) => self.requeue(name, most).await?,
                Err(_) => return Err(Error::new(format!("`{most}` is no number of jobs"))),
            },
            ["requeue-one", id] => self.requeue_one(id).await?,
            _ => return Err(Error::new(ABOUT)),
        };
        println!("{}", text.trim_end());
        Ok(())
    }

    /// Compares or writes the files of the jobs, in the package that `cargo run` runs.
    pub(super) fn contracts(&self, arguments: &[String]) -> Result {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let package = package.unwrap_or_default();
        let mut contracts = self
            .consumers
            .iter()
            .filter_map(|consumer| consumer.contract);
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["check"] => contracts.try_for_each(|contract| contract.check(&package)),
            ["accept"] => {
                for contract in contracts {
                    if contract.accept(&package)? {
                        println!("{} was written", contract.file());
                    }
                }
                Ok(())
            }
            _ => Err(Error::new(ABOUT_CONTRACTS)),
        }
    }

    fn consumer(&self, name: &str) -> Result<&ConsumerOf<S>> {
        let mut consumers = self.consumers.iter();
        consumers
            .find(|consumer| consumer.name() == name)
            .ok_or_else(|| {
                let known = self
                    .consumers
                    .iter()
                    .map(ConsumerOf::name)
                    .collect::<Vec<_>>();
                let known = known.join("`, `");
                Error::new(format!(
                    "no consumer takes jobs `{name}`: write one of `{known}`"
                ))
            })
    }

    /// Returns a line for each name of jobs.
    async fn overview(&self) -> Result<String> {
        let counts = self.jobs.counts().await?;
        let mut names = self
            .consumers
            .iter()
            .map(ConsumerOf::name)
            .collect::<Vec<_>>();
        // Jobs without a consumer wait for another program, or for ever.
        names.extend(counts.iter().map(|count| count.name.as_str()));
        names.sort_unstable();
        names.dedup();
        let mut text = String::new();
        for name in names {
            let of = |state| {
                let mut counts = counts.iter();
                counts
                    .find(|count| count.name == name && count.state == state)
                    .map_or(0, |count| count.jobs)
            };
            let (waiting, running) = (of(State::Waiting), of(State::Running));
            let parked = of(State::Parked);
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                text,
                "{name}: {waiting} waiting, {running} running, {parked} parked"
            );
        }
        Ok(text)
    }

    /// Returns a line for each parked job, without the values of secret fields.
    async fn parked(&self, consumer: &ConsumerOf<S>) -> Result<String> {
        let name = consumer.name().to_owned();
        let mut text = String::new();
        for job in self.jobs.backend().list(name, State::Parked, MOST).await? {
            let payload = masked(&job.payload, consumer.secret);
            let reason = job.reason.unwrap_or_default();
            let (id, attempts, producer) = (job.id, job.attempts, job.producer);
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                text,
                "{id} after {attempts} attempts, of {producer}: {reason}\n  {payload}"
            );
        }
        Ok(text)
    }

    async fn requeue(&self, name: &str, most: usize) -> Result<String> {
        let which = Which::Some(self.consumer(name)?.name().to_owned(), most);
        let count = self.jobs.backend().requeue(which, self.jobs.now()).await?;
        Ok(format!("{count} jobs `{name}` run again"))
    }

    async fn requeue_one(&self, id: &str) -> Result<String> {
        let which = Which::One(JobId::new(id));
        match self.jobs.backend().requeue(which, self.jobs.now()).await? {
            0 => Err(Error::new(format!("no parked job has the id {id}"))),
            _ => Ok(format!("job {id} runs again")),
        }
    }
}
