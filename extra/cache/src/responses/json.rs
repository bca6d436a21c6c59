//! A response as JSON, as it is in the second level.

use std::{borrow::Cow, time::Duration};

use highball::{
    Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};

use super::{cache::Kept, hex, policy::Times, stored::Stored};

/// The parts of a response: its status, its headers, its body as text or else as digits, its age, and the milliseconds
/// for which it is stale and for which it is sent after an error.
type Parts<'a> = (
    u16,
    Vec<(Cow<'a, str>, String)>,
    Option<Cow<'a, str>>,
    String,
    u64,
    u64,
    u64,
);

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self::Response(stored) = self else {
            return Err(S::Error::custom("it is not stored"));
        };
        let headers = stored.headers().iter();
        let headers = headers
            .map(|(name, value)| (Cow::Borrowed(name.as_str()), hex::encode(value.as_bytes())));
        let text = std::str::from_utf8(stored.body()).ok().map(Cow::Borrowed);
        let digits = match text {
            Some(_) => String::new(),
            None => hex::encode(stored.body()),
        };
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let Times {
            stale, on_error, ..
        } = stored.times;
        let parts: Parts<'_> = (
            stored.status().as_u16(),
            headers.collect(),
            text,
            digits,
            stored.age,
            millis(stale),
            millis(on_error),
        );
        parts.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = Parts::deserialize(deserializer)?;
        let stored = read(parts).ok_or_else(|| D::Error::custom("it is no response"))?;
        Ok(Self::Response(Box::new(stored)))
    }
}

fn read((status, lines, text, digits, age, stale, on_error): Parts<'_>) -> Option<Stored> {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::try_from(&*name).ok()?;
        headers.append(name, HeaderValue::try_from(hex::decode(&value)?).ok()?);
    }
    let body = match text {
        Some(text) => Bytes::from(text.into_owned()),
        None => Bytes::from(hex::decode(&digits)?),
    };
    let times = Times {
        // It is kept apart, with the age.
        fresh: Duration::ZERO,
        stale: Duration::from_millis(stale),
        on_error: Duration::from_millis(on_error),
    };
    let status = StatusCode::from_u16(status).ok()?;
    Some(Stored::read(status, headers, body, age, times))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_goes_there_and_back() {
        for body in [&b"text \" \n"[..], b"", b"\xff\xfe"] {
            let mut headers = HeaderMap::new();
            headers.append("x-a", HeaderValue::from_bytes(b"\xe9").expect("a value"));
            headers.append("x-a", HeaderValue::from_static("2"));
            let body = Bytes::copy_from_slice(body);
            let mut stored = Stored::new(StatusCode::OK, headers, body, 7);
            stored.times.stale = Duration::from_secs(3);
            let json = serde_json::to_string(&Kept::Response(Box::new(stored.clone())));
            let Kept::Response(read) =
                serde_json::from_str(&json.expect("JSON")).expect("a response")
            else {
                panic!("it is a response")
            };
            assert_eq!((read.status(), read.age), (StatusCode::OK, 7));
            assert_eq!(read.headers(), stored.headers());
            assert_eq!(read.body(), stored.body());
            assert_eq!(read.times, stored.times);
        }
        assert!(serde_json::to_string(&Kept::Pass).is_err());
    }
}
