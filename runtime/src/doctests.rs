//! The README and the guide: their code is compiled and run as documentation tests.

#[doc = include_str!("../../README.md")]
struct Readme;

#[doc = include_str!("../../docs/guide.md")]
struct Guide;

#[doc = include_str!("../../docs/routing.md")]
struct Routing;

#[doc = include_str!("../../docs/middleware.md")]
struct Middleware;

#[doc = include_str!("../../docs/shipped.md")]
struct Shipped;

#[doc = include_str!("../../docs/serving.md")]
struct Serving;

#[cfg(all(
    feature = "cookies",
    feature = "multipart",
    feature = "validate",
    feature = "ws"
))]
#[doc = include_str!("../../docs/from-gin.md")]
struct FromGin;

#[doc = include_str!("../../docs/from-axum.md")]
struct FromAxum;
