//! The examples with web pages, and requests of other sites, in headless Chromium.
//!
//! The tests run if `BROWSER_TESTS` is set. `.ci/run` sets it after it has installed `chromium` and `chromium-driver`
//! of Debian and built the examples. Otherwise the tests print that they are skipped.

mod cross_site;
mod driver;
mod examples;
