//! The revision of a resource: its entity tag and the time of its last change (RFC 9110 §8.8).

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use http::{HeaderValue, StatusCode, header};
use httpdate::fmt_http_date;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{IntoResponseParts, Response};
use crate::{
    header_value::EntityTag,
    response::rejection::Rejection,
    routes::{Answers, Facts},
};

/// The version of a resource: its entity tag, the time of its last change, or both.
///
/// A [`Precondition`](crate::extract::Precondition) compares it with the version that the client has. In a tuple before the
/// body of a response it sets `ETag` and `Last-Modified`.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::Revision};
///
/// #[get("/todos/7")]
/// async fn show() -> (Revision, Json<Value>) {
///     let revision = 3; // incremented by each change
///     (Revision::tag(revision), Json(json!({ "title": "buy milk" })))
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/todos/7").send().await;
/// assert_eq!(response.header(header::ETAG), "\"3\"");
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Revision {
    tag: Option<Tag>,
    /// In seconds since 1970, because a header has no fractions.
    modified: Option<u64>,
    /// Whether the resource exists.
    exists: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag {
    is_weak: bool,
    opaque: String,
}

/// The characters that a tag cannot have, and `%`, which would make the escapes ambiguous.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

/// The last second that a header can have: the end of the year 9999.
const LAST: u64 = 253_402_300_799;

impl Revision {
    /// Returns a revision with a strong entity tag, for example a number that each change increments, or a hash of the
    /// bytes.
    ///
    /// The tag is given without quotation marks. Characters that a tag cannot have, for example a space, are
    /// percent-encoded.
    pub fn tag(tag: impl fmt::Display) -> Self {
        Self::tagged(false, &tag)
    }

    /// Returns a revision with a weak entity tag, for responses that are equivalent but may differ in their bytes.
    ///
    /// `If-Match` never matches a weak tag, so it does not prevent lost updates.
    pub fn weak_tag(tag: impl fmt::Display) -> Self {
        Self::tagged(true, &tag)
    }

    /// Returns a revision with only a time. Two changes in one second have the same time, so prefer a tag.
    pub fn modified(time: SystemTime) -> Self {
        let none = Self::none();
        Self {
            exists: true,
            ..none
        }
        .with_modified(time)
    }

    /// Returns the revision of a resource that does not exist. A PUT with `If-None-Match: *` may create it.
    pub const fn none() -> Self {
        Self {
            tag: None,
            modified: None,
            exists: false,
        }
    }

    /// Adds the time of the last change.
    pub fn with_modified(mut self, time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH);
        let seconds = since.map_or(0, |since| since.as_secs());
        self.modified = Some(seconds.min(LAST));
        self
    }

    fn tagged(is_weak: bool, tag: &dyn fmt::Display) -> Self {
        let opaque = utf8_percent_encode(&tag.to_string(), ESCAPED).to_string();
        Self {
            tag: Some(Tag { is_weak, opaque }),
            modified: None,
            exists: true,
        }
    }

    pub(crate) fn exists(&self) -> bool {
        self.exists
    }

    /// Returns the entity tag.
    pub(crate) fn entity_tag(&self) -> Option<EntityTag<'_>> {
        self.tag.as_ref().map(|tag| EntityTag {
            is_weak: tag.is_weak,
            opaque: tag.opaque.as_bytes(),
        })
    }

    /// Returns the second of the last change.
    pub(crate) fn last_modified(&self) -> Option<SystemTime> {
        let seconds = self.modified?;
        Some(UNIX_EPOCH + Duration::from_secs(seconds))
    }

    /// Returns the 304 for a client that already has this version.
    pub(crate) fn not_modified(&self) -> Response {
        let mut response = Response::empty(StatusCode::NOT_MODIFIED);
        self.add_headers(&mut response);
        response
    }

    fn add_headers(&self, response: &mut Response) {
        if let Some(tag) = &self.tag {
            let weak = if tag.is_weak { "W/" } else { "" };
            // The escaped tag is visible ASCII, so this cannot fail.
            if let Ok(tag) = HeaderValue::try_from(format!("{weak}\"{}\"", tag.opaque)) {
                response.headers_mut().insert(header::ETAG, tag);
            }
        }
        if let Some(time) = self.last_modified()
            && let Ok(time) = HeaderValue::try_from(fmt_http_date(time))
        {
            response.headers_mut().insert(header::LAST_MODIFIED, time);
        }
    }
}

impl IntoResponseParts for Revision {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::NONE;
    const HEADERS: &'static [&'static str] = &["etag", "last-modified"];

    fn add_to(self, response: &mut Response) -> Result<(), Rejection> {
        self.add_headers(response);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_a_tag() {
        let check = |version: Revision, expected: &str| {
            let response = version.not_modified();
            assert_eq!(response.headers()[header::ETAG], expected);
            let tag = EntityTag::parse(expected.as_bytes()).expect("it is a tag");
            assert_eq!(version.entity_tag(), Some(tag));
        };
        check(Revision::tag(7), "\"7\"");
        check(Revision::tag("a-b,c"), "\"a-b,c\"");
        check(Revision::weak_tag("a"), "W/\"a\"");
        check(Revision::tag(""), "\"\"");
        check(Revision::tag("a \"b\"\r\n"), "\"a%20%22b%22%0D%0A\"");
        check(Revision::tag("50%"), "\"50%25\"");
        check(Revision::tag("é"), "\"%C3%A9\"");
    }

    #[test]
    fn any_time_becomes_a_date() {
        let check = |time: SystemTime, expected: &str| {
            let response = Revision::modified(time).not_modified();
            assert_eq!(response.headers()[header::LAST_MODIFIED], expected);
        };
        let far = Duration::from_secs(LAST + 1000);
        check(UNIX_EPOCH, "Thu, 01 Jan 1970 00:00:00 GMT");
        check(UNIX_EPOCH - far, "Thu, 01 Jan 1970 00:00:00 GMT");
        check(UNIX_EPOCH + far, "Fri, 31 Dec 9999 23:59:59 GMT");
        let fraction = Duration::from_millis(784_111_777_900);
        check(UNIX_EPOCH + fraction, "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
