//! Guards, middleware, observers and tower layers, and those that come with the framework.

mod access_log;
mod observers;
mod order;
mod origins;
mod preflight;
mod shipped;
mod tower_layers;
mod with;
