//! Who may go on.

use highball::prelude::*;

use crate::{
    account::{Role, Sessions, User},
    database::Database,
    error::ApiError,
};

/// How many orders a customer may have open.
const MOST_ORDERS: usize = 100_000;

/// Lets through who is logged in, and provides the [`User`].
#[guard]
pub(crate) fn signed_in(token: Bearer, sessions: State<Sessions>) -> Result<User, ApiError> {
    sessions.find(token.token()).ok_or(ApiError::NotLoggedIn)
}

/// Lets through who may do at least this.
#[guard]
pub(crate) fn at_least(#[config] role: Role, user: Local<'_, User>) -> Result<(), ApiError> {
    match user.role >= role {
        true => Ok(()),
        false => Err(ApiError::NotAllowed),
    }
}

/// Lets through who is not blocked.
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

/// How many more orders a customer may have: [`quota`] provides it.
#[derive(Debug, Clone, Copy, Local)]
pub(crate) struct Quota(pub(crate) usize);

/// Lets through who has not too many orders open, and provides the [`Quota`].
#[guard]
pub(crate) async fn quota(
    user: Local<'_, User>,
    database: State<Database>,
) -> Result<Quota, ApiError> {
    let count = database.query(|tables| {
        let orders = tables.orders.iter();
        orders.filter(|order| order.customer == user.name).count()
    });
    match MOST_ORDERS.checked_sub(count.await) {
        Some(left) if left > 0 => Ok(Quota(left)),
        _ => Err(ApiError::TooManyOrders { most: MOST_ORDERS }),
    }
}
