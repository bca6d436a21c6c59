//! The response to a request that reaches no handler.

use http::{StatusCode, header};

use crate::{
    request::{context::Context, suggest},
    response::{IntoResponse, Rejection, Response, location},
    table::Allowed,
};

/// Why no handler responds.
#[derive(Debug)]
pub(crate) enum Miss {
    /// No route has the path.
    Missing,
    /// Routes have the path, but not the method.
    WrongMethod(Allowed),
    /// The method is OPTIONS, and no route handles it.
    Options(Allowed),
    /// The request is a CORS preflight for a route. The chain of that route runs, but its handler does not. The text
    /// lists the methods for `Allow`.
    Preflight(String),
    /// The request is `OPTIONS *`, about the whole server.
    Server,
    /// A route has the path with a slash more or less at its end. The text is the target of the redirect.
    Redirect(String),
    /// The request is rejected before its chain runs. The rejection is taken once.
    Refused(std::sync::Mutex<Option<Rejection>>),
}

impl Miss {
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Returns the response in place of a handler's.
    pub(crate) fn respond(&self, cx: &Context<'_>) -> Response {
        match self {
            Self::Missing => suggest::missing(cx).into_response(),
            Self::WrongMethod(allowed) => wrong_method(cx, allowed).into_response(),
            Self::Options(allowed) => options(allowed.to_string()),
            Self::Preflight(allow) => options(allow.clone()),
            Self::Server => Response::empty(StatusCode::NO_CONTENT),
            Self::Redirect(target) => redirect(target),
            Self::Refused(rejection) => {
                let mut rejection = rejection.lock().unwrap_or_else(|e| e.into_inner());
                rejection
                    .take()
                    .unwrap_or_else(Rejection::internal)
                    .into_response()
            }
        }
    }
}

fn wrong_method(cx: &Context<'_>, allowed: &Allowed) -> Rejection {
    let allow = allowed.to_string();
    let detail = format!(
        "`{}` does not allow {}; it allows {allow}",
        cx.path(),
        cx.method()
    );
    Rejection::new(StatusCode::METHOD_NOT_ALLOWED, detail).with_header(header::ALLOW, allow)
}

fn options(allow: String) -> Response {
    let mut response = Response::empty(StatusCode::NO_CONTENT);
    response.set_header(header::ALLOW, allow);
    response
}

fn redirect(target: &str) -> Response {
    let mut response = Response::empty(StatusCode::PERMANENT_REDIRECT);
    response.set_header(header::LOCATION, location(target));
    response
}
