//! Where the requests of HTTP/1 begin and end on the wire, and what hyper does not tell of a head.
//!
//! hyper keeps one of two lengths, and none beside a transfer coding, so a request cannot show what
//! it came with; and it takes a bare line feed for a line's end. A server in front that reads such a
//! head in another way than we do sees other requests than we do (RFC 9112 §11.2), so we refuse it.
//! This follows the bytes on their way to hyper, changes nothing and copies a line only where it
//! comes in pieces.

use memchr::memchr_iter;

/// What bytes on the wire tell of the requests that they are of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RequestFacts {
    /// The number of the request that must be refused, from 1.
    pub(super) refused: Option<u32>,
    /// From which byte on a body is none: what is read up to there is still good.
    pub(super) broken_at: Option<usize>,
}

/// How much is kept of a line that comes in pieces: as much as a length needs.
const MOST_HELD: usize = 48;

/// Follows the requests of one connection.
#[derive(Debug, Default)]
pub(super) struct Framing {
    place: NextPart,
    /// How many heads have ended.
    heads: u32,
    head: Head,
    line: PartialLine,
}

/// What is read next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum NextPart {
    /// The line that begins a request, or an empty one before it.
    #[default]
    Start,
    Head,
    Body(u64),
    ChunkSize,
    Chunk(u64),
    ChunkEnd,
    Trailers,
    /// Behind a line of a chunked body that is none, and that hyper may read over.
    Broken,
    /// Behind something that cannot be followed; hyper refuses it or has ended reading.
    Lost,
}

/// What matters of the head that is being read.
#[derive(Debug, Default)]
struct Head {
    lengths: u32,
    codings: u32,
    length: Option<u64>,
    bare_line_feed: bool,
    /// A length stands behind so many blanks that it is not seen whole.
    hidden_length: bool,
    /// The target has a fragment, which hyper cuts off and a server in front may not.
    fragment: bool,
}

/// The beginning of a line that comes in pieces.
#[derive(Debug)]
struct PartialLine {
    held: [u8; MOST_HELD],
    len: u8,
    /// How long it is in all.
    total: u32,
    ends_with_return: bool,
}

impl Default for PartialLine {
    fn default() -> Self {
        Self {
            held: [0; MOST_HELD],
            len: 0,
            total: 0,
            ends_with_return: false,
        }
    }
}

impl PartialLine {
    fn push(&mut self, piece: &[u8]) {
        let len = usize::from(self.len);
        let kept = piece.len().min(MOST_HELD - len);
        self.held[len..len + kept].copy_from_slice(&piece[..kept]);
        // At most `MOST_HELD`, so the cast loses nothing.
        self.len += kept as u8;
        let piece_len = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        self.total = self.total.saturating_add(piece_len);
        if let Some(last) = piece.last() {
            self.ends_with_return = *last == b'\r';
        }
    }
}

impl Framing {
    /// Returns whether nothing has come of another request.
    pub(super) fn is_between_requests(&self) -> bool {
        self.place == NextPart::Start && self.line.total == 0
    }

    /// Returns whether all of this request, the last one or one before it, is here.
    pub(super) fn is_behind(&self, number: u32) -> bool {
        self.heads != number || matches!(self.place, NextPart::Start | NextPart::Head)
    }

