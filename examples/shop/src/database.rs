//! A simulated database: it has a few connections, and each query takes a fixed time.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use highball::tokio::{sync::Semaphore, time::sleep};
use schemars::JsonSchema;
use serde::Serialize;

/// The number of concurrent queries.
const CONNECTIONS: usize = 4;

/// The duration of a query.
const QUERY: Duration = Duration::from_millis(5);

/// The simulated database.
#[derive(Debug)]
pub(crate) struct Database {
    connections: Semaphore,
    tables: Mutex<Tables>,
}

/// The data.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) products: BTreeMap<u32, Product>,
    pub(crate) orders: Vec<Order>,
    pub(crate) blocked: Vec<String>,
}

/// A product.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Product {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) price_cents: u64,
    pub(crate) stock: u32,
}

/// An order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Order {
    pub(crate) id: usize,
    pub(crate) customer: String,
    pub(crate) product: u32,
    pub(crate) count: u32,
}

impl Database {
    /// Waits for a connection, runs a query and returns its result.
    pub(crate) async fn query<T>(&self, run: impl FnOnce(&mut Tables) -> T) -> T {
        // This never fails, since the semaphore is never closed.
        let _connection = self.connections.acquire().await;
        sleep(QUERY).await;
        run(&mut self.tables())
    }

    /// Locks the tables. A panic cannot leave a change incomplete, so a poisoned lock is used like any other.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Database {
    fn default() -> Self {
        let names = ["lantern", "whistle", "ticket punch"];
        let products = names.into_iter().zip(1..).map(|(name, id)| {
            let product = Product {
                id,
                name: name.to_owned(),
                price_cents: 995 * u64::from(id),
                stock: 1_000_000,
            };
            (id, product)
        });
        Self {
            connections: Semaphore::new(CONNECTIONS),
            tables: Mutex::new(Tables {
                products: products.collect(),
                orders: Vec::new(),
                blocked: vec!["mallory".to_owned()],
            }),
        }
    }
}
