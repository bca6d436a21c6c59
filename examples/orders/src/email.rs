//! The confirmation of an order by e-mail: the job and its consumer.

use highball::prelude::*;
use highball_db::Pool;
use highball_jobs::{Attempt, Job, Retry, consumer, cron};
use serde::{Deserialize, Serialize};

use crate::{Mail, MailError, Mailer, NewOrder, database::Shop, orders::now};

/// For how long the address of an order is kept: 30 days, in milliseconds.
const KEEP: i64 = 30 * 24 * 60 * 60 * 1000;

/// The confirmation of an order.
#[derive(Debug, Serialize, Deserialize, Job)]
#[job("email")]
pub struct Email {
    /// The order.
    pub order: i64,
    /// The address. Lists of jobs do not show it.
    #[job(secret)]
    pub to: String,
    /// The price of the order.
    pub cents: i64,
}

impl Email {
    /// Returns the confirmation of an order.
    pub fn about(id: i64, order: &NewOrder) -> Self {
        Self {
            order: id,
            to: order.email.clone(),
            cents: order.cents,
        }
    }

    /// Returns the mail. An attempt after a crash sends the same identity again, by which a mailbox may recognise it.
    pub fn mail(&self, id: &str) -> Mail {
        let (euros, cents) = (self.cents / 100, self.cents % 100);
        Mail {
            id: format!("{id}@orders.example"),
            to: self.to.clone(),
            subject: format!("Order {}", self.order),
            text: format!(
                "Thank you for order {}, {euros}.{cents:02} EUR.",
                self.order
            ),
        }
    }
}

/// Sends the confirmation of an order, at least once.
///
/// It takes no transaction: one that is open during the conversation with the mail server would hold up all writers of
/// SQLite. A process that is killed after the server has accepted the mail sends it twice.
#[consumer(timeout = secs(30), attempts = 8, backoff = (secs(5), mins(10)))]
pub(crate) async fn send_email(
    email: Email,
    State(mailer): State<Mailer>,
    State(shop): State<Pool<Shop>>,
    attempt: &Attempt,
) -> Result<(), Retry> {
    let mail = email.mail(attempt.id().as_str());
    mailer.send(&mail).await.map_err(retry)?;
    let mut conn = shop.acquire_writer().await?;
    sqlx::query("UPDATE orders SET mailed = $1 WHERE id = $2")
        .bind(now())
        .bind(email.order)
        .execute(&mut *conn)
        .await?;
    conn.release();
    Ok(())
}

/// A server that refuses a mail for good is not used again for it.
fn retry(error: MailError) -> Retry {
    match error.is_final() {
        true => Retry::never(error.to_string()),
        false => Retry::later(error.to_string()),
    }
}

/// Deletes the addresses of old orders.
#[cron("0 3 * * *", zone = "Europe/Berlin", missed = once, timeout = mins(10))]
pub(crate) async fn forget_addresses(State(shop): State<Pool<Shop>>) -> Result<(), Retry> {
    let mut conn = shop.acquire_writer().await?;
    sqlx::query("UPDATE orders SET email = NULL WHERE email IS NOT NULL AND created < $1")
        .bind(now() - KEEP)
        .execute(&mut *conn)
        .await?;
    conn.release();
    Ok(())
}

/// Checks that a mail can be sent to an address.
pub(crate) fn is_address(text: &str, _: &()) -> garde::Result {
    match text.parse::<lettre::Address>() {
        Ok(_) if text.len() <= 254 => Ok(()),
        _ => Err(garde::Error::new("not an e-mail address")),
    }
}
