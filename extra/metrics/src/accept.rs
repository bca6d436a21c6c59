//! Which format a client accepts.

/// The formats of a scrape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The text of Prometheus, for clients that do not name a format.
    Classic,
    OpenMetrics,
}

impl Format {
    /// Returns the format with the larger weight in `Accept`, and OpenMetrics if both are equal.
    pub(crate) fn of(accept: &str) -> Self {
        let open = weight(accept, "application/openmetrics-text");
        let classic = weight(accept, "text/plain");
        match open {
            Some(open) if open > 0.0 && open >= classic.unwrap_or(0.0) => Self::OpenMetrics,
            _ => Self::Classic,
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Classic => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// Returns the largest weight of a content type that is named.
fn weight(accept: &str, content_type: &str) -> Option<f32> {
    let ranges = accept.split(',').filter_map(|range| {
        let mut pieces = range.split(';').map(str::trim);
        let is_named = pieces.next()?.eq_ignore_ascii_case(content_type);
        let weight = pieces.find_map(|piece| piece.strip_prefix("q="));
        is_named.then(|| weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
    });
    ranges.reduce(f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_weight_decides() {
        let prometheus = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                          text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        for (accept, expected) in [
            ("", Format::Classic),
            ("*/*", Format::Classic),
            ("text/html, */*;q=0.8", Format::Classic),
            (prometheus, Format::OpenMetrics),
            ("Application/OpenMetrics-Text", Format::OpenMetrics),
            (
                "application/openmetrics-text; q=0.2, text/plain; q=0.9",
                Format::Classic,
            ),
            ("application/openmetrics-text;q=0", Format::Classic),
            ("application/openmetrics-text;q=x,,;", Format::Classic),
        ] {
            assert_eq!(Format::of(accept), expected, "{accept}");
        }
    }
}
