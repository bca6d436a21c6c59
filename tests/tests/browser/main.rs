//! The examples with web pages, the pages of `highball-openapi`, and requests of other sites, in headless Chromium.
//!
//! The tests run if `BROWSER_TESTS` is set. `.ci/run` sets it after it has installed `chromium` and `chromium-driver`
//! of Debian and built the examples. Otherwise the tests print that they are skipped. `AXE_CORE` is the path of
//! `axe.min.js`, which checks the accessibility of pages, and `SCREENSHOTS` a folder for pictures of them.

mod cross_site;
mod driver;
mod examples;
mod openapi_pages;
mod spa;
mod view;
