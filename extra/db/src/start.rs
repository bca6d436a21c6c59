//! The start and the stop of a pool in a server.

use std::{
    sync::{
        Arc,
        atomic::Ordering::{Acquire, Release},
    },
    time::Duration,
};

use highball::battery::{Battery, Gauge, Hooks};
use tokio::time::Instant;

use crate::{
    database::Database,
    engine::Engine,
    live::Live,
    pool::{Inner, Pool},
    status::Status,
};

/// How often idle connections are looked at.
const KEEP: Duration = Duration::from_secs(1);

/// The pauses between attempts to connect at the start: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// How long the migrations and the first connections may take, in addition to the wait for the database.
const START: Duration = Duration::from_secs(15 * 60);

/// How long closing the connections may take.
const CLOSE: Duration = Duration::from_secs(5);

/// How long the check of readiness may take.
const CHECK: Duration = Duration::from_secs(2);

/// How long the connections of the last requests may take to return, within this time.
const RETURN: Duration = Duration::from_secs(2);

impl<D: Database> Pool<D> {
    /// Connects, runs the migrations, and opens `min_idle` connections. A server that has installed the pool calls it
    /// before the first request.
    ///
    /// # Errors
    /// Returns an error with the database, the reason and the way out, if the database cannot be reached within the
    /// time of [`startup`](crate::Builder::startup), or if a migration fails.
    pub async fn open(&self) -> highball::Result {
        let live = first(&self.0).await?;
        self.open_with(live).await
    }

    /// Opens an optional pool for the first time, unless the database cannot be reached.
    async fn open_if_reached(&self) -> highball::Result {
        match self.0.connect_bare().await {
            Ok(live) => self.open_with(live).await,
            Err(error) => {
                if !self.0.is_unreached.swap(true, Release) {
                    let error = cannot_connect(&self.0, &error);
                    eprintln!("{error}; the app starts without it, and the pool tries again");
                }
                Ok(())
            }
        }
    }

    /// Replaces old connections between requests, opens those that are missing, and reports those that are held for
    /// long.
    async fn keep(&self) -> highball::Result {
        let pool = &self.0;
        if pool.is_unreached.load(Acquire) {
            return self.open_if_reached().await;
        }
        for held in pool.holders.overdue(pool.options.report_after) {
            eprintln!("a connection of `{}` is held for {held}", D::NAME);
        }
        for live in pool.take_old() {
            live.close().await;
        }
        if pool.fill().await.is_err() {
            pool.broke();
        }
        Ok(())
    }

    /// Runs the migrations on the first connection, and opens the others.
    async fn open_with(&self, mut live: Live<D>) -> highball::Result {
        let pool = &self.0;
        if let Some(migrator) = &pool.options.migrations {
            let migrated = D::Engine::migrate(&mut live.conn, migrator).await;
            migrated.map_err(|error| {
                highball::Error::new(format!(
                    "the migrations of `{}` have failed: {error}",
                    D::NAME
                ))
            })?;
        }
        // It is advice, so a server that does not have these settings is no reason not to start.
        if let Ok(Some(limit)) = D::Engine::limit(&mut live.conn).await
            && pool.options.max > limit
        {
            let (name, max) = (D::NAME, pool.options.max);
            eprintln!(
                "`{name}` may open {max} connections, and its server allows {limit} for all programs: lower `max`, or \
                 raise `max_connections` of the server"
            );
        }
        pool.prepare(&mut live).await.map_err(|error| {
            highball::Error::new(format!(
                "the work of `on_connect` of `{}` has failed: {error}",
                D::NAME
            ))
        })?;
        // Requests get connections only after the migrations.
        pool.is_unreached.store(false, Release);
        pool.give_back(live);
        pool.fill()
            .await
            .map_err(|error| cannot_connect(pool, &error))
    }
}

