//! RabbitMQ passes the tests of backends, and what is special about it.

mod broker;
mod conformance;
mod places;
mod publishing;
mod reconnection;
mod start;
mod times;
