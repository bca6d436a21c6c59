//! Accounts, sessions, and the guard that requires a login.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use garde::Validate;
use highball::{
    extract::Valid,
    middleware::{Concurrency, concurrency},
    prelude::*,
    tokio::task::spawn_blocking,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;

use super::error::ApiError;

/// How long a session lasts, in seconds.
const LIFETIME: i64 = 8 * 60 * 60;

/// A hash that no password has, for names that do not exist.
const NO_PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The routes that hash a password. It takes much time and memory, so at most four run at once.
#[routes(with(concurrency(Concurrency::new(4))))]
pub(crate) struct Accounts(sign_up, login);

/// A name and a password.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Credentials {
    #[garde(length(min = 1, max = 40))]
    name: String,
    #[garde(length(min = 8, max = 200))]
    password: String,
}

/// A session, as the client gets it at the login.
#[derive(Debug, Serialize)]
struct Session {
    token: String,
}

/// Creates an account.
#[post("/accounts", body_limit = 1024)]
async fn sign_up(
    new: Valid<Json<Credentials>>,
    database: State<SqlitePool>,
) -> Result<StatusCode, ApiError> {
    let Valid(Json(Credentials { name, password })) = new;
    // Hashing is slow on purpose. On this thread it would delay other requests.
    let hash = spawn_blocking(move || hash(&password)).await??;
    let inserted = sqlx::query("insert into accounts (name, password_hash) values (?, ?)")
        .bind(&name)
        .bind(hash)
        .execute(&*database)
        .await;
    match inserted {
        Ok(_) => Ok(StatusCode::CREATED),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            Err(ApiError::NameTaken { name })
        }
        Err(error) => Err(error.into()),
    }
}

/// Starts a session, and returns its token.
#[post("/login", body_limit = 1024)]
async fn login(
    login: Json<Credentials>,
    database: State<SqlitePool>,
) -> Result<Json<Session>, ApiError> {
    let Json(Credentials { name, password }) = login;
    let hash: Option<String> =
        sqlx::query_scalar("select password_hash from accounts where name = ?")
            .bind(&name)
            .fetch_optional(&*database)
            .await?;
    if !spawn_blocking(move || is_password(&password, hash)).await? {
        return Err(ApiError::WrongLogin);
    }
    let token = new_token()?;
    let sql = "insert into sessions (token_hash, account, expires) values (?, ?, unixepoch() + ?)";
    sqlx::query(sql)
        .bind(token_hash(&token))
        .bind(&name)
        .bind(LIFETIME)
        .execute(&*database)
        .await?;
    Ok(Json(Session { token }))
}

/// Hashes a password, with a salt that is new each time.
fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let hash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}

/// Returns whether the hash is the password's. It takes as long for a name that does not exist, so
/// the time does not show which names do.
fn is_password(password: &str, hash: Option<String>) -> bool {
    let hash_or_none = hash.as_deref().unwrap_or(NO_PASSWORD);
    let is_right = PasswordHash::new(hash_or_none).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    });
    is_right && hash.is_some()
}

fn new_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The database has only the hash of a token, so a stolen copy of it opens no session.
fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// The user of the session.
#[derive(Debug, Local)]
pub(crate) struct User {
    pub(crate) name: String,
}

/// Requires the token of a session, and provides its [`User`].
#[guard]
pub(crate) async fn signed_in(
    token: Bearer,
    database: State<SqlitePool>,
) -> Result<User, ApiError> {
    let sql = "select account from sessions where token_hash = ? and expires > unixepoch()";
    let name = sqlx::query_scalar(sql)
        .bind(token_hash(token.token()))
        .fetch_optional(&*database)
        .await?;
    name.map(|name| User { name }).ok_or(ApiError::NotLoggedIn)
}
