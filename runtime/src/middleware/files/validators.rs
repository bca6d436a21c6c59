//! The validators of a file: its entity tag and its date (RFC 9110 §8.8).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

use super::coding::Coding;
use crate::header_value::EntityTag;

/// The validators of a file. A file without a real date has none.
#[derive(Debug, Default)]
pub(crate) struct Validators {
    tag: Option<String>,
    /// The date in whole seconds, as in headers, and never in the future.
    modified: Option<SystemTime>,
    /// Whether the last change was at least a second ago. Only then has another version another date.
    is_settled: bool,
}

/// The earliest real date. Reproducible builds give every file one of the first two seconds of 1970, so that all
/// versions with the same length would be equal.
const FIRST_DATE: Duration = Duration::from_secs(2);

impl Validators {
    /// Returns the validators for these metadata.
    ///
    /// A file that changed less than a second ago can change again without another date, so its tag is weak (RFC 9110
    /// §8.8.1).
    pub(crate) fn new(len: u64, modified: SystemTime, coding: Coding, now: SystemTime) -> Self {
        let Ok(age) = modified.duration_since(UNIX_EPOCH) else {
            return Self::default();
        };
        if age < FIRST_DATE {
            return Self::default();
        }
        let is_settled = now
            .duration_since(modified)
            .is_ok_and(|since| since >= Duration::from_secs(1));
        let weak = if is_settled { "" } else { "W/" };
        let (secs, nanos) = (age.as_secs(), age.subsec_nanos());
        let coding = coding.extension().replace('.', "-");
        let shown = modified.min(now).duration_since(UNIX_EPOCH);
        Self {
            tag: Some(format!("{weak}\"{secs:x}.{nanos:x}-{len:x}{coding}\"")),
            modified: shown
                .ok()
                .map(|shown| UNIX_EPOCH + Duration::from_secs(shown.as_secs())),
            is_settled,
        }
    }

    /// Returns the entity tag, for comparison.
    pub(crate) fn tag(&self) -> Option<EntityTag<'_>> {
        EntityTag::parse(self.tag.as_ref()?.as_bytes())
    }

    /// Returns the date, for comparison.
    pub(crate) fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// Returns the date, if no other version can have it.
    pub(crate) fn strong_date(&self) -> Option<SystemTime> {
        self.modified.filter(|_| self.is_settled)
    }

    /// Returns the value of `ETag`.
    pub(crate) fn etag(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.tag.as_deref()?).ok()
    }

    /// Returns the value of `Last-Modified`.
    pub(crate) fn last_modified(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(httpdate::fmt_http_date(self.modified?)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64, nanos: u32) -> SystemTime {
        UNIX_EPOCH + Duration::new(secs, nanos)
    }

    #[track_caller]
    fn check(modified: SystemTime, coding: Coding, expected: (&str, &str)) {
        let got = Validators::new(10, modified, coding, at(1_000_000, 0));
        let text = |value: Option<HeaderValue>| {
            value.map_or_else(String::new, |value| {
                value.to_str().unwrap_or_default().to_owned()
            })
        };
        let got = (text(got.etag()), text(got.last_modified()));
        assert_eq!((got.0.as_str(), got.1.as_str()), expected);
    }

    #[test]
    fn each_version_has_another_tag() {
        let day = "Mon, 12 Jan 1970 13:46:39 GMT";
        let plain = ("\"f423f.0-a\"", day);
        check(at(999_999, 0), Coding::Identity, plain);
        check(
            at(999_998, 7),
            Coding::Gzip,
            ("\"f423e.7-a-gz\"", "Mon, 12 Jan 1970 13:46:38 GMT"),
        );
        check(at(999_999, 1), Coding::Identity, ("W/\"f423f.1-a\"", day));
        let now = "Mon, 12 Jan 1970 13:46:40 GMT";
        check(
            at(2_000_000, 0),
            Coding::Identity,
            ("W/\"1e8480.0-a\"", now),
        );
        check(at(1, 999), Coding::Identity, ("", ""));
        check(
            UNIX_EPOCH - Duration::from_secs(1),
            Coding::Identity,
            ("", ""),
        );
    }
}
