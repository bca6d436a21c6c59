//! A value as it is in Redis: a header, and the value as JSON.

/// The first byte. A record of another version is a miss.
const VERSION: u8 = 1;
const FIELDS: usize = 6;
const LEN: usize = 1 + FIELDS * 8;

/// The facts about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// The epoch of the stamps. Stamps of another one cannot be compared.
    pub(super) epoch: u64,
    /// The time of the stamps before the computation began.
    pub(super) began: u64,
    /// When it was computed, by the clock on the wall of Redis, in microseconds.
    pub(super) written: u64,
    /// How long it is fresh, in microseconds.
    pub(super) fresh: u64,
    /// How long the computation took, in microseconds.
    pub(super) cost: u64,
    /// A random number, by which a process recognises the value that it has already.
    pub(super) id: u64,
}

impl Header {
    fn fields(self) -> [u64; FIELDS] {
        let Self {
            epoch,
            began,
            written,
            fresh,
            cost,
            id,
        } = self;
        [epoch, began, written, fresh, cost, id]
    }
}

pub(super) fn encode(header: Header, value: &[u8]) -> Vec<u8> {
    let mut record = Vec::with_capacity(LEN + value.len());
    record.push(VERSION);
    for field in header.fields() {
        record.extend_from_slice(&field.to_le_bytes());
    }
    record.extend_from_slice(value);
    record
}

/// Returns `None` if it is no record of this version.
pub(super) fn decode(record: &[u8]) -> Option<(Header, &[u8])> {
    let (head, value) = record.split_at_checked(LEN)?;
    let (version, fields) = head.split_first()?;
    if *version != VERSION {
        return None;
    }
    let (fields, _) = fields.as_chunks::<8>();
    let mut fields = fields.iter().map(|field| u64::from_le_bytes(*field));
    let mut next = || fields.next();
    let header = Header {
        epoch: next()?,
        began: next()?,
        written: next()?,
        fresh: next()?,
        cost: next()?,
        id: next()?,
    };
    Some((header, value))
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use super::*;

    const HEADER: Header = Header {
        epoch: 1,
        began: u64::MAX,
        written: 3,
        fresh: 4,
        cost: 5,
        id: 6,
    };

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = encode(HEADER, b"[17]");
        assert_eq!(decode(&record), Some((HEADER, &b"[17]"[..])));
        assert_eq!(decode(&encode(HEADER, b"")), Some((HEADER, &b""[..])));
    }

    #[test]
    fn other_bytes_are_a_miss() {
        let mut other = encode(HEADER, b"1");
        other[0] = 2;
        for bytes in [&b""[..], b"1", &[VERSION; LEN - 1], &other] {
            assert_eq!(decode(bytes), None);
        }
    }
}