    /// Follows these bytes.
    pub(super) fn read(&mut self, bytes: &[u8]) -> RequestFacts {
        let mut seen = RequestFacts::default();
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            at += match &mut self.place {
                NextPart::Lost => return seen,
                NextPart::Body(left) | NextPart::Chunk(left) => {
                    let taken = usize::try_from(*left).map_or(rest.len(), |n| n.min(rest.len()));
                    *left -= taken as u64;
                    if *left == 0 {
                        self.place = self.place.behind();
                    }
                    taken
                }
                _ => {
                    let (taken, is_sound) = self.lines(rest, &mut seen.refused);
                    if !is_sound {
                        seen.broken_at = Some(at + taken);
                    }
                    taken
                }
            };
        }
        seen
    }

    /// Reads lines up to the first body; returns how many bytes they have, and whether the next ones
    /// are any.
    fn lines(&mut self, bytes: &[u8], refused: &mut Option<u32>) -> (usize, bool) {
        let mut from = 0;
        for end in memchr_iter(b'\n', bytes) {
            let piece = &bytes[from..end];
            if self.is_of_no_interest(piece) {
                from = end + 1;
                continue;
            }
            self.look_for_fragment(piece);
            let fault = self.end_line(piece);
            *refused = refused.or(fault);
            match self.place {
                NextPart::Broken => {
                    self.place = NextPart::Lost;
                    return (from, false);
                }
                NextPart::Lost | NextPart::Body(_) | NextPart::Chunk(_) => return (end + 1, true),
                _ => from = end + 1,
            }
        }
        if from < bytes.len() {
            let piece = &bytes[from..];
            self.look_for_fragment(piece);
            self.line.push(piece);
        }
        (bytes.len(), true)
    }

    /// Returns whether this is a whole line of a head that tells nothing: most of them are.
    fn is_of_no_interest(&self, line: &[u8]) -> bool {
        let first = line.first().map_or(b'\r', u8::to_ascii_lowercase);
        self.place == NextPart::Head
            && self.line.total == 0
            && line.last() == Some(&b'\r')
            && !matches!(first, b'c' | b't' | b'\r')
    }

    fn look_for_fragment(&mut self, piece: &[u8]) {
        if self.place == NextPart::Start {
            self.head.fragment |= piece.contains(&b'#');
        }
    }

    /// Reads a line whose last piece this is, without its line feed.
    fn end_line(&mut self, last: &[u8]) -> Option<u32> {
        if self.line.total == 0 {
            let (text, whole) = match last.strip_suffix(b"\r") {
                Some(text) => (text, true),
                None => (last, false),
            };
            return self.line(text, text.len(), whole);
        }
        let mut line = std::mem::take(&mut self.line);
        line.push(last);
        let total = (line.total - u32::from(line.ends_with_return)) as usize;
        let held = &line.held[..usize::from(line.len).min(total)];
        self.line(held, total, line.ends_with_return)
    }

    /// Reads a line that begins with `text` and is `total` bytes long.
    fn line(&mut self, text: &[u8], total: usize, ends_with_return: bool) -> Option<u32> {
        match self.place {
            NextPart::ChunkSize | NextPart::ChunkEnd | NextPart::Trailers if !ends_with_return => {
                self.place = NextPart::Broken;
            }
            NextPart::Start | NextPart::Head => {
                self.head.bare_line_feed |= !ends_with_return;
                if total > 0 {
                    self.head.line(text, total);
                    self.place = NextPart::Head;
                } else if self.place == NextPart::Head {
                    return self.end_head();
                }
            }
            NextPart::ChunkSize => {
                self.place = match chunk_size(text) {
                    Some(0) => NextPart::Trailers,
                    Some(size) => NextPart::Chunk(size),
                    None => NextPart::Broken,
                };
            }
            NextPart::ChunkEnd if total == 0 => self.place = NextPart::ChunkSize,
            NextPart::Trailers if total == 0 => self.place = NextPart::Start,
            NextPart::Trailers => {}
            _ => self.place = NextPart::Lost,
        }
        None
    }

    fn end_head(&mut self) -> Option<u32> {
        let head = std::mem::take(&mut self.head);
        self.heads = self.heads.wrapping_add(1);
        self.place = match head.length {
            _ if head.codings > 0 => NextPart::ChunkSize,
            Some(0) | None => NextPart::Start,
            Some(length) => NextPart::Body(length),
        };
        let fault = head.bare_line_feed
            || head.hidden_length
            || head.fragment
            || head.lengths + head.codings > 1;
        fault.then_some(self.heads)
    }
}

impl NextPart {
    /// Returns what stands behind a body or a chunk.
    fn behind(self) -> Self {
        match self {
            Self::Chunk(_) => Self::ChunkEnd,
            _ => Self::Start,
        }
    }
}

impl Head {
    fn line(&mut self, text: &[u8], total: usize) {
        match text.first() {
            Some(b'c' | b'C') => {
                if let Some(value) = value_of(text, b"content-length") {
                    self.lengths += 1;
                    // A value that is no number is refused by hyper; one that is cut off may be one.
                    self.hidden_length |= text.len() != total;
                    self.length = number(value);
                }
            }
            Some(b't' | b'T') if value_of(text, b"transfer-encoding").is_some() => {
                self.codings += 1;
            }
            _ => {}
        }
    }
}

/// Returns what stands behind the name and its colon.
fn value_of<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    if !start.eq_ignore_ascii_case(name) {
        return None;
    }
    value.trim_ascii_start().strip_prefix(b":")
}

fn number(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()
}

