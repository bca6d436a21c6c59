//! The README, the pages of `docs/` and the pages of the attributes: their code is compiled and run as documentation
//! tests. The pages of the attributes are in `highball-macros`, which cannot depend on this crate.

macro_rules! pages {
    ($($(#[$attr:meta])* $name:ident: $page:literal,)*) => {$(
        $(#[$attr])*
        #[doc = include_str!(concat!("../../", $page))]
        struct $name;
    )*};
}

pages! {
    Readme: "README.md",
    #[cfg(feature = "cookies")]
    UseCookies: "docs/how-to/cookies.md",
    AllowOrigins: "docs/how-to/cors.md",
    RejectOtherSites: "docs/how-to/csrf.md",
    Errors: "docs/how-to/errors.md",
    Events: "docs/how-to/events.md",
    #[cfg(feature = "files")]
    ServeFiles: "docs/how-to/files.md",
    FromAxum: "docs/how-to/from-axum.md",
    #[cfg(all(
        feature = "cookies",
        feature = "multipart",
        feature = "validate",
        feature = "ws"
    ))]
    FromGin: "docs/how-to/from-gin.md",
    Guards: "docs/how-to/guards.md",
    Health: "docs/how-to/health.md",
    #[cfg(feature = "idempotency")]
    Idempotency: "docs/how-to/idempotency.md",
    Limits: "docs/how-to/limits.md",
    Links: "docs/how-to/links.md",
    Middleware: "docs/how-to/middleware.md",
    Observers: "docs/how-to/observers.md",
    Operators: "docs/how-to/operators.md",
    #[cfg(feature = "pages")]
    Paging: "docs/how-to/paging.md",
    ReadRequests: "docs/how-to/read-requests.md",
    Routes: "docs/how-to/routes.md",
    Serve: "docs/how-to/serve.md",
    ShareData: "docs/how-to/share-data-between-tasks.md",
    Shutdown: "docs/how-to/shutdown.md",
    State: "docs/how-to/state.md",
    Tests: "docs/how-to/tests.md",
    Tower: "docs/how-to/tower.md",
    #[cfg(feature = "multipart")]
    Uploads: "docs/how-to/uploads.md",
    #[cfg(feature = "ws")]
    WebSockets: "docs/how-to/websockets.md",
    WriteResponses: "docs/how-to/write-responses.md",
    CompileErrors: "docs/reference/compile-errors.md",
    ShippedMiddleware: "docs/reference/middleware.md",
    Routing: "docs/reference/routing.md",
    Settings: "docs/reference/settings.md",
    FallbackAttribute: "macros/docs/attributes/fallback.md",
    GuardAttribute: "macros/docs/attributes/guard.md",
    MainAttribute: "macros/docs/attributes/main.md",
    MiddlewareAttribute: "macros/docs/attributes/middleware.md",
    ObserverAttribute: "macros/docs/attributes/observer.md",
    RouteAttribute: "macros/docs/attributes/route.md",
    RoutesAttribute: "macros/docs/attributes/routes.md",
    IntoResponseDerive: "macros/docs/attributes/into_response.md",
    LocalDerive: "macros/docs/attributes/local.md",
    PathFieldsDerive: "macros/docs/attributes/path_fields.md",
    StateDerive: "macros/docs/attributes/state.md",
    UrlMacro: "macros/docs/attributes/url.md",
}
