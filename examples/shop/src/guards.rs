//! Guards, which reject requests before the handler runs.

use highball::prelude::*;

use crate::{
    account::{Role, Sessions, User},
    database::Database,
    error::ApiError,
};

/// The maximum number of open orders of a customer.
const MAX_ORDERS: usize = 100_000;

/// Requires the token of a session, and provides its [`User`].
#[guard]
pub(crate) fn signed_in(token: Bearer, sessions: State<Sessions>) -> Result<User, ApiError> {
    sessions.find(token.token()).ok_or(ApiError::NotLoggedIn)
}

/// Requires at least this role.
#[guard]
pub(crate) fn at_least(#[config] role: Role, user: Local<'_, User>) -> Result<(), ApiError> {
    match user.role >= role {
        true => Ok(()),
        false => Err(ApiError::NotAllowed),
    }
}

/// Rejects users that are blocked.
#[guard]
pub(crate) async fn not_blocked(
    user: Local<'_, User>,
    database: State<Database>,
) -> Result<(), ApiError> {
    let blocked = database.query(|tables| tables.blocked.contains(&user.name));
    match blocked.await {
        true => Err(ApiError::Blocked),
        false => Ok(()),
    }
}

/// The number of orders that a customer can still place. The guard [`quota`] provides it.
#[derive(Debug, Clone, Copy, Local)]
pub(crate) struct Quota(pub(crate) usize);

/// Rejects customers with too many open orders, and provides the [`Quota`].
#[guard]
pub(crate) async fn quota(
    user: Local<'_, User>,
    database: State<Database>,
) -> Result<Quota, ApiError> {
    let count = database.query(|tables| {
        let orders = tables.orders.iter();
        orders.filter(|order| order.customer == user.name).count()
    });
    match MAX_ORDERS.checked_sub(count.await) {
        Some(left) if left > 0 => Ok(Quota(left)),
        _ => Err(ApiError::TooManyOrders { most: MAX_ORDERS }),
    }
}
