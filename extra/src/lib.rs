//! Batteries for Highball, each behind a feature of its own and none of them on by default.
//!
//! They use only what `highball` gives to everybody.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "jwt")]
mod jwt;
#[cfg(feature = "rate-limit")]
mod rate_limit;

#[cfg(feature = "jwt")]
pub use jsonwebtoken;
#[cfg(feature = "jwt")]
pub use jwt::{Claims, Verifier};
#[cfg(feature = "rate-limit")]
pub use rate_limit::RateLimit;
/// Refuses requests that a page of another site has made: a layer, for `with(layer(CsrfLayer::new()))`.
///
/// It goes by `Sec-Fetch-Site` and `Origin`, so there are no tokens to carry. Safe methods pass.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_extra::CsrfLayer;
///
/// #[post("/orders")]
/// async fn order() {}
///
/// #[routes(app, with(layer(CsrfLayer::new())))]
/// struct Api(order);
///
/// # highball::block_on(async {
/// let name = header::HeaderName::from_static("sec-fetch-site");
/// let request = Api.test().post("/orders").header(name, "cross-site");
/// assert_eq!(request.send().await.status(), 403);
/// # });
/// ```
#[cfg(feature = "csrf")]
pub use tower_http::csrf::CsrfLayer;
