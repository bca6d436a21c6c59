//! The part of a load that one of several generators sends.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of `of` generators that send one load together, counted from 0.
///
/// It sends every `of`th request of the schedule, so that all shards together send the requests of one generator, at
/// the same times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shard {
    pub(crate) index: u64,
    pub(crate) of: u64,
}

impl Shard {
    /// The whole load.
    pub(crate) const WHOLE: Self = Self { index: 0, of: 1 };

    /// Returns the number of the shard's `nth` request in the whole load, from 0.
    pub(crate) fn number(self, nth: u64) -> u64 {
        self.index + nth * self.of
    }

    /// Returns how many of the first `count` requests of the whole load belong to the shard.
    pub(crate) fn share(self, count: u64) -> u64 {
        count.saturating_sub(self.index).div_ceil(self.of)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let parsed = parts.and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        let (index, of) = parsed
            .ok_or_else(|| format!("`{text}` is not a shard: write `0/8` for the first of 8"))?;
        if index >= of {
            return Err(format!(
                "there is no shard {text}: shards are counted from 0"
            ));
        }
        Ok(Self { index, of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_send_each_request_once() {
        for of in 1..6 {
            for count in 0..40 {
                let mut sent: Vec<u64> = (0..of)
                    .map(|index| Shard { index, of })
                    .flat_map(|shard| (0..shard.share(count)).map(move |nth| shard.number(nth)))
                    .collect();
                sent.sort_unstable();
                assert!(
                    sent.into_iter().eq(0..count),
                    "{count} requests, {of} shards"
                );
            }
        }
    }

    #[test]
    fn invalid_shards_are_rejected() {
        assert_eq!("2/8".parse(), Ok(Shard { index: 2, of: 8 }));
        for text in ["", "1", "/", "8/8", "0/0", "-1/2", "1/2/3", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
