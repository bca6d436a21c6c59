//! Each promise of the kit, against real servers and small ones.

mod backends;
mod cleanup;
mod clients;
mod echo;
mod postgres;
mod proxy;
mod proxy_faults;
mod rabbitmq;
mod redis;