/// Opens the first connection.
async fn first<D: Database>(pool: &Arc<Inner<D>>) -> highball::Result<Live<D>> {
    let until = Instant::now() + pool.options.startup;
    let mut pause = PAUSES.0;
    loop {
        let error = match pool.connect_bare().await {
            Ok(live) => return Ok(live),
            Err(error) => cannot_connect(pool, &error),
        };
        if Instant::now() + pause > until {
            return Err(error);
        }
        eprintln!("{error}; trying again");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Returns the sentence about a database that cannot be reached.
fn cannot_connect<D: Database>(pool: &Inner<D>, error: &sqlx::Error) -> highball::Error {
    let place = D::Engine::describe(&pool.connect_options);
    let way_out = match D::Engine::explain(error) {
        Some(reason) => format!("; {reason}"),
        None => String::new(),
    };
    highball::Error::new(format!(
        "`{}` cannot be opened, {place}: {error}{way_out}",
        D::NAME
    ))
}

impl<D: Database> Battery for Pool<D> {
    fn name(&self) -> String {
        D::NAME.to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let (pool, is_optional) = (self.clone(), self.0.options.is_optional);
        let within = START + pool.0.options.startup;
        hooks.on_start(within, async move {
            match is_optional {
                true => pool.open_if_reached().await,
                false => pool.open().await,
            }
        });
        let pool = self.clone();
        hooks.background("connections", move |stopping, clock| {
            let pool = pool.clone();
            async move {
                let mut stopping = std::pin::pin!(stopping);
                while clock.timeout(KEEP, stopping.as_mut()).await.is_err() {
                    pool.keep().await?;
                }
                Ok(())
            }
        });
        let pool = self.clone();
        let check = move || {
            let pool = pool.clone();
            async move { is_ready(&pool.0).await }
        };
        match is_optional {
            true => hooks.optional_check("connection", CHECK, check),
            false => hooks.check("connection", CHECK, check),
        }
        for (name, unit, help, read) in GAUGES {
            let pool = self.clone();
            let gauge = Gauge::new(name, unit, help, move || read(pool.status()));
            hooks.gauge(gauge.label("database", D::NAME));
        }
        let pool = self.clone();
        hooks.row("held longest", move || pool.0.holders.longest(5));
        hooks.on_close(CLOSE, async move {
            self.close().await;
            // Those of the last requests may still be checked, in tasks that close them.
            let until = Instant::now() + RETURN;
            while self.status().open > 0 && Instant::now() < until {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        });
    }
}

type Read = fn(Status) -> f64;

#[expect(
    clippy::cast_precision_loss,
    reason = "the counts of a pool are below 2^52"
)]
const GAUGES: [(&str, &str, &str, Read); 7] = [
    (
        "db_connections_open",
        "connections",
        "The open connections.",
        |status| status.open as f64,
    ),
    (
        "db_connections_idle",
        "connections",
        "The connections that no request holds.",
        |status| status.idle as f64,
    ),
    (
        "db_connections_used",
        "connections",
        "The connections that requests hold.",
        |status| status.used as f64,
    ),
    (
        "db_requests_waiting",
        "requests",
        "The requests that wait for a connection.",
        |status| status.waiting as f64,
    ),
    (
        "db_requests",
        "requests",
        "The requests for a connection, since the start.",
        |status| status.requests as f64,
    ),
    (
        "db_requests_refused",
        "requests",
        "The requests that got no connection, since the start.",
        |status| status.refused as f64,
    ),
    (
        "db_wait_seconds",
        "seconds",
        "The sum of all waits for a connection, since the start.",
        |status| status.waited.as_secs_f64(),
    ),
];

/// Checks an idle connection, or opens one. If requests hold all of them and none has failed, the database works.
///
/// After a restart of the database, one broken connection is no failure: the next request gets another one.
async fn is_ready<D: Database>(pool: &Arc<Inner<D>>) -> highball::Result {
    if pool.is_busy() {
        return Ok(());
    }
    match pool.permit_now() {
        Some(_permit) => pool.give_back(pool.open().await?),
        // Requests hold all connections or wait for one, so this one is not kept.
        None => pool.connect_bare().await?.close().await,
    }
    Ok(())
}
