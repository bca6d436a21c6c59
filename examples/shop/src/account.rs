//! Accounts and the login.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use highball::{
    prelude::*,
    tokio::{sync::Semaphore, task::spawn_blocking},
};
use highball_db::Pool;
use highball_session::{Login, SessionData};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    database::{Connection, Shop},
    error::ApiError,
    guards::signed_in,
};

/// A hash that no password has, for names that do not exist.
const NO_PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The accounts that the shop begins with. The password of each is its name.
const ACCOUNTS: [(&str, Role, bool); 4] = [
    ("zoe", Role::Customer, false),
    ("carl", Role::Clerk, false),
    ("ada", Role::Admin, false),
    // This customer is blocked from buying.
    ("mallory", Role::Customer, true),
];

/// The role of a user. Each role includes the rights of the roles before it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    sqlx::Type,
)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Role {
    /// Buys products.
    Customer,
    /// Reads the sales report.
    Clerk,
    /// Manages the stock.
    Admin,
}

/// The passwords that are checked at once.
#[derive(Debug)]
pub struct Checks(Arc<Semaphore>);

impl Default for Checks {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(4)))
    }
}

/// A logged-in user. The session keeps it, and the guard `signed_in` provides it to handlers.
#[derive(Debug, Clone, Serialize, Deserialize, SessionData, Local, JsonSchema)]
#[session(key = "user", identity = name)]
pub struct User {
    /// The name of the account.
    pub name: String,
    /// The role of the user.
    pub role: Role,
}

/// Adds the accounts `zoe`, `carl`, `ada` and `mallory`, unless they exist.
///
/// # Errors
/// Returns an error if the database fails, or if the system provides no random numbers.
pub async fn add_accounts(shop: Pool<Shop>) -> highball::Result {
    let mut conn = shop.acquire().await?;
    for (name, role, is_blocked) in ACCOUNTS {
        if find(&mut conn, name).await?.is_some() {
            continue;
        }
        let hash = Argon2::default().hash_password(name.as_bytes())?;
        // Another process may have added it in the meantime.
        let sql = "INSERT INTO accounts (name, password_hash, role, is_blocked) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (name) DO NOTHING";
        sqlx::query(sql)
            .bind(name)
            .bind(hash.to_string())
            .bind(role)
            .bind(is_blocked)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Returns the hash of the password and the role of an account.
async fn find(shop: &mut Connection, name: &str) -> sqlx::Result<Option<(String, Role)>> {
    // PostgreSQL rejects a text with this character, so no account has such a name.
    if name.contains('\0') {
        return Ok(None);
    }
    sqlx::query_as("SELECT password_hash, role FROM accounts WHERE name = $1")
        .bind(name)
        .fetch_optional(shop)
        .await
}

/// Returns whether the password has this hash.
fn is_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// The body of a login.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Password {
    name: String,
    password: String,
    /// Whether the login outlives the browser.
    #[serde(default)]
    remember: bool,
}

/// Logs in.
///
/// Hashing a password is slow on purpose. It runs on a thread for blocking work, for at most four requests at once. The
/// work keeps its permit also if the client disconnects, and a client that sends its body slowly has none.
#[post(
    "/login",
    public,
    priority = critical,
    body_limit = 1024,
    timeout = secs(10)
)]
pub(crate) async fn login(
    password: Json<Password>,
    shop: State<Pool<Shop>>,
    login: Login<'_, User>,
    checks: State<Checks>,
    cx: &Context<'_>,
) -> Result<Json<User>, ApiError> {
    let Json(Password {
        name,
        password,
        remember,
    }) = password;
    // `Conn` would hold the connection while the password is hashed.
    let account = find(&mut *shop.acquire_for(cx).await?, &name).await?;
    // An unknown name takes as long as a wrong password, so that the time does not disclose which names exist.
    let (hash, role) = match account {
        Some((hash, role)) => (hash, Some(role)),
        None => (NO_PASSWORD.to_owned(), None),
    };
    let permit = Arc::clone(&checks.0).acquire_owned().await;
    let is_right = spawn_blocking(move || {
        let is_right = is_password(&password, &hash);
        drop(permit);
        is_right
    });
    let is_right = is_right.await?;
    let role = role.filter(|_| is_right).ok_or(ApiError::WrongLogin)?;
    let user = User { name, role };
    login.remember(remember).begin(user.clone()).await?;
    Ok(Json(user))
}

/// Logs out.
#[post("/logout", public, priority = critical)]
pub(crate) async fn logout(login: Login<'_, User>) -> Result<NoContent, ApiError> {
    login.end().await?;
    Ok(NoContent)
}

/// A browser in which the user is logged in.
#[derive(Debug, Serialize, JsonSchema)]
struct Device {
    id: String,
    browser: String,
    is_this: bool,
}

/// The routes of a user's devices.
#[routes("/devices", with(signed_in))]
pub(crate) struct Devices(list, end);

/// Lists the browsers in which the user is logged in.
#[get("/")]
async fn list(login: Login<'_, User>) -> Result<Json<Vec<Device>>, ApiError> {
    let devices = login.devices().await?.into_iter().map(|device| Device {
        id: device.id,
        browser: device.agent,
        is_this: device.is_this,
    });
    Ok(Json(devices.collect()))
}

/// Logs the user out of another browser, or of this one.
#[delete("/{id}")]
async fn end(id: &str, login: Login<'_, User>) -> Result<NoContent, ApiError> {
    match login.end_device(id).await? {
        true => Ok(NoContent),
        false => Err(ApiError::NoDevice),
    }
}
