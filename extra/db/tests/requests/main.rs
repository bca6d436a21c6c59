//! Connections and transactions around handlers, with SQLite and, if `HIGHBALL_TEST_POSTGRES` is set, PostgreSQL.

#[macro_use]
mod nested;
#[macro_use]
mod suite;

#[cfg(feature = "sqlite")]
mod sqlite {
    use highball_faults::Folder;

    highball_db::database!(Main: highball_db::Sqlite);

    fn pool() -> Option<(Builder<Main>, Folder)> {
        let folder = Folder::new();
        Some((Pool::file(folder.path().join("test.db")), folder))
    }

    const ABORTS_AFTER_AN_ERROR: bool = false;

    suite!();
    nested!();
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::suite::Schema;

    highball_db::database!(Main: highball_db::Postgres);

    fn pool() -> Option<(Builder<Main>, Schema)> {
        let schema = Schema::new()?;
        Some((Pool::builder(schema.options()), schema))
    }

    const ABORTS_AFTER_AN_ERROR: bool = true;

    suite!();
    nested!();
}
