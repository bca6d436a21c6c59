//! The comparison of a handler's response with the `answers(..)` of its route, in debug builds.

use http::header;

use crate::{
    response::{IntoResponse, Rejection, Response},
    routes::{Answer, Answers, Route},
};

/// Replaces a response that the attribute of the route does not list by a 500, whose cause is logged.
///
/// So a document cannot be wrong without a test that fails.
pub(super) fn compare(route: Option<&'static Route>, response: &mut Response) {
    let Some((route, stated)) = route.and_then(|route| Some((route, route.stated_answers()?)))
    else {
        return;
    };
    let of_type = route.answers_of_type();
    if is_listed(stated, response) || is_listed(of_type, response) {
        return;
    }
    let cause = format!(
        "`{}` ({}:{}) answers {}, which its `answers(..)` does not list; this is an error only in debug builds",
        route.path(),
        route.file(),
        route.line(),
        shown(response)
    );
    response.replace(Rejection::internal().with_cause(cause).into_response());
}

fn is_listed(answers: &Answers, response: &Response) -> bool {
    answers
        .known()
        .iter()
        .any(|answer| is_same(answer, response))
}

fn is_same(answer: &Answer, response: &Response) -> bool {
    if answer.status() != response.status().as_u16() {
        return false;
    }
    match answer.is_problem() {
        true => response.is_rejection() || media_type(response) == Some("application/problem+json"),
        false => !response.is_rejection() && media_type(response) == answer.media_type(),
    }
}

/// Returns the content type without its parameters.
fn media_type(response: &Response) -> Option<&str> {
    let value = response
        .headers()
        .get(header::CONTENT_TYPE)?
        .to_str()
        .ok()?;
    value.split(';').next().map(str::trim)
}

fn shown(response: &Response) -> String {
    let status = response.status();
    match (response.is_rejection(), media_type(response)) {
        (true, _) => format!("a problem with the status {status}"),
        (false, Some(media_type)) => format!("{status} with a body of the type {media_type}"),
        (false, None) => format!("{status} without a content type"),
    }
}
