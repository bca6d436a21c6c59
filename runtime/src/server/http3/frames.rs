//! Which frames go by on a stream of HTTP/3, and how long each says to be (RFC 9114 §7.1).

/// How long a frame of the control stream may be: settings are the longest that are of use.
const MOST_OF_CONTROL: u64 = 4 * 1024;
/// StreamFrames of a body; they are handed on as they come.
const DATA: u64 = 0;
/// The type of a control stream, which alone of those that go one way has frames.
const CONTROL: u64 = 0;

/// Follows the bytes of a stream; it keeps none of them.
#[derive(Debug)]
pub(super) struct StreamFrames {
    place: NextPart,
    number: Number,
    /// The most that a frame may announce, unless it is of a body.
    most: u64,
}

/// What comes next.
#[derive(Debug, Clone, Copy)]
enum NextPart {
    /// The type of a stream that goes one way.
    Stream,
    /// The type of a frame.
    Kind,
    /// The length of a frame of this type.
    Length(u64),
    /// So many bytes of a frame.
    Payload(u64),
    /// What has no frames.
    Anything,
}

/// A number of one to eight bytes (RFC 9000 §16), as far as it is here.
#[derive(Debug, Default)]
struct Number {
    value: u64,
    /// How many bytes are still to come, once the first is here.
    left: Option<u8>,
}

/// A frame announces more than anyone keeps.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl StreamFrames {
    /// Follows a request; no frame but a body's may be longer than `most`.
    pub(super) fn of_request(most: u64) -> Self {
        Self::at(NextPart::Kind, most)
    }

    /// Follows a stream that goes one way.
    pub(super) fn of_one_way() -> Self {
        Self::at(NextPart::Stream, MOST_OF_CONTROL)
    }

    fn at(place: NextPart, most: u64) -> Self {
        let number = Number::default();
        Self {
            place,
            number,
            most,
        }
    }

    /// Follows the next bytes.
    pub(super) fn read(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
        while let Some((first, rest)) = bytes.split_first() {
            if let NextPart::Anything = self.place {
                return Ok(());
            }
            if let NextPart::Payload(left) = self.place {
                let skipped = left.min(bytes.len() as u64);
                // No longer than the slice, so the cast loses nothing.
                bytes = &bytes[skipped as usize..];
                self.place = match left - skipped {
                    0 => NextPart::Kind,
                    left => NextPart::Payload(left),
                };
                continue;
            }
            bytes = rest;
            if let Some(number) = self.number.add(*first) {
                self.place = self.after(number)?;
            }
        }
        Ok(())
    }

    fn after(&self, number: u64) -> Result<NextPart, TooLong> {
        Ok(match self.place {
            NextPart::Stream if number == CONTROL => NextPart::Kind,
            NextPart::Stream => NextPart::Anything,
            NextPart::Kind => NextPart::Length(number),
            NextPart::Length(kind) if kind != DATA && number > self.most => return Err(TooLong),
            NextPart::Length(_) if number == 0 => NextPart::Kind,
            NextPart::Length(_) => NextPart::Payload(number),
            place => place,
        })
    }
}

impl Number {
    /// Adds a byte; returns the number when it was the last.
    fn add(&mut self, byte: u8) -> Option<u64> {
        let left = match self.left {
            None => {
                self.value = u64::from(byte & 0x3f);
                (1 << (byte >> 6)) - 1
            }
            Some(left) => {
                self.value = self.value << 8 | u64::from(byte);
                left - 1
            }
        };
        self.left = (left > 0).then_some(left);
        (left == 0).then_some(self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows the bytes whole, and one by one.
    fn check(frames: fn() -> StreamFrames, bytes: &[u8], expected: Result<(), TooLong>) {
        assert_eq!(frames().read(bytes), expected, "{bytes:x?}");
        let mut frames = frames();
        let one_by_one = bytes.chunks(1).try_for_each(|byte| frames.read(byte));
        assert_eq!(one_by_one, expected, "{bytes:x?} one by one");
    }

    fn request() -> StreamFrames {
        StreamFrames::of_request(100)
    }

    #[test]
    fn frames_that_are_kept_are_bounded() {
        // HEADERS of 100 bytes and of 101; of 2^62 - 1; of a type that nobody knows.
        let head = [&[1, 0x40, 100][..], &[0; 100]].concat();
        check(request, &head, Ok(()));
        check(
            request,
            &[head.as_slice(), &[1, 0x40, 101]].concat(),
            Err(TooLong),
        );
        check(request, &[&[1][..], &[0xff; 8]].concat(), Err(TooLong));
        check(request, &[0x21, 0x40, 101], Err(TooLong));
        check(request, &[1, 0, 0x21, 0, 1, 0x40, 101], Err(TooLong));
    }

    #[test]
    fn bodies_are_not() {
        let body = [&[0, 0x80, 0, 1, 0][..], &[0xff; 256]].concat();
        check(request, &body, Ok(()));
        check(
            request,
            &[body.as_slice(), &[1, 0x40, 101]].concat(),
            Err(TooLong),
        );
    }

    #[test]
    fn control_stream_has_frames_and_others_do_not() {
        check(StreamFrames::of_one_way, &[0, 4, 0, 0x21, 0x50, 0], Ok(()));
        check(
            StreamFrames::of_one_way,
            &[0, 4, 0, 0x21, 0x50, 1],
            Err(TooLong),
        );
        check(
            StreamFrames::of_one_way,
            &[2, 0x21, 0xff, 0xff, 0xff, 0xff],
            Ok(()),
        );
    }
}
