//! The text form of each kind of setting.

use std::{fmt, path::PathBuf, time::Duration};

/// A kind of setting that is stored as a `T`.
pub(super) trait Value<T = Self> {
    /// The expected text, with an example.
    const EXPECTED: &'static str;

    fn read(text: &str) -> Option<T>;
    fn write(value: &T) -> String;

    /// Returns the value that applies if this one is set.
    fn bounded(value: T) -> T {
        value
    }
}

/// The longest time. A clock can represent a century from now, but not [`Duration::MAX`] from now.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Returns the error for text of the wrong form.
pub(super) fn wrong<K: Value<T>, T>(text: &str) -> String {
    format!("`{text}` is not {}", K::EXPECTED)
}

impl Value for Duration {
    const EXPECTED: &'static str = "a time: write `10s`, `500ms` or `1h 30m`";

    fn read(text: &str) -> Option<Self> {
        humantime::parse_duration(text).ok()
    }

    fn write(value: &Self) -> String {
        humantime::format_duration(*value).to_string()
    }

    fn bounded(value: Self) -> Self {
        value.min(FOREVER)
    }
}

impl Value for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn write(value: &Self) -> String {
        value.to_string()
    }
}

macro_rules! number {
    ($($ty:ty),*) => {$(
        impl Value for $ty {
            const EXPECTED: &'static str = "a whole number";

            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn write(value: &Self) -> String {
                value.to_string()
            }
        }

        impl Value<$ty> for Bytes {
            const EXPECTED: &'static str = "a number of bytes: write `65536`, `64KiB` or `2MiB`";

            fn read(text: &str) -> Option<$ty> {
                <$ty>::try_from(read_bytes(text)?).ok()
            }

            fn write(value: &$ty) -> String {
                write_bytes(*value as u64)
            }
        }
    )*};
}

number!(u64, usize);

impl Value for u32 {
    const EXPECTED: &'static str = "a whole number";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn write(value: &Self) -> String {
        value.to_string()
    }
}

/// A number of bytes, with or without a unit.
pub(super) enum Bytes {}

const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

fn read_bytes(text: &str) -> Option<u64> {
    let unit = UNITS
        .iter()
        .find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, *bytes)));
    let (number, bytes) = unit.unwrap_or((text, 1));
    number.trim_end().parse::<u64>().ok()?.checked_mul(bytes)
}

fn write_bytes(bytes: u64) -> String {
    let unit = UNITS
        .iter()
        .find(|(_, unit)| bytes > 0 && bytes.is_multiple_of(*unit));
    unit.map_or_else(
        || bytes.to_string(),
        |(name, unit)| format!("{}{name}", bytes / unit),
    )
}

/// A setting that is kept as text until it is used.
pub(super) trait SettingText: Default {
    fn parse(text: &str) -> Self;
    /// Returns the text to print, if the setting is set.
    fn show(&self) -> Option<String>;
}

impl SettingText for Vec<String> {
    fn parse(text: &str) -> Self {
        let items = text.split(',').map(str::trim);
        items
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn show(&self) -> Option<String> {
        (!self.is_empty()).then(|| self.join(" + "))
    }
}

/// A text that is never shown.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl SettingText for Option<Secret> {
    fn parse(text: &str) -> Self {
        (!text.is_empty()).then(|| Secret(text.to_owned()))
    }

    fn show(&self) -> Option<String> {
        self.as_ref().map(|_| "***".to_owned())
    }
}

impl SettingText for Option<PathBuf> {
    fn parse(text: &str) -> Self {
        (!text.is_empty()).then(|| text.into())
    }

    fn show(&self) -> Option<String> {
        self.as_ref().map(|path| path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, bytes: Option<u64>, shown: &str) {
        assert_eq!(read_bytes(text), bytes, "{text}");
        assert_eq!(bytes.map(write_bytes).unwrap_or_default(), shown);
    }

    #[test]
    fn sizes_may_have_units() {
        check("1000", Some(1000), "1000");
        check("65536", Some(65536), "64KiB");
        check("2MiB", Some(2 << 20), "2MiB");
        check("3 GiB", Some(3 << 30), "3GiB");
        check("2MB", None, "");
        check("-1", None, "");
        check("18446744073709551615KiB", None, "");
    }
}