/// Reads the size of a chunk, of at most 16 digits, and makes sure that nothing but extensions is behind
/// it (RFC 9112 §7.1): hyper takes more zeros, and a blank.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let end = line.iter().position(|byte| !byte.is_ascii_hexdigit());
    let (digits, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_ascii_start();
    if digits.len() > 16 || !(rest.is_empty() && end.is_none() || rest.starts_with(b";")) {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the text at once and byte by byte, and returns the numbers of the refused requests.
    fn check(text: &str, refused: Option<u32>, heads: u32) {
        let mut whole = Framing::default();
        assert_eq!(whole.read(text.as_bytes()).refused, refused, "{text:?}");
        let mut pieces = Framing::default();
        let faults: Vec<_> = text
            .as_bytes()
            .chunks(1)
            .filter_map(|byte| pieces.read(byte).refused)
            .collect();
        assert_eq!(faults.first().copied(), refused, "{text:?} in pieces");
        assert_eq!((whole.heads, pieces.heads), (heads, heads), "{text:?}");
    }

    #[test]
    fn requests_are_told_apart() {
        check("GET / HTTP/1.1\r\nhost: a\r\n\r\n", None, 1);
        check("\r\nGET / HTTP/1.1\r\n\r\n", None, 1);
        let post = "POST / HTTP/1.1\r\ncontent-length: 21\r\n\r\ncontent-length: 1\r\n\r\n";
        let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
                       5;ext=1\r\n\r\n\r\n\n\r\n13\r\ncontent-length: 1\r\n\r\n0\r\ntrailer: 1\r\n\r\n";
        check(&post.repeat(3), None, 3);
        check(&[chunked, post, chunked].concat(), None, 3);
    }

    #[test]
    fn head_with_two_framings_is_refused() {
        let (cl, te) = ("content-length: 3\r\n", "transfer-encoding: chunked\r\n");
        let head = |lines: String| format!("POST / HTTP/1.1\r\nhost: a\r\n{lines}\r\n");
        check(&head([cl, te].concat()), Some(1), 1);
        check(&head([te, cl].concat()), Some(1), 1);
        check(&head([cl, cl].concat()), Some(1), 1);
        check(&head([te, te].concat()), Some(1), 1);
        check(&head(["Content-Length :3\r\n", te].concat()), Some(1), 1);
        let first = "GET / HTTP/1.1\r\n\r\n".to_owned();
        check(&(first + &head([cl, te].concat())), Some(2), 2);
    }

    #[test]
    fn bare_line_feed_is_refused() {
        check("GET / HTTP/1.1\nhost: a\r\n\r\n", Some(1), 1);
        check("GET / HTTP/1.1\r\nhost: a\n\r\n", Some(1), 1);
        check("GET / HTTP/1.1\r\nhost: a\r\n\n", Some(1), 1);
        check("\nGET / HTTP/1.1\r\nhost: a\r\n\r\n", Some(1), 1);
    }

    #[test]
    fn length_that_is_not_seen_whole_is_refused() {
        let blanks = " ".repeat(60);
        let mut framing = Framing::default();
        let head = format!("POST / HTTP/1.1\r\nContent-Length: {blanks}");
        assert_eq!(framing.read(head.as_bytes()), RequestFacts::default());
        assert_eq!(framing.read(b"18\r\n\r\n").refused, Some(1));
    }

    #[test]
    fn fragment_is_refused() {
        check("GET /a#b HTTP/1.1\r\nhost: a\r\n\r\n", Some(1), 1);
        check(
            "GET /a HTTP/1.1\r\nx: #\r\n\r\n#GET / HTTP/1.1\r\n\r\n",
            Some(2),
            2,
        );
    }

    #[test]
    fn chunked_body_breaks_where_a_line_is_none() {
        let head = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
        for (good, bad) in [
            ("", "1\na\r\n"),
            ("1\r\na", "\n0\r\n\r\n"),
            ("0\r\n", "\nGET / HTTP/1.1\r\n\r\n"),
            ("0\r\nx: y\r\n", "z: z\n\r\n"),
            ("", "00000000000000001\r\na\r\n"),
            ("", "1 \r\na\r\n"),
            ("", "\r\n"),
        ] {
            let good = [head, good].concat();
            let seen = Framing::default().read([&good, bad].concat().as_bytes());
            let expected = RequestFacts {
                refused: None,
                broken_at: Some(good.len()),
            };
            assert_eq!(seen, expected, "{bad:?}");
        }
    }

    #[test]
    fn long_line_in_pieces_is_no_length() {
        let long = "a".repeat(1000);
        check(
            &format!("GET / HTTP/1.1\r\nx: {long}\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
            None,
            2,
        );
    }
}
