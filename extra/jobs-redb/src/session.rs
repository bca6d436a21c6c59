//! A transaction in which commands run.

use redb::WriteTransaction;

use crate::{error::Failure, leases::Leases, limits::Turns, tables::Tables};

/// A transaction. Its methods are in the modules of the calls.
pub(crate) struct Session<'t> {
    pub(crate) tables: Tables<'t>,
    pub(crate) leases: &'t mut Leases,
    pub(crate) turns: &'t mut Turns,
    /// Whether something must be committed.
    pub(crate) has_changes: bool,
    /// How many rows claims have looked at.
    pub(crate) looks: usize,
}

impl<'t> Session<'t> {
    pub(crate) fn open(
        transaction: &'t WriteTransaction,
        leases: &'t mut Leases,
        turns: &'t mut Turns,
    ) -> Result<Self, Failure> {
        Ok(Self {
            tables: Tables::open(transaction)?,
            leases,
            turns,
            has_changes: false,
            looks: 0,
        })
    }
}
