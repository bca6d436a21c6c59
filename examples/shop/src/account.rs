//! Accounts and sessions.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use highball::{
    middleware::{Concurrency, concurrency},
    prelude::*,
    tokio,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// The lifetime of a session.
const LIFETIME: Duration = Duration::from_secs(8 * 60 * 60);

/// The role of a user. Each role includes the rights of the roles before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Buys products.
    Customer,
    /// Reads the sales report.
    Clerk,
    /// Manages the stock.
    Admin,
}

/// A logged-in user. The guard `signed_in` provides it to handlers.
#[derive(Debug, Clone, Serialize, Local, JsonSchema)]
pub struct User {
    /// The name of the account.
    pub name: String,
    /// The role of the user.
    pub role: Role,
}

/// The accounts, by name.
#[derive(Debug, Default)]
pub struct Accounts(HashMap<String, Account>);

#[derive(Clone)]
struct Account {
    hash: String,
    role: Role,
}

impl Accounts {
    /// Adds an account. Only a hash of the password is stored.
    ///
    /// # Errors
    /// Fails if the system provides no random numbers.
    pub fn add(&mut self, name: &str, password: &str, role: Role) -> highball::Result {
        let hash = Argon2::default().hash_password(password.as_bytes())?;
        let hash = hash.to_string();
        self.0.insert(name.to_owned(), Account { hash, role });
        Ok(())
    }

    /// Returns the user if the password is correct.
    ///
    /// An unknown name takes as long as a wrong password, so that the time does not disclose which names exist.
    fn check(&self, name: &str, password: &str) -> Option<User> {
        let account = self.0.get(name);
        let hash = account.or_else(|| self.0.values().next())?;
        let hash = PasswordHash::new(&hash.hash).ok()?;
        let is_right = Argon2::default().verify_password(password.as_bytes(), &hash);
        let role = account.filter(|_| is_right.is_ok())?.role;
        let name = name.to_owned();
        Some(User { name, role })
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// The sessions, by token.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<String, (User, Instant)>>);

impl Sessions {
    /// Begins a session, and returns its token.
    ///
    /// # Errors
    /// Fails if the system provides no random numbers.
    pub fn begin(&self, user: User) -> Result<String, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, (_, begun)| begun.elapsed() < LIFETIME);
        sessions.insert(token.clone(), (user, Instant::now()));
        Ok(token)
    }

    /// Returns the user of the session with this token.
    pub fn find(&self, token: &str) -> Option<User> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (user, begun) = sessions.get(token)?;
        (begun.elapsed() < LIFETIME).then(|| user.clone())
    }
}

/// The body of a login.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    name: String,
    password: String,
}

/// The response to a login.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Session {
    token: String,
    user: User,
}

/// Logs in.
///
/// Hashing a password is slow on purpose. It runs on a thread for blocking work, for at most four requests at once.
#[post(
    "/login",
    public,
    priority = critical,
    body_limit = 1024,
    with(concurrency(Concurrency::new(4)))
)]
pub(crate) async fn login(
    login: Json<Login>,
    accounts: State<Accounts>,
    sessions: State<Sessions>,
) -> Result<Json<Session>, ApiError> {
    let Json(Login { name, password }) = login;
    let check = tokio::task::spawn_blocking(move || accounts.check(&name, &password));
    let user = check.await.ok().flatten().ok_or(ApiError::WrongLogin)?;
    let token = sessions
        .begin(user.clone())
        .map_err(|_| ApiError::NoToken)?;
    Ok(Json(Session { token, user }))
}
