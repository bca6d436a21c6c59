//! The result of the check for a guard against cross-site requests, as tools show it.

use crate::routes::{check_csrf::may_read_cookies, facts::Facts, info::Route, segment::Csrf};

/// The result of the check for a guard against cross-site requests.
///
/// [`Route::cross_site_check`] returns it.
///
/// # Examples
/// ```
/// use highball::{describe::CrossSiteCheck, middleware::Csrf, prelude::*};
///
/// #[post("/pay")]
/// async fn pay() {}
///
/// #[post("/hook", csrf = off("signed by the sender"))]
/// async fn hook() {}
///
/// #[routes(app)]
/// struct Api(#[with(Csrf::new())] pay, hook);
///
/// # fn main() {
/// assert_eq!(Api::ROUTES[0].cross_site_check(), CrossSiteCheck::Guarded);
/// assert_eq!(Api::ROUTES[1].cross_site_check(), CrossSiteCheck::Off("signed by the sender"));
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CrossSiteCheck {
    /// The methods of the route are safe, or it reads no credentials that a browser sends by itself.
    NotNeeded,
    /// A guard around the handler rejects requests from pages of other sites.
    Guarded,
    /// The route has `csrf = off(..)`, for this reason.
    Off(&'static str),
    /// The route may read credentials that a browser sends by itself, and has no guard.
    Unknown,
}

impl Route {
    /// Returns what the compiler has checked about a guard against cross-site requests.
    ///
    /// # Examples
    /// ```
    /// use highball::{describe::CrossSiteCheck, prelude::*};
    ///
    /// #[get("/")]
    /// async fn home() {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// assert_eq!(Api::ROUTES[0].cross_site_check(), CrossSiteCheck::NotNeeded);
    /// # }
    /// ```
    pub fn cross_site_check(&self) -> CrossSiteCheck {
        let facts = self.facts();
        if !self.definition.methods.has_unsafe {
            return CrossSiteCheck::NotNeeded;
        }
        if facts.surely(Facts::SAME_ORIGIN) {
            return CrossSiteCheck::Guarded;
        }
        match self.options.csrf {
            Some(Csrf::Off(reason)) => CrossSiteCheck::Off(reason),
            _ if may_read_cookies(&facts) => CrossSiteCheck::Unknown,
            _ => CrossSiteCheck::NotNeeded,
        }
    }
}
