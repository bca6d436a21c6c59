//! A schema of PostgreSQL.

use sqlx::{Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions};

use crate::{Backend, unique_name, url_of};

/// A schema of PostgreSQL for one test, which is removed when it is dropped, unless its server has gone.
#[derive(Debug)]
pub struct Schema {
    server: PgConnectOptions,
    name: String,
}

impl Schema {
    /// Creates a schema on the server of the developer, if there is one.
    ///
    /// # Panics
    ///
    /// Panics if the server does not answer.
    pub async fn new() -> Option<Self> {
        Some(Self::at(&url_of(Backend::Postgres)?).await)
    }

    /// Creates a schema on the server with this URL.
    ///
    /// # Panics
    ///
    /// Panics if the server does not answer.
    pub async fn at(url: &str) -> Self {
        let (server, name) = (url.parse().expect("a URL"), unique_name());
        let schema = Self { server, name };
        schema.run("CREATE SCHEMA $schema").await.expect("a schema");
        schema
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the options of connections that use the schema.
    pub fn options(&self) -> PgConnectOptions {
        self.options_with(&self.name)
    }

    /// Returns the options of connections that look for tables and functions in these schemas. They have the name of
    /// this one.
    pub fn options_with(&self, schemas: &str) -> PgConnectOptions {
        let options = self.server.clone().application_name(&self.name);
        options.options([("search_path", schemas)])
    }

    /// Runs a statement, in which `$schema` is the name.
    ///
    /// # Errors
    ///
    /// Returns an error if the statement fails.
    pub async fn run(&self, statement: &str) -> Result<(), sqlx::Error> {
        let mut conn = PgConnection::connect_with(&self.server).await?;
        let statement = sqlx::AssertSqlSafe(statement.replace("$schema", &self.name));
        conn.execute(statement).await?;
        conn.close().await
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        std::thread::scope(|scope| {
            let remove = || {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = runtime.enable_all().build().expect("a runtime");
                let removing = self.run("DROP SCHEMA IF EXISTS $schema CASCADE");
                runtime.block_on(removing).ok();
            };
            scope.spawn(remove);
        });
    }
}
