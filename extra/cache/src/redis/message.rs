//! The messages by which processes invalidate for each other: `epoch clock [origin, ["member", ..]]`.

use super::stamps::{EVERYTHING, Seen};
use crate::tags::Tag;

/// Invalidations that a process has published.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) seen: Seen,
    /// The random number of the `Redis` that has published them.
    pub(super) origin: u64,
    members: Vec<String>,
}

impl Message {
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        let (epoch, rest) = text.split_once(' ')?;
        let (clock, rest) = rest.split_once(' ')?;
        let (origin, members) = serde_json::from_str(rest).ok()?;
        Some(Self {
            seen: Seen {
                epoch: epoch.parse().ok()?,
                clock: clock.parse().ok()?,
            },
            origin,
            members,
        })
    }

    pub(super) fn invalidations(self) -> impl Iterator<Item = Invalidation> {
        self.members.into_iter().filter_map(Invalidation::of)
    }
}

/// The effect of a member of the stamps.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Invalidation {
    Everything,
    Tag(Tag),
}

impl Invalidation {
    pub(super) fn of(member: String) -> Option<Self> {
        if member == EVERYTHING {
            return Some(Self::Everything);
        }
        let tag = member.strip_prefix('t')?;
        Some(Self::Tag(tag.to_owned().into()))
    }
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_parsed() {
        let message =
            Message::parse(br#"7 9 [18446744073709551615,["tproduct:17","@floor","@clock"]]"#);
        let message = message.expect("it is a message");
        assert_eq!(message.seen, Seen { epoch: 7, clock: 9 });
        assert_eq!(message.origin, u64::MAX);
        let invalidations: Vec<_> = message.invalidations().collect();
        let tag = Invalidation::Tag("product:17".into());
        assert_eq!(invalidations, [tag, Invalidation::Everything]);
    }

    #[test]
    fn other_texts_are_ignored() {
        let texts: [&[u8]; 6] = [
            b"",
            b"7",
            b"7 9",
            b"7 x [1,[]]",
            b"7 9 [1]",
            b"\xff 9 [1,[]]",
        ];
        for text in texts {
            assert_eq!(Message::parse(text), None);
        }
    }
}
