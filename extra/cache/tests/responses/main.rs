//! Tests of cached routes, with paused time.
#![cfg(feature = "highball")]

mod app;
mod corpus;
mod invalidation;
mod keys;
mod old_responses;
mod private;
mod requests;
mod stop;
mod values;
mod waiting;
