//! Consumers, with jobs in a database in memory and a clock that the tests move.

mod app;
mod arguments;
mod counts;
mod failures;
mod outbox;
mod publishing;
mod schedules;
mod shed;
