//! Accounts, and who is logged in.

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
use highball::{Concurrency, concurrency, prelude::*, tokio};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// How long a session lasts.
const LIFETIME: Duration = Duration::from_secs(8 * 60 * 60);

/// What somebody may do; each may do what those before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Buys.
    Customer,
    /// Sees what is bought.
    Clerk,
    /// Decides what there is to buy.
    Admin,
}

/// Who is logged in: a guard provides it.
#[derive(Debug, Clone, Serialize, Local)]
pub struct User {
    /// The name of the account.
    pub name: String,
    /// What the user may do.
    pub role: Role,
}

/// Who may log in.
#[derive(Debug, Default)]
pub struct Accounts(HashMap<String, Account>);

#[derive(Clone)]
struct Account {
    hash: String,
    role: Role,
}

impl Accounts {
    /// Adds an account, of which it keeps a hash of the password.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn add(&mut self, name: &str, password: &str, role: Role) -> highball::Result {
        let hash = Argon2::default().hash_password(password.as_bytes())?;
        let hash = hash.to_string();
        self.0.insert(name.to_owned(), Account { hash, role });
        Ok(())
    }

    /// Returns the user whose password this is; it takes as long for a name that nobody has.
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

/// Who is logged in, by the token that a client shows.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<String, (User, Instant)>>);

impl Sessions {
    /// Begins a session, and returns its token.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn begin(&self, user: User) -> Result<String, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, (_, begun)| begun.elapsed() < LIFETIME);
        sessions.insert(token.clone(), (user, Instant::now()));
        Ok(token)
    }

    /// Returns whose session the token is of.
    pub fn find(&self, token: &str) -> Option<User> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (user, begun) = sessions.get(token)?;
        (begun.elapsed() < LIFETIME).then(|| user.clone())
    }
}

/// What a login needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    name: String,
    password: String,
}

/// What a login brings.
#[derive(Debug, Serialize)]
pub(crate) struct Session {
    token: String,
    user: User,
}

/// Logs in. A hash takes long on purpose, so it is made on a thread that may wait, and no more than four
/// at once.
#[post(
    "/login",
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
