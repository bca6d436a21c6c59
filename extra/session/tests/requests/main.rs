//! Sessions in an app, with a store that counts its calls.

mod app;
mod changes;
mod failures;
mod logins;
mod plain;
#[cfg(feature = "sealed")]
mod sealed;
mod times;
