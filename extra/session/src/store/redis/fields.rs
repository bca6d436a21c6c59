//! The fields of the hash of a session.

use std::collections::HashMap;

use highball::serde_json;

use crate::{
    Key,
    store::{Data, Head, Millis, Slot, StoreError},
};

/// The fields of a hash.
pub(super) type Fields = HashMap<String, Vec<u8>>;

/// How much longer Redis keeps a session than it lasts. The app decides by its own clock, which may be slower.
const MARGIN: Millis = 60_000;

/// The longest time that Redis keeps a session: a hundred years.
const MOST: Millis = 100 * 365 * 24 * 60 * 60 * 1000;

/// The field `head`: what only a new key changes, as a JSON array in the order of [`Head`].
type Fixed<T> = (Option<T>, Millis, Millis, Millis, bool, T);

/// Returns the field `head`.
pub(super) fn head_to_json(head: &Head) -> Result<Vec<u8>, StoreError> {
    let fixed: Fixed<&str> = (
        head.user.as_deref(),
        head.created,
        head.logged_in,
        head.renewed,
        head.remembered,
        &head.agent,
    );
    serde_json::to_vec(&fixed).map_err(StoreError::new)
}

/// Returns the head in the fields `head`, `seen` and `expires`.
pub(super) fn head_of(json: &[u8], seen: &[u8], expires: &[u8]) -> Result<Head, StoreError> {
    let fixed: Fixed<String> = serde_json::from_slice(json).map_err(StoreError::new)?;
    let (user, created, logged_in, renewed, remembered, agent) = fixed;
    Ok(Head {
        user,
        created,
        logged_in,
        renewed,
        seen: number(seen).ok_or_else(damaged)?,
        expires: number(expires).ok_or_else(damaged)?,
        remembered,
        agent,
    })
}

/// Returns the head and the slots of a session.
pub(super) fn session(mut fields: Fields) -> Result<(Head, Vec<(String, Slot)>), StoreError> {
    let mut take = |name| fields.remove(name).ok_or_else(damaged);
    let head = head_of(&take("head")?, &take("seen")?, &take("expires")?)?;
    let slots = fields.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("slot:")?.to_owned();
        Some(slot(value).map(|slot| (name, slot)))
    });
    Ok((head, slots.collect::<Result<_, _>>()?))
}

/// Reads `version:schema:json`.
pub(super) fn slot(value: &[u8]) -> Result<Slot, StoreError> {
    let mut parts = value.splitn(3, |byte| *byte == b':');
    let mut part = || parts.next().ok_or_else(damaged);
    let version = number(part()?).ok_or_else(damaged)?;
    let schema = number(part()?).and_then(|schema| schema.try_into().ok());
    let data = Data {
        schema: schema.ok_or_else(damaged)?,
        json: part()?.to_vec(),
    };
    Ok(Slot { version, data })
}

/// Returns `schema:json`.
pub(super) fn data_to_field(data: &Data) -> Vec<u8> {
    let mut field = format!("{}:", data.schema).into_bytes();
    field.extend_from_slice(&data.json);
    field
}

/// Returns until when a key in the field `kept` leads to the session.
pub(super) fn kept_until(fields: &Fields, key: &Key) -> Option<Millis> {
    let kept = std::str::from_utf8(fields.get("kept")?).ok()?;
    let own = key.hex();
    let mut entries = kept.split(' ').filter_map(|entry| entry.split_once('='));
    let (_, until) = entries.find(|(key, _)| *key == own)?;
    until.parse().ok()
}

/// Reads a key of hexadecimal digits.
pub(super) fn key(hex: &[u8]) -> Result<Key, StoreError> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut bytes = [0; 32];
    if hex.len() != 64 {
        return Err(damaged());
    }
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        let (high, low) = digit(pair[0]).zip(digit(pair[1])).ok_or_else(damaged)?;
        *byte = u8::try_from(high * 16 + low).unwrap_or_default();
    }
    Ok(Key::new(bytes))
}

/// Returns how long Redis keeps what lasts from one time to another. It removes at once what has expired before.
pub(super) fn ttl(from: Millis, until: Millis) -> Millis {
    match until.saturating_sub(from) {
        0 => 0,
        lasts => lasts.saturating_add(MARGIN).min(MOST),
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn damaged() -> StoreError {
    StoreError::new("a session in Redis has other fields than this program writes")
}
