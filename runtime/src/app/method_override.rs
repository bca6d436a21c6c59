//! `X-HTTP-Method-Override`: for clients and proxies that can only send GET and POST.

use http::{HeaderMap, HeaderName, Method, StatusCode};

use crate::response::Rejection;

const NAME: HeaderName = HeaderName::from_static("x-http-method-override");

/// Changes the method of a POST to the one that its header names.
///
/// Other methods stay as they are: a page can make a browser fetch a link or an image, and such a GET must not
/// become a DELETE.
///
/// # Errors
/// Returns 400 if the header is there more than once or names another method than PUT, PATCH or DELETE.
/// Treating such a request as a POST could do something that the client did not intend.
pub(super) fn apply(method: &mut Method, headers: &HeaderMap) -> Result<(), Rejection> {
    let mut values = headers.get_all(&NAME).iter();
    let Some(value) = values.next().filter(|_| *method == Method::POST) else {
        return Ok(());
    };
    let named = match value.as_bytes() {
        b"PUT" => Some(Method::PUT),
        b"PATCH" => Some(Method::PATCH),
        b"DELETE" => Some(Method::DELETE),
        _ => None,
    };
    match named.filter(|_| values.next().is_none()) {
        Some(named) => {
            *method = named;
            Ok(())
        }
        None => Err(Rejection::new(
            StatusCode::BAD_REQUEST,
            "`x-http-method-override` must be PUT, PATCH or DELETE",
        )),
    }
}
