//! Batteries for Highball, each behind a feature of its own and none of them on by default.
//!
//! They use only what `highball` gives to everybody.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "csrf")]
mod csrf;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(feature = "rate-limit")]
mod rate;

#[cfg(feature = "csrf")]
pub use csrf::Csrf;
#[cfg(feature = "jwt")]
pub use jsonwebtoken;
#[cfg(feature = "jwt")]
pub use jwt::{Claims, Verifier};
#[cfg(feature = "rate-limit")]
pub use rate::{LimitKey, PerClient, RateLimit, rate_limit};
