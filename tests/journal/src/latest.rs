//! An argument that has to wait, and needs a value of a guard.

use highball::{
    extract::{LocalId, LocalType},
    prelude::*,
    tokio::task,
};

use crate::Journal;

/// A reader of the journal. A guard of the app returns it.
#[derive(Debug, Local)]
pub struct Reader {
    /// The number of lines that they see.
    pub limit: usize,
}

/// The latest lines that the reader may see.
#[derive(Debug)]
pub struct Latest(pub Vec<String>);

impl ExtractAsync for Latest {
    type State = Journal;
    const FACTS: Facts = Facts::NONE;
    const NEEDS: &'static [LocalId] = &[Reader::ID];

    async fn extract(_: &mut Context<'_>, input: Input<'_, Journal>) -> Result<Self, Rejection> {
        let reader: &Reader = input.local().ok_or_else(Rejection::internal)?;
        let journal = input.state().clone();
        // A query of a database in a real battery.
        let written = task::spawn_blocking(move || journal.written()).await;
        let mut lines = written.map_err(|_| Rejection::internal())?;
        lines.drain(..lines.len().saturating_sub(reader.limit));
        Ok(Self(lines))
    }
}
