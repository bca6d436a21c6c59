//! The command line of the process.

use highball::{
    Response,
    http::header,
    prelude::{IntoResponse, get},
};

/// Responds with the program and its arguments, with a NUL between them, as Go does.
#[get("/debug/pprof/cmdline", admin)]
pub(crate) async fn cmdline() -> Response {
    let args = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned());
    let args = args.collect::<Vec<_>>().join("\0");
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, args).into_response()
}
