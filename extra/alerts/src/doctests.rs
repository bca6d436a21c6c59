//! Compiles the code of the pages.

#[doc = include_str!("../../../docs/how-to/alerts.md")]
struct AlertRules;

#[doc = include_str!("../../../docs/how-to/dashboards.md")]
struct Dashboards;
