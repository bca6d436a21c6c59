//! An order is stored with two jobs in one transaction: its e-mail, and the points of its customer. Consumers do the
//! rest, and survive crashes.

pub mod database;
mod email;
mod error;
mod live;
mod mailer;
mod orders;
mod points;
mod settings;
mod sink;

use highball::prelude::*;
use highball_db::Pool;
use highball_jobs::Jobs;
use highball_jobs_amqp::Amqp;

use database::Shop;
pub use email::Email;
use email::{forget_addresses, send_email};
pub use mailer::{Mail, MailError, Mailer};
pub use orders::{NewOrder, insert};
use points::award;
pub use points::{Points, award_once};
pub use settings::Settings;
pub use sink::{Received, Sink};

/// The state of the app.
#[derive(Debug, Clone, State)]
pub struct AppState {
    /// The connections of the database.
    pub shop: Pool<Shop>,
    /// The jobs, which are in the same database or pass through it.
    pub jobs: Jobs,
    /// The mail server.
    pub mailer: Mailer,
}

impl AppState {
    /// Returns the state of an app with this database and this mail server.
    pub fn new(shop: Pool<Shop>, mailer: Mailer) -> Self {
        Self {
            jobs: Jobs::new(&shop),
            mailer,
            shop,
        }
    }

    /// Publishes the jobs to RabbitMQ. They are still stored with their order, and leave the database from there.
    #[must_use]
    pub fn through(self, broker: Amqp) -> Self {
        let jobs = Jobs::on(broker).with_outbox(&self.shop);
        Self { jobs, ..self }
    }
}

/// The routes and the consumers.
#[routes(app, jobs(send_email, award, forget_addresses))]
pub struct Api(
    live::page,
    live::live,
    orders::create,
    orders::show,
    points::of_customer,
    // They succeed while the process runs, and while the database answers.
    highball::serve::livez,
    highball::serve::readyz,
);
