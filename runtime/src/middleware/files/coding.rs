//! The content codings of a file, and which one a client prefers (RFC 9110 §12.5.3).

use std::cmp::Reverse;

use http::{HeaderMap, header};

use crate::header_value::{Parameters, elements, joined, lines, quality};

/// A content coding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Brotli,
    Zstd,
    Gzip,
    Identity,
}

impl Coding {
    /// All codings. If the client has no preference, an earlier one is better.
    const ALL: [Self; 4] = [Self::Brotli, Self::Zstd, Self::Gzip, Self::Identity];

    /// Returns the name for `Content-Encoding`. The uncompressed file has none.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// Returns the extension of the compressed file's name.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Zstd => ".zst",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    fn is_named(self, name: &[u8]) -> bool {
        let own = self.name().unwrap_or("identity");
        let is = |own: &str| name.eq_ignore_ascii_case(own.as_bytes());
        is(own) || (self == Self::Gzip && is("x-gzip"))
    }
}

/// Returns the codings that the client accepts, the best first.
///
/// The uncompressed file is always among them, even if the client excludes it, because it always exists.
pub(crate) fn accepted(headers: &HeaderMap) -> Vec<Coding> {
    let value = joined(lines(headers, header::ACCEPT_ENCODING)).unwrap_or_default();
    let weight = |coding: Coding| {
        let named = |is: &dyn Fn(&[u8]) -> bool| {
            elements(&value).find_map(|element| {
                let (name, parameters) = Parameters::parse(element);
                is(name).then(|| weight(parameters))
            })
        };
        named(&|name| coding.is_named(name)).or_else(|| named(&|name| name == b"*"))
    };
    let weights = Coding::ALL.map(|coding| (weight(coding).unwrap_or(0), coding));
    let mut accepted: Vec<_> = weights
        .into_iter()
        .filter(|(weight, coding)| *weight > 0 || *coding == Coding::Identity)
        .collect();
    accepted.sort_by_key(|(weight, _)| Reverse(*weight));
    accepted.into_iter().map(|(_, coding)| coding).collect()
}

/// Returns the quality value among the parameters. An invalid one counts as 0.
fn weight(parameters: Parameters<'_>) -> u16 {
    match parameters.get("q") {
        Some(text) => quality(&text).unwrap_or(0),
        None => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &[&'static str], expected: &str) {
        let mut headers = HeaderMap::new();
        for line in accept {
            headers.append(
                header::ACCEPT_ENCODING,
                http::HeaderValue::from_static(line),
            );
        }
        let got: Vec<_> = accepted(&headers)
            .into_iter()
            .map(|coding| coding.name().unwrap_or("-"))
            .collect();
        assert_eq!(got.join(" "), expected, "{accept:?}");
    }

    #[test]
    fn clients_order_precedes_the_default_order() {
        check(&[], "-");
        check(&[""], "-");
        check(&["gzip"], "gzip -");
        check(&["gzip, br"], "br gzip -");
        check(&["gzip", "br;q=0.5"], "gzip br -");
        check(&["GZIP;Q=1.000, zstd"], "zstd gzip -");
        check(&["x-gzip"], "gzip -");
        check(&["identity, gzip;q=0.5"], "- gzip");
        check(&["*"], "br zstd gzip -");
        check(&["br;q=0, *;q=0.3"], "zstd gzip -");
        check(&["identity;q=0, gzip"], "gzip -");
        check(&["*;q=0"], "-");
        check(&["gzip;q=0"], "-");
        check(&["gzip;q=2, deflate"], "-");
    }
}
