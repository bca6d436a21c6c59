//! Each promise of the kit, against real servers and small ones.

mod clients;
mod echo;
mod proxy;
mod proxy_faults;
