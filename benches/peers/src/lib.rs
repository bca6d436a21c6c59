//! The code that the servers share: routes, response bodies and the environment.

pub mod routes;
pub mod table;

use std::{
    env,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use serde::{Deserialize, Serialize};

/// The body of `/plaintext`.
pub const PLAINTEXT: &str = "Hello, World!";
/// The body of the routes of the table.
pub const STUB: &str = "stub";
/// The value of `authorization` that `/mw` requires.
pub const TOKEN: &str = "Bearer secret-token";

/// A message.
#[derive(Debug, Serialize)]
pub struct Message {
    /// The text of the message.
    pub message: &'static str,
}

impl Message {
    /// The message of `/ping` and `/mw`.
    pub const PONG: Self = Self { message: "pong" };
}

/// A user.
#[derive(Debug, Serialize)]
pub struct User {
    id: u64,
    name: String,
}

impl User {
    /// Returns the user with this number.
    pub fn of(id: u64) -> Self {
        let name = format!("user-{id}");
        Self { id, name }
    }
}

/// The path parameters of the comments of an issue.
#[derive(Debug, Serialize)]
pub struct Comments<S> {
    /// The owner of the repository.
    pub owner: S,
    /// The name of the repository.
    pub repo: S,
    /// The number of the issue.
    pub number: u64,
}

/// An order.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    id: u64,
    reference: String,
    currency: String,
    paid: bool,
    total_cents: i64,
    customer: Customer,
    shipping: Address,
    lines: Vec<Line>,
    tags: Vec<String>,
    note: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Customer {
    id: u64,
    name: String,
    email: String,
    phone: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Address {
    line1: String,
    line2: Option<String>,
    city: String,
    postcode: String,
    country: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    sku: String,
    title: String,
    quantity: u32,
    price_cents: i64,
    weight: f64,
}

/// One of the items of `/big`.
#[derive(Debug, Serialize)]
pub struct Item {
    id: u64,
    name: String,
    email: String,
    active: bool,
    score: f64,
    tags: [String; 3],
}

/// Returns the items of `/big`, which are created once and serialized for each response.
pub static ITEMS: LazyLock<Vec<Item>> = LazyLock::new(|| (0..512).map(item).collect());

fn item(number: u32) -> Item {
    Item {
        id: 100_000 + u64::from(number),
        name: format!("Item number {number:04}"),
        email: format!("item{number:04}@example.com"),
        active: number.is_multiple_of(3),
        score: f64::from(number) + 0.5,
        tags: [
            "red".to_owned(),
            "large".to_owned(),
            format!("lot-{:03}", number % 100),
        ],
    }
}

/// The request counter of the second middleware.
pub fn count() {
    static HITS: AtomicU64 = AtomicU64::new(0);
    HITS.fetch_add(1, Relaxed);
}

/// Returns the next number of a request, as 16 hexadecimal digits.
pub fn next_id() -> [u8; 16] {
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    let number = REQUESTS.fetch_add(1, Relaxed);
    std::array::from_fn(|idx| b"0123456789abcdef"[(number >> (60 - 4 * idx)) as usize & 15])
}

/// Returns the microseconds since then.
pub fn micros_since(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Returns the address to listen on, with the port of `PORT`.
pub fn addr() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, number("PORT", 8080)).into()
}

/// Returns the number of threads in `THREADS`.
pub fn threads() -> usize {
    usize::from(number("THREADS", 1))
}

fn number(name: &str, otherwise: u16) -> u16 {
    let text = env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Runs a server on the number of threads in `THREADS`.
///
/// # Errors
/// Returns an error if the runtime cannot be created, and the error of the server.
pub fn run<E: From<std::io::Error>>(server: impl Future<Output = Result<(), E>>) -> Result<(), E> {
    let mut builder = match threads() {
        1 => tokio::runtime::Builder::new_current_thread(),
        threads => {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            builder.worker_threads(threads);
            builder
        }
    };
    builder.enable_all().build()?.block_on(server)
}
