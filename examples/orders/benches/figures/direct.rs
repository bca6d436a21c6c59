//! The same order without jobs: the handler sends the mail and awards the points itself.

use highball::{extract::Valid, prelude::*};
use highball_db::{Pool, PoolError};
use orders::{Email, MailError, Mailer, NewOrder, Points, award_once, database::Shop, insert};

/// The errors of the handler.
#[derive(Debug, IntoResponse)]
enum DirectError {
    #[transparent]
    NoConnection(#[from] PoolError),
    #[status(500, "something went wrong on our side")]
    Database(#[from] sqlx::Error),
    #[status(503, "the confirmation cannot be sent")]
    Mail(#[from] MailError),
}

/// Stores an order, sends its mail, and awards its points.
///
/// The order is committed before the mail is sent, since other writers would wait for the mail server otherwise. If the
/// mail fails, the order exists, without its mail and its points.
#[post("/orders")]
async fn create(
    order: Valid<Json<NewOrder>>,
    State(shop): State<Pool<Shop>>,
    mailer: State<Mailer>,
) -> Result<StatusCode, DirectError> {
    let mut tx = shop.begin().await?;
    let id = insert(&mut tx, &order).await?;
    tx.commit().await?;
    let mail = Email::about(id, &order).mail(&id.to_string());
    mailer.send(&mail).await?;
    let mut tx = shop.begin().await?;
    award_once(&mut tx, &Points::of(id, &order)).await?;
    tx.commit().await?;
    Ok(StatusCode::CREATED)
}

/// The app without jobs.
#[routes(app)]
pub(crate) struct Direct(create);
