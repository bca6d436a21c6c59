//! `X-HTTP-Method-Override`: for clients, and what is before them, that know GET and POST only.

use http::{HeaderMap, HeaderName, Method, StatusCode};

use crate::response::Rejection;

const NAME: HeaderName = HeaderName::from_static("x-http-method-override");

/// Gives a POST the method that its header names.
///
/// It is for no other method: a link or an image, which a page can have a browser fetch, must not
/// become a DELETE.
///
/// # Errors
/// Where the header names another method than PUT, PATCH or DELETE, or more than one: to go on with
/// POST would do what nobody asked for.
pub(crate) fn overridden(method: &mut Method, headers: &HeaderMap) -> Result<(), Rejection> {
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
            "`x-http-method-override` names PUT, PATCH or DELETE",
        )),
    }
}
