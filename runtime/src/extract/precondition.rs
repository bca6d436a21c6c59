//! Preconditions of requests (RFC 9110 §13).

use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use httpdate::parse_http_date;

use super::{Answers, Extract, Facts, Input, Inputs};
use crate::{
    header_value::{EntityTags, joined, lines},
    response::{Conditional, NotModified, Rejection, Revision, UnmetPrecondition},
};

/// An extractor for the precondition of a request: `If-Match`, `If-None-Match`, `If-Unmodified-Since` and
/// `If-Modified-Since`.
///
/// The handler compares it with the current version of the resource. [`check`](Self::check) returns a 412 if the
/// request is for another version. So if two clients change a resource that both have read, the second change is
/// rejected and does not overwrite the first (optimistic locking). [`required`](Self::required) returns a 428 if the
/// request has no such header. For a GET, [`respond`](Self::respond) returns a 304 if the client has the version.
///
/// The headers are evaluated in the order of RFC 9110 §13.2.2. `If-Match` compares strongly, so a weak tag never
/// matches. Check the precondition last, after all other checks of the request, and under the lock or in the
/// transaction that makes the change.
///
/// # Examples
/// ```
/// use highball::{
///     extract::Precondition,
///     prelude::*,
///     response::{Conditional, Revision, UnmetPrecondition},
/// };
/// use std::sync::Mutex;
///
/// struct Note {
///     text: String,
///     revision: u64,
/// }
///
/// #[derive(State)]
/// struct AppState {
///     note: Mutex<Note>,
/// }
///
/// #[get("/note")]
/// async fn show(precondition: Precondition, note: State<Mutex<Note>>) -> Conditional<String> {
///     let note = note.lock().unwrap();
///     precondition.respond(Revision::tag(note.revision), note.text.clone())
/// }
///
/// #[put("/note")]
/// async fn change(
///     precondition: Precondition,
///     note: State<Mutex<Note>>,
///     text: String,
/// ) -> Result<(Revision, NoContent), UnmetPrecondition> {
///     let mut note = note.lock().unwrap();
///     precondition.required()?.check(&Revision::tag(note.revision))?;
///     note.text = text;
///     note.revision += 1;
///     Ok((Revision::tag(note.revision), NoContent))
/// }
///
/// #[routes(app)]
/// struct Api(show, change);
///
/// # highball::block_on(async {
/// let note = Mutex::new(Note { text: "milk".into(), revision: 1 });
/// let client = Api.test().state(AppState { note }).start();
/// let put = |tag: &str| client.put("/note").header(header::IF_MATCH, tag).body("bread");
/// assert_eq!(client.put("/note").body("bread").send().await.status(), 428);
/// assert_eq!(put("\"1\"").send().await.status(), 204);
/// assert_eq!(put("\"1\"").send().await.status(), 412);
/// assert_eq!(put("\"2\"").send().await.header(header::ETAG), "\"3\"");
/// # });
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Precondition {
    /// Whether the method is GET or HEAD. `If-None-Match` then leads to a 304 instead of a 412.
    is_read: bool,
    /// Whether `required` was called.
    is_required: bool,
    /// The lists of `If-Match` and `If-None-Match`, each joined to one line.
    matches: Option<HeaderValue>,
    none_matches: Option<HeaderValue>,
    unmodified_since: Option<SystemTime>,
    modified_since: Option<SystemTime>,
}

impl Precondition {
    fn from_head(method: &Method, headers: &HeaderMap) -> Self {
        Self {
            is_read: matches!(*method, Method::GET | Method::HEAD),
            is_required: false,
            matches: joined_list(headers, header::IF_MATCH),
            none_matches: joined_list(headers, header::IF_NONE_MATCH),
            unmodified_since: date(headers, header::IF_UNMODIFIED_SINCE),
            modified_since: date(headers, header::IF_MODIFIED_SINCE),
        }
    }

    /// Requires a precondition that prevents lost updates: `If-Match`, `If-Unmodified-Since`, or `If-None-Match: *` for
    /// a new resource.
    ///
    /// # Errors
    /// Returns a 428 (RFC 6585 §3) if the request has none. Its message names the header to send.
    pub fn required(mut self) -> Result<Self, UnmetPrecondition> {
        let is_protected =
            self.matches.is_some() || self.unmodified_since.is_some() || self.requires_absence();
        if !is_protected {
            return Err(UnmetPrecondition::missing());
        }
        self.is_required = true;
        Ok(self)
    }

