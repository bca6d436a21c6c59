#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod alerts;
mod app_rules;
mod board;
mod burn_rules;
mod cases;
mod check;
mod committed;
#[cfg(doctest)]
mod doctests;
mod gauge_rules;
mod objective_rules;
mod own;
mod promql;
mod receivers;
mod rule;
mod target;

pub use alerts::Alerts;
pub use board::Dashboard;
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_alerts::{Alerts, rules};
///
/// #[post("/checkout", slo(p99 = millis(400)))]
/// async fn checkout() {}
///
/// #[routes(app)]
/// struct Api(checkout);
///
/// # fn main() {
/// let alerts = Alerts::new("shop").with(rules![Api;
///     page("payments_fail", errors(checkout) > 0.2),
///     ticket("checkout_slower", p95(checkout) > millis(250), for = mins(10)),
///     ticket("busy", cpu() > 0.6, for = mins(30)),
///     page("no_bank", expr("bank_up == 0")),
/// ]);
/// assert!(alerts.rules(Api::ROUTES).unwrap().contains("payments_fail"));
/// # }
/// ```
pub use highball_alerts_macros::rules;
pub use own::AlertRule;
pub use receivers::{Receivers, Secret, Sms, forward};

/// The items that generated code uses. It is not a public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::own::{Condition, HOLD, assert_hold, rule};
    pub use highball::__private::{App, Entry, Route, assert_bound, assert_mounted, mounted};
    pub use highball_metrics::__private::BOUNDS_MICROS;
}
