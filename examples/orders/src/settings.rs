//! The settings of the program, from its environment.

use std::{env, net::SocketAddr, time::Duration};

use highball::{Error, ResultExt as _};
use highball_jobs::Workers;
use highball_jobs_amqp::Amqp;

/// The settings of the program, from its environment.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `MAIL_SERVER`: the address of an SMTP server. Without it, the program starts one that keeps the mails.
    pub mail_server: Option<SocketAddr>,
    /// `LEASE_MS`: the milliseconds after which another process runs the jobs of one that has ended.
    pub lease: Option<Duration>,
    /// `RABBITMQ_URL`: the broker that takes the jobs from the outbox. Without it they stay in the database.
    pub broker: Option<Amqp>,
    /// `WORKERS=apart`: only the command `worker` runs jobs, and not the process that serves.
    pub is_apart: bool,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Returns an error that names the variable whose value is invalid.
    pub fn from_env() -> highball::Result<Self> {
        let mail_server = variable("MAIL_SERVER").map(|text| text.parse());
        let lease = variable("LEASE_MS").map(|text| text.parse());
        let lease = lease.transpose().context("reading `LEASE_MS`")?;
        let is_apart = match variable("WORKERS").as_deref() {
            None | Some("here") => false,
            Some("apart") => true,
            Some(other) => {
                let message = format!("`WORKERS` is `{other}`: write `here` or `apart`");
                return Err(Error::new(message));
            }
        };
        let broker = variable("RABBITMQ_URL").map(|url| Amqp::at(url).prefix("orders").build());
        Ok(Self {
            broker: broker.transpose().context("reading `RABBITMQ_URL`")?,
            mail_server: mail_server.transpose().context("reading `MAIL_SERVER`")?,
            lease: lease.map(Duration::from_millis),
            is_apart,
        })
    }

    /// Sets how jobs are run.
    pub fn apply<S>(&self, workers: Workers<S>) -> Workers<S> {
        let workers = match self.lease {
            // Other processes are noticed as soon as leases end.
            Some(lease) => workers.lease(lease).poll(lease / 4),
            None => workers,
        };
        match self.is_apart {
            true => workers.apart(),
            false => workers,
        }
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