    /// Checks the precondition against the current version.
    ///
    /// # Errors
    /// Returns a 412 if the version does not meet it. After [`required`](Self::required), returns a 428 if nothing can
    /// be compared: the request has only `If-Unmodified-Since`, and the version has no time.
    pub fn check(&self, version: &Revision) -> Result<(), UnmetPrecondition> {
        let mut is_protected = true;
        if let Some(list) = &self.matches {
            self.check_match(list, version)?;
        } else if let (Some(time), Some(last)) = (self.unmodified_since, version.last_modified()) {
            if last > time {
                let name = header::IF_UNMODIFIED_SINCE;
                return Err(UnmetPrecondition::failed(
                    name,
                    "it has changed since this time",
                ));
            }
        } else {
            is_protected = self.requires_absence();
        }
        if self.is_required && !is_protected {
            return Err(UnmetPrecondition::missing());
        }
        if !self.is_read && self.is_excluded(version) {
            let reason = match self.requires_absence() {
                true => "it exists already",
                false => "it has one of these versions",
            };
            return Err(UnmetPrecondition::failed(header::IF_NONE_MATCH, reason));
        }
        Ok(())
    }

    /// Returns a 304 with the `ETag` and `Last-Modified` of the version if the client already has it.
    ///
    /// It returns `None` for all methods except GET and HEAD. Use it instead of [`respond`](Self::respond) if reading
    /// the body is expensive.
    pub fn not_modified(&self, version: &Revision) -> Option<NotModified> {
        self.is_known(version).then(|| NotModified::new(version))
    }

    /// Returns the body with the version, as `ETag` and `Last-Modified`, or the 304 of
    /// [`not_modified`](Self::not_modified).
    pub fn respond<T>(&self, version: Revision, body: T) -> Conditional<T> {
        match self.not_modified(&version) {
            Some(not_modified) => not_modified.into(),
            None => Conditional::full(version, body),
        }
    }

    /// Returns whether a read is for a version that the client already has.
    fn is_known(&self, version: &Revision) -> bool {
        if !self.is_read {
            return false;
        }
        match (&self.none_matches, self.modified_since) {
            (Some(_), _) => self.is_excluded(version),
            (None, Some(time)) => version.last_modified().is_some_and(|last| last <= time),
            (None, None) => false,
        }
    }

    fn check_match(&self, list: &HeaderValue, version: &Revision) -> Result<(), UnmetPrecondition> {
        let tags = EntityTags::from_lines([list.as_bytes()]);
        let is_met = tags.is_some_and(|tags| match version.entity_tag() {
            _ if tags.is_any() => version.exists(),
            Some(own) => tags.iter().any(|tag| tag.matches_strongly(&own)),
            None => false,
        });
        let reason = match version.exists() {
            true => "it has none of these versions: read it again, and send its `ETag`",
            false => "it does not exist",
        };
        match is_met {
            true => Ok(()),
            false => Err(UnmetPrecondition::failed(header::IF_MATCH, reason)),
        }
    }

    /// Returns whether `If-None-Match` lists the version.
    fn is_excluded(&self, version: &Revision) -> bool {
        let list = self.none_matches.as_ref().map(HeaderValue::as_bytes);
        let Some(tags) = EntityTags::from_lines(list) else {
            return false;
        };
        match version.entity_tag() {
            _ if tags.is_any() => version.exists(),
            Some(own) => tags.iter().any(|tag| tag.matches_weakly(&own)),
            None => false,
        }
    }

    /// Returns whether the request requires that the resource does not exist yet: `If-None-Match: *`.
    fn requires_absence(&self) -> bool {
        let list = self.none_matches.as_ref().map(HeaderValue::as_bytes);
        EntityTags::from_lines(list).is_some_and(|tags| tags.is_any())
    }
}

/// Returns the value of a list header, with its lines joined.
fn joined_list(headers: &HeaderMap, name: HeaderName) -> Option<HeaderValue> {
    let mut values = headers.get_all(&name).iter();
    match (values.next(), values.next()) {
        // Cloning a `HeaderValue` copies no bytes.
        (Some(value), None) => Some(value.clone()),
        _ => HeaderValue::from_bytes(&joined(lines(headers, name))?).ok(),
    }
}

/// Returns the date in a header. A header that is malformed or occurs twice is ignored (RFC 9110 §13.1.3).
fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => parse_http_date(value.to_str().ok()?.trim()).ok(),
        _ => None,
    }
}

impl<'r> Extract<'r> for Precondition {
    type State = ();
    const FACTS: Facts = crate::routes::header_facts!(
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-unmodified-since"
    );
    const INPUTS: Inputs = Inputs::maybe(&Inputs::both(
        &Inputs::both(
            &Inputs::header("if-match"),
            &Inputs::header("if-none-match"),
        ),
        &Inputs::both(
            &Inputs::header("if-modified-since"),
            &Inputs::header("if-unmodified-since"),
        ),
    ));
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self::from_head(input.method(), input.headers()))
    }
}
