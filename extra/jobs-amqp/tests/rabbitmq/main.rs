//! RabbitMQ passes the tests of backends, and what is special about it.

mod broker;
mod conformance;
mod databases;
mod endings;
mod once;
mod outbox;
mod places;
mod postgres;
mod publishing;
mod reconnection;
mod shop;
mod start;
mod times;
