//! Empty databases for tests and measurements.
#![allow(dead_code, reason = "each program uses a part of it")]

use highball_db::{Builder, Pool};
use orders::database::Shop;

pub(crate) use self::engine::Scratch;

impl Scratch {
    /// Returns an empty database on this machine. Without a server for it, prints that the test is left out.
    pub(crate) async fn new() -> Option<Self> {
        Self::within(&engine::place()?).await
    }
}

#[cfg(not(feature = "postgres"))]
mod engine {
    use super::*;
    use highball_faults::Folder;

    /// A file in a temporary directory, which is removed at the end.
    pub(crate) struct Scratch(Folder);

    pub(super) fn place() -> Option<String> {
        Some(std::env::temp_dir().display().to_string())
    }

    impl Scratch {
        /// Returns an empty database in this directory.
        pub(crate) async fn within(directory: &str) -> Option<Self> {
            Some(Self(Folder::within(directory)))
        }

        /// Begins a pool of the database.
        pub(crate) fn builder(&self) -> Builder<Shop> {
            Pool::file(self.0.file("orders.db"))
        }

        /// Returns the environment variable with its value, for other processes.
        pub(crate) fn variable(&self) -> (&'static str, String) {
            ("DATABASE", self.0.file("orders.db").display().to_string())
        }

        /// Returns the directory of the file.
        pub(crate) fn folder(&self) -> &Folder {
            &self.0
        }
    }
}

#[cfg(feature = "postgres")]
mod engine {
    use super::*;
    use highball_faults::{Backend, Schema, url_of};

    /// A schema, which is removed at the end.
    pub(crate) struct Scratch {
        schema: Schema,
        url: String,
    }

    pub(super) fn place() -> Option<String> {
        url_of(Backend::Postgres)
    }

    impl Scratch {
        /// Returns an empty database in that of this URL.
        pub(crate) async fn within(url: &str) -> Option<Self> {
            let schema = Schema::at(url).await;
            let url = format!("{url}?options[search_path]={}", schema.name());
            Some(Self { schema, url })
        }

        /// Begins a pool of the database.
        pub(crate) fn builder(&self) -> Builder<Shop> {
            Pool::builder(self.schema.options())
        }

        /// Returns the environment variable with its value, for other processes.
        pub(crate) fn variable(&self) -> (&'static str, String) {
            ("DATABASE_URL", self.url.clone())
        }
    }
}
