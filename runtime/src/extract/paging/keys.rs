//! The keys of cursors: signing, and verifying.

use std::{fmt, sync::Arc};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{Cursor, query};
use crate::error::{Error, Result};

/// The length of a signature: half of a hash, which is the least that RFC 2104 §5 recommends.
const TAG: usize = 16;

/// The length of the shortest secret: that of the hash (RFC 2104 §3).
const SECRET: usize = 32;

/// The keys that sign the cursors of an app, as a field of its state. A clone shares them.
///
/// # Examples
/// ```
/// use highball::{paging::CursorKeys, prelude::*};
///
/// #[derive(State)]
/// struct AppState {
///     keys: CursorKeys,
/// }
///
/// # fn main() -> highball::Result {
/// # let (new, old) = ("a new secret of 32 bytes at least", "an old secret of 32 bytes at least");
/// # /*
/// let new = std::env::var("CURSOR_SECRET")?; // from `openssl rand -base64 32`
/// let old = std::env::var("OLD_CURSOR_SECRET")?;
/// # */
/// let state = AppState { keys: CursorKeys::new([new, old])? };
/// assert!(CursorKeys::new(["short"]).is_err());
/// # let _ = state;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CursorKeys(Arc<[Hmac<Sha256>]>);

impl CursorKeys {
    /// Returns the keys of these secrets. The first signs, and all of them verify.
    ///
    /// To replace a secret, put the new one first, and remove the old one when no client has its cursors any more. With
    /// several processes, add the new one at the end first, so that all of them can verify it.
    ///
    /// # Errors
    /// Returns an error if there is no secret, or if one has less than 32 bytes.
    #[track_caller]
    pub fn new<S: AsRef<[u8]>>(secrets: impl IntoIterator<Item = S>) -> Result<Self> {
        let mut keys = Vec::new();
        for secret in secrets {
            let secret = secret.as_ref();
            let key = Hmac::new_from_slice(secret).ok();
            let key = key.filter(|_| secret.len() >= SECRET);
            let short = || Error::new(format!("a secret of cursors has less than {SECRET} bytes"));
            keys.push(key.ok_or_else(short)?);
        }
        match keys.is_empty() {
            true => Err(Error::new("cursors need at least one secret")),
            false => Ok(Self(keys.into())),
        }
    }

    /// Returns the text of a cursor, signed.
    pub(super) fn seal<C: Cursor>(
        &self,
        binding: &Binding,
        cursor: &C,
    ) -> serde_json::Result<String> {
        let content = serde_json::to_vec(cursor)?;
        let mut bytes = Vec::with_capacity(TAG + content.len());
        if let Some(key) = self.0.first() {
            let tag = binding.sign(key, &content).finalize().into_bytes();
            bytes.extend_from_slice(&tag[..TAG]);
        }
        bytes.extend_from_slice(&content);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads the text of a cursor. Returns `None` if it is malformed, unsigned, or of another list.
    pub(super) fn open<C: Cursor>(&self, binding: &Binding, text: &str) -> Option<C> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (tag, content) = bytes.split_at_checked(TAG)?;
        let is_signed = |key| {
            let mac = binding.sign(key, content);
            mac.verify_truncated_left(tag).is_ok()
        };
        // An earlier version of the app may have signed another type of cursor.
        let cursor = self.0.iter().any(is_signed).then_some(content)?;
        serde_json::from_slice(cursor).ok()
    }
}

impl fmt::Debug for CursorKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CursorKeys")
            .field("count", &self.0.len())
            .finish_non_exhaustive()
    }
}

/// The list that a cursor is valid for: a hash of its name, its path and the filters in the query.
pub(super) struct Binding([u8; 32]);

impl Binding {
    pub(super) fn new(list: &str, path: &str, query: &str) -> Self {
        let mut hash = Sha256::new_with_prefix("highball cursor 1");
        // Each part has its length before it, so that two lists of parts never are the same bytes.
        for part in [list, path].into_iter().chain(query::filters(query)) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    fn sign(&self, key: &Hmac<Sha256>, content: &[u8]) -> Hmac<Sha256> {
        key.clone().chain_update(self.0).chain_update(content)
    }
}
