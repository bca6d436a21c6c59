//! Follows the framing of HTTP/1 requests, to detect heads and bodies that servers read differently.
//!
//! hyper merges equal `content-length` headers, drops one that comes with a `transfer-encoding`,
//! accepts bare line feeds as line ends and cuts off fragments. The request that it returns shows
//! none of this. If a proxy in front reads such a head differently, it sees other requests than this
//! server does (request smuggling, RFC 9112 §11.2), so the server rejects these requests.
//!
//! [`Framing`] sees the bytes on their way to hyper and changes none of them. It copies a line only
//! if the line arrives in pieces. A parser in front of hyper was rejected: it would be a second
//! opinion on every rule of HTTP/1, while this one decides six.

use memchr::memchr_iter;

#[cfg(test)]
mod tests;

/// The framing errors in the bytes of one read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FramingErrors {
    /// The number of the request to reject, counted from 1.
    pub(super) rejected: Option<u32>,
    /// The offset at which a chunked body becomes invalid. The bytes before it are valid.
    pub(super) broken_at: Option<usize>,
}

/// How many bytes are kept of a line that arrives in pieces: enough for a `content-length`.
const MAX_HELD: usize = 48;

/// Follows the requests of one connection.
#[derive(Debug, Default)]
pub(super) struct Framing {
    /// The kind of the next bytes.
    next: NextPart,
    /// How many heads were read completely. It is also the number of the current request.
    heads: u32,
    /// The head that is being read.
    head: Head,
    /// The line that is being read, if it arrives in pieces.
    line: PartialLine,
}

/// The part that is read next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum NextPart {
    /// A request line, or an empty line before it.
    #[default]
    Start,
    /// A header line, or the empty line after the headers.
    Head,
    /// This many more bytes of a body with a length.
    Body(u64),
    /// The line with the size of a chunk.
    ChunkSize,
    /// This many more bytes of a chunk.
    Chunk(u64),
    /// The line end after a chunk.
    ChunkEnd,
    /// A trailer line, or the empty line after the trailers.
    Trailers,
    /// The current line of a chunked body is invalid, and hyper may accept it.
    Broken,
    /// The bytes can no longer be followed. hyper rejects them or has stopped reading.
    Lost,
}

/// The facts about the head that is being read.
#[derive(Debug, Default)]
struct Head {
    /// The number of `content-length` headers.
    lengths: u32,
    /// The number of `transfer-encoding` headers.
    codings: u32,
    /// The value of the last `content-length`, if it is a number.
    length: Option<u64>,
    /// Whether a line ended without a carriage return.
    bare_line_feed: bool,
    /// Whether a `content-length` line is longer than the bytes that are kept of it.
    hidden_length: bool,
    /// Whether the target has a fragment, which hyper cuts off and a proxy in front may not.
    fragment: bool,
}

/// The beginning of a line that arrives in pieces.
#[derive(Debug)]
struct PartialLine {
    held: [u8; MAX_HELD],
    /// How many bytes of `held` are in use.
    len: u8,
    /// The length of the whole line so far.
    total: u32,
    /// Whether the last byte was a carriage return.
    ends_with_return: bool,
}

impl Default for PartialLine {
    fn default() -> Self {
        Self {
            held: [0; MAX_HELD],
            len: 0,
            total: 0,
            ends_with_return: false,
        }
    }
}

impl PartialLine {
    fn push(&mut self, piece: &[u8]) {
        let len = usize::from(self.len);
        let kept = piece.len().min(MAX_HELD - len);
        self.held[len..len + kept].copy_from_slice(&piece[..kept]);
        // At most `MAX_HELD`, so the cast loses nothing.
        self.len += kept as u8;
        let piece_len = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        self.total = self.total.saturating_add(piece_len);
        if let Some(last) = piece.last() {
            self.ends_with_return = *last == b'\r';
        }
    }
}

impl Framing {
    /// Returns whether no byte of another request has arrived.
    pub(super) fn is_between_requests(&self) -> bool {
        self.next == NextPart::Start && self.line.total == 0
    }

    /// Returns whether this request, the last one or an earlier one, has arrived completely.
    pub(super) fn has_arrived(&self, number: u32) -> bool {
        self.heads != number || matches!(self.next, NextPart::Start | NextPart::Head)
    }

