//! How each kind of server is run.

use std::fmt::Debug;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use super::postgres::Postgres;
use super::rabbitmq::RabbitMq;
use super::redis::Redis;
use super::site::Site;
use crate::backend::Backend;

pub(super) trait Recipe: Debug + Sync {
    fn name(&self) -> &'static str;

    fn is_installed(&self) -> bool;

    /// Writes the files that the server needs before its first start.
    fn prepare(&self, site: &Site);

    /// Returns the command that runs the server in the foreground.
    fn command(&self, site: &Site) -> Command;

    /// Returns whether the server behind a connection accepts clients.
    fn probe(&self, stream: TcpStream) -> io::Result<bool>;

    /// Returns a text of the log that each complete start contains, if the server accepts clients before.
    fn ready_text(&self) -> Option<&'static str> {
        None
    }

    fn url(&self, site: &Site, addr: SocketAddr) -> String;

    /// Returns the signal for an ordered stop.
    fn stop_signal(&self) -> &'static str;

    /// Returns the signal for a stop without order, if the server has one.
    fn immediate_signal(&self) -> Option<&'static str> {
        None
    }
}

pub(super) fn recipe_of(backend: Backend) -> &'static dyn Recipe {
    match backend {
        Backend::Postgres => &Postgres,
        Backend::Redis => &Redis,
        Backend::Amqp => &RabbitMq,
    }
}
