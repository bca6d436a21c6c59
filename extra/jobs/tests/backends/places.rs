//! Databases for the jobs of one test.

use highball_db::{Pool, Postgres, Sqlite, database};
use highball_faults::{Folder, Schema};

database!(pub File: Sqlite);
database!(pub Main: Postgres);

/// Returns a pool of a file in a folder.
pub(crate) fn file(folder: &Folder) -> Pool<File> {
    Pool::<File>::file(folder.file("jobs.db")).max(4).build()
}

/// Returns a pool of a schema.
pub(crate) fn postgres(schema: &Schema) -> Pool<Main> {
    Pool::<Main>::builder(schema.options()).max(8).build()
}