    /// Follows the next bytes and returns their framing errors.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> FramingErrors {
        let mut seen = FramingErrors::default();
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            at += match &mut self.next {
                NextPart::Lost => return seen,
                NextPart::Body(left) | NextPart::Chunk(left) => {
                    let taken = usize::try_from(*left).map_or(rest.len(), |n| n.min(rest.len()));
                    *left -= taken as u64;
                    if *left == 0 {
                        self.next = self.next.after();
                    }
                    taken
                }
                _ => {
                    let (taken, is_sound) = self.read_lines(rest, &mut seen.rejected);
                    if !is_sound {
                        seen.broken_at = Some(at + taken);
                    }
                    taken
                }
            };
        }
        seen
    }

    /// Reads lines up to the next body. Returns how many bytes were read, and `false` if the line
    /// after them is invalid.
    fn read_lines(&mut self, bytes: &[u8], rejected: &mut Option<u32>) -> (usize, bool) {
        let mut from = 0;
        for end in memchr_iter(b'\n', bytes) {
            let piece = &bytes[from..end];
            if self.is_of_no_interest(piece) {
                from = end + 1;
                continue;
            }
            self.look_for_fragment(piece);
            let fault = self.end_line(piece);
            *rejected = rejected.or(fault);
            match self.next {
                NextPart::Broken => {
                    self.next = NextPart::Lost;
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

    /// Returns whether this is a complete header line that cannot matter. Most lines take this path,
    /// so it looks only at the first byte and the last.
    fn is_of_no_interest(&self, line: &[u8]) -> bool {
        let first = line.first().map_or(b'\r', u8::to_ascii_lowercase);
        self.next == NextPart::Head
            && self.line.total == 0
            && line.last() == Some(&b'\r')
            && !matches!(first, b'c' | b't' | b'\r')
    }

    /// Records whether the request line has a fragment.
    fn look_for_fragment(&mut self, piece: &[u8]) {
        if self.next == NextPart::Start {
            self.head.fragment |= piece.contains(&b'#');
        }
    }

    /// Reads the line that ends with this piece. The piece is without the line feed.
    fn end_line(&mut self, last: &[u8]) -> Option<u32> {
        if self.line.total == 0 {
            let (text, whole) = match last.strip_suffix(b"\r") {
                Some(text) => (text, true),
                None => (last, false),
            };
            return self.read_line(text, text.len(), whole);
        }
        let mut line = std::mem::take(&mut self.line);
        line.push(last);
        let total = (line.total - u32::from(line.ends_with_return)) as usize;
        let held = &line.held[..usize::from(line.len).min(total)];
        self.read_line(held, total, line.ends_with_return)
    }

    /// Reads a line that begins with `text` and is `total` bytes long. Returns the number of the
    /// request if its head ends here and is invalid.
    fn read_line(&mut self, text: &[u8], total: usize, ends_with_return: bool) -> Option<u32> {
        match self.next {
            NextPart::ChunkSize | NextPart::ChunkEnd | NextPart::Trailers if !ends_with_return => {
                self.next = NextPart::Broken;
            }
            NextPart::Start | NextPart::Head => {
                self.head.bare_line_feed |= !ends_with_return;
                if total > 0 {
                    self.head.read_line(text, total);
                    self.next = NextPart::Head;
                } else if self.next == NextPart::Head {
                    return self.end_head();
                }
            }
            NextPart::ChunkSize => {
                self.next = match chunk_size(text) {
                    Some(0) => NextPart::Trailers,
                    Some(size) => NextPart::Chunk(size),
                    None => NextPart::Broken,
                };
            }
            NextPart::ChunkEnd if total == 0 => self.next = NextPart::ChunkSize,
            NextPart::Trailers if total == 0 => self.next = NextPart::Start,
            NextPart::Trailers => {}
            _ => self.next = NextPart::Lost,
        }
        None
    }

    /// Ends a head: decides where its body ends, and returns its number if it is invalid.
    fn end_head(&mut self) -> Option<u32> {
        let head = std::mem::take(&mut self.head);
        self.heads = self.heads.wrapping_add(1);
        self.next = match head.length {
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
    /// Returns what follows a body or a chunk.
    fn after(self) -> Self {
        match self {
            Self::Chunk(_) => Self::ChunkEnd,
            _ => Self::Start,
        }
    }
}

impl Head {
    fn read_line(&mut self, text: &[u8], total: usize) {
        match text.first() {
            Some(b'c' | b'C') => {
                if let Some(value) = header_value(text, b"content-length") {
                    self.lengths += 1;
                    // hyper rejects a value that is not a number, but a truncated value may be
                    // a wrong number here, and hyper reads the right one.
                    self.hidden_length |= text.len() != total;
                    self.length = parse_length(value);
                }
            }
            Some(b't' | b'T') if header_value(text, b"transfer-encoding").is_some() => {
                self.codings += 1;
            }
            _ => {}
        }
    }
}

/// Returns the value of a header line if it has this name.
fn header_value<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    if !start.eq_ignore_ascii_case(name) {
        return None;
    }
    value.trim_ascii_start().strip_prefix(b":")
}

fn parse_length(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()
}

/// Parses the size of a chunk (RFC 9112 §7.1). Returns `None` if it has more than 16 digits or if
/// anything but extensions follows. hyper accepts more leading zeros and trailing spaces.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let end = line.iter().position(|byte| !byte.is_ascii_hexdigit());
    let (digits, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_ascii_start();
    if digits.len() > 16 || !(rest.is_empty() && end.is_none() || rest.starts_with(b";")) {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
