//! The file with its leases, and transactions on both.

use highball_jobs::backend::State;
use redb::ReadableTable;

use crate::{
    error::Failure, file::File, job::state_of, leases::Leases, limits::Turns, session::Session,
};

/// The file with its leases.
#[derive(Debug)]
pub(crate) struct Store {
    file: File,
    leases: Leases,
    turns: Turns,
}

impl Store {
    pub(crate) fn new(file: File) -> Self {
        Self {
            file,
            leases: Leases::default(),
            turns: Turns::default(),
        }
    }

    /// Runs this in a transaction, and returns when its changes are on the disk. After an error nothing has changed.
    pub(crate) fn transact<T>(
        &mut self,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let result = self.open().and_then(|()| self.attempt(work));
        match &result {
            Ok(_) => self.leases.keep(),
            Err(failure) => {
                self.leases.undo();
                if !matches!(failure, Failure::Refused(_)) {
                    self.file.close();
                }
            }
        }
        result
    }

    /// Opens the file, unless it is open.
    pub(crate) fn open(&mut self) -> Result<(), Failure> {
        if !self.file.open()? {
            return Ok(());
        }
        let running = self.attempt(|session| {
            session.tables.check_format()?;
            session.has_changes = true;
            session.running()
        });
        match running {
            Ok(running) => self.leases.reload(running),
            Err(failure) => {
                self.file.close();
                return Err(failure);
            }
        }
        Ok(())
    }

    fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let transaction = self.file.begin()?;
        let mut session = Session::open(&transaction, &mut self.leases, &mut self.turns)?;
        let result = work(&mut session)?;
        let has_changes = session.has_changes;
        drop(session);
        match has_changes {
            true => transaction.commit().map_err(Failure::new)?,
            false => transaction.abort()?,
        }
        Ok(result)
    }
}

impl Session<'_> {
    /// Returns the jobs that run, with their names, and whether they have crashed.
    fn running(&self) -> Result<Vec<(u64, String, bool)>, Failure> {
        let mut names = Vec::new();
        for row in self.tables.counts.iter()? {
            let (key, _) = row?;
            let (name, state) = key.value();
            if state_of(state) == State::Running {
                names.push(name.to_owned());
            }
        }
        let mut running = Vec::new();
        for name in names {
            for id in self.in_state(&name, State::Running, usize::MAX)? {
                let crashes = self.job(id)?.map_or(0, |job| job.crashes);
                running.push((id, name.clone(), crashes > 0));
            }
        }
        Ok(running)
    }
}
