//! Accounts and the login.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use highball::{
    middleware::{Concurrency, concurrency},
    prelude::*,
    tokio::task::spawn_blocking,
};
use highball_db::Pool;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    database::{Connection, Shop},
    error::ApiError,
    session::Sessions,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, sqlx::Type)]
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

/// A logged-in user. The guard `signed_in` provides it to handlers.
#[derive(Debug, Clone, Serialize, Local, JsonSchema)]
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
    shop: State<Pool<Shop>>,
    sessions: State<Sessions>,
    cx: &Context<'_>,
) -> Result<Json<Session>, ApiError> {
    let Json(Login { name, password }) = login;
    // `Conn` would hold the connection while the password is hashed.
    let account = find(&mut *shop.acquire_for(cx).await?, &name).await?;
    // An unknown name takes as long as a wrong password, so that the time does not disclose which names exist.
    let (hash, role) = match account {
        Some((hash, role)) => (hash, Some(role)),
        None => (NO_PASSWORD.to_owned(), None),
    };
    let is_right = spawn_blocking(move || is_password(&password, &hash)).await?;
    let role = role.filter(|_| is_right).ok_or(ApiError::WrongLogin)?;
    let user = User { name, role };
    let token = sessions.begin(user.clone())?;
    Ok(Json(Session { token, user }))
}
