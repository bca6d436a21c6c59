//! Parses the types and lengths of the frames on an HTTP/3 stream (RFC 9114 §7.1).

/// The longest frame of the control stream. SETTINGS is the longest that is of use.
const MOST_OF_CONTROL: u64 = 4 * 1024;
/// The type of a body's frames. They have no limit because h3 does not buffer them.
const DATA: u64 = 0;
/// The type of the control stream, the only unidirectional stream with frames.
const CONTROL: u64 = 0;

/// Follows the bytes of a stream without storing them.
#[derive(Debug)]
pub(super) struct StreamFrames {
    place: NextPart,
    /// The type or length that is being read.
    number: Number,
    /// The longest frame that may be announced, unless it is DATA.
    most: u64,
}

/// The kind of the next bytes.
#[derive(Debug, Clone, Copy)]
enum NextPart {
    /// The type of a unidirectional stream.
    Stream,
    /// The type of a frame.
    Kind,
    /// The length of a frame of this type.
    Length(u64),
    /// This many more bytes of a frame.
    Payload(u64),
    /// The rest of a stream without frames.
    Anything,
}

/// A variable-length integer of one to eight bytes (RFC 9000 §16) that may be incomplete.
#[derive(Debug, Default)]
struct Number {
    value: u64,
    /// How many bytes are missing. `None` before the first byte, which contains the length.
    left: Option<u8>,
}

/// A frame announces more than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl StreamFrames {
    /// Follows a request stream, whose frames but DATA are limited to `most` bytes.
    pub(super) fn of_request(most: u64) -> Self {
        Self::at(NextPart::Kind, most)
    }

    /// Follows a unidirectional stream.
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
    ///
    /// # Errors
    /// Fails if a frame announces more than the limit.
    pub(super) fn follow(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
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
    /// Adds a byte. Returns the number when it is complete.
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

    /// Reads the bytes at once, and byte by byte.
    fn check(frames: fn() -> StreamFrames, bytes: &[u8], expected: Result<(), TooLong>) {
        assert_eq!(frames().follow(bytes), expected, "{bytes:x?}");
        let mut frames = frames();
        let one_by_one = bytes.chunks(1).try_for_each(|byte| frames.follow(byte));
        assert_eq!(one_by_one, expected, "{bytes:x?} one by one");
    }

    fn request() -> StreamFrames {
        StreamFrames::of_request(100)
    }

    #[test]
    fn buffered_frames_are_limited() {
        // HEADERS of 100 bytes, of 101 bytes, of 2^62 - 1 bytes, and frames of a reserved type.
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
    fn data_frames_are_not_limited() {
        let body = [&[0, 0x80, 0, 1, 0][..], &[0xff; 256]].concat();
        check(request, &body, Ok(()));
        check(
            request,
            &[body.as_slice(), &[1, 0x40, 101]].concat(),
            Err(TooLong),
        );
    }

    #[test]
    fn only_the_control_stream_has_limited_frames() {
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
