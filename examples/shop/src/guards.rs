//! Guards, which reject requests before the handler runs.

use highball::prelude::*;
use highball_db::Pool;
use highball_session::Session;

use crate::{
    account::{Role, User},
    database::Shop,
    error::ApiError,
};

/// The maximum number of open orders of a customer.
const MAX_ORDERS: usize = 100_000;

/// Requires a login, and provides its [`User`].
#[guard]
pub fn signed_in(user: Option<Session<'_, User>>) -> Result<User, ApiError> {
    user.map(|user| user.clone()).ok_or(ApiError::NotLoggedIn)
}

/// Requires at least this role.
#[guard]
pub(crate) fn at_least(#[config] role: Role, user: Local<'_, User>) -> Result<(), ApiError> {
    match user.role >= role {
        true => Ok(()),
        false => Err(ApiError::NotAllowed),
    }
}

/// Rejects users that are blocked, and those whose account was removed.
#[guard]
pub(crate) async fn not_blocked(
    user: Local<'_, User>,
    shop: State<Pool<Shop>>,
    cx: &Context<'_>,
) -> Result<(), ApiError> {
    let is_blocked = sqlx::query_scalar("SELECT is_blocked FROM accounts WHERE name = $1")
        .bind(&user.name)
        .fetch_optional(&mut *shop.acquire_for(cx).await?)
        .await?;
    match is_blocked {
        Some(false) => Ok(()),
        _ => Err(ApiError::Blocked),
    }
}

/// The number of orders that a customer can still place. The guard [`quota`] provides it.
#[derive(Debug, Clone, Copy, Local)]
pub(crate) struct Quota(pub(crate) usize);

/// Rejects customers with too many open orders, and provides the [`Quota`].
#[guard]
pub(crate) async fn quota(
    user: Local<'_, User>,
    shop: State<Pool<Shop>>,
    cx: &Context<'_>,
) -> Result<Quota, ApiError> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM orders WHERE customer = $1")
        .bind(&user.name)
        .fetch_one(&mut *shop.acquire_for(cx).await?)
        .await?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    match MAX_ORDERS.checked_sub(count) {
        Some(left) if left > 0 => Ok(Quota(left)),
        _ => Err(ApiError::TooManyOrders { most: MAX_ORDERS }),
    }
}
