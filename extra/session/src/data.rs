//! The data of sessions: slots, each with a type.

use highball::{
    extract::{Fact, Facts},
    serde_json,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::store::Data;

/// Data of a session: a slot with a key. `#[derive(SessionData)]` implements it.
///
/// Each slot is stored apart, so changes of two slots never conflict. If its type changes in a way that old data does
/// not fit, increase its version: old data is dropped then, and the slot begins with its default.
///
/// # Examples
/// ```
/// use highball_session::SessionData;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Default, Serialize, Deserialize, SessionData)]
/// #[session(key = "cart", version = 2)]
/// struct Cart {
///     items: Vec<u64>,
/// }
///
/// assert_eq!((Cart::KEY, Cart::VERSION), ("cart", 2));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no data of a session",
    label = "not a slot",
    note = "put `#[derive(SessionData)]` and `#[session(key = \"..\")]` on `{Self}`"
)]
pub trait SessionData: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name of the slot. Two types of an app cannot have the same.
    const KEY: &'static str;

    /// The version of the type. Data of another version is dropped.
    const VERSION: u32 = 1;

    /// The path of the type, by which the compiler finds two types with one key.
    const TYPE: &'static str;

    /// Whether it is the identity of a user, so that a request without it is rejected.
    const IS_IDENTITY: bool;

    /// Returns the value of a slot that has no data: the default, or `None` for an identity.
    fn missing() -> Option<Self>;

    /// Returns the user, if it is an identity.
    fn owner(&self) -> Option<String> {
        None
    }
}

/// Data that a handler can change: all except the identity of a user. `#[derive(SessionData)]` implements it.
///
/// # Examples
/// ```
/// use highball_session::{Session, SessionData, SessionError, Writable};
///
/// /// Empties any slot.
/// async fn clear<T: Writable + Default>(slot: &mut Session<'_, T>) -> Result<(), SessionError> {
///     slot.update(|data| *data = T::default()).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is the identity of a user, and only a login changes it",
    label = "would be set without a new id of the session",
    note = "take `Login<'_, {Self}>` and call `begin`: it gives the session a new id, so that an id which was planted before the login is worthless"
)]
pub trait Writable: SessionData {}

/// The identity of a user: data that only [`Login`](crate::Login) sets. `#[session(identity = id)]` implements it.
///
/// # Examples
/// ```
/// use highball_session::{Identity, SessionData};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Serialize, Deserialize, SessionData)]
/// #[session(key = "user", identity = id)]
/// struct User {
///     id: u64,
///     name: String,
/// }
///
/// assert_eq!(User { id: 7, name: "zoe".to_owned() }.user(), "7");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the identity of a user",
    label = "cannot log in",
    note = "write `#[session(key = \"..\", identity = id)]` on `{Self}`, with the field that is unique for each user"
)]
pub trait Identity: SessionData {
    /// Returns the text by which the sessions of a user are found. It must never change.
    fn user(&self) -> String;
}

/// The facts of an argument that reads this slot.
pub(crate) struct FactsOf<T>(T);

impl<T: SessionData> FactsOf<T> {
    const NAMED: Facts =
        Facts::named(&[Fact::unique(SLOT, T::KEY, T::TYPE), Fact::header("cookie")]);

    pub(crate) const READ: Facts = Self::NAMED
        .and(Facts::COOKIE_LOGIN)
        .and(Facts::SETS_COOKIE.maybe());

    /// The facts of an argument that reads the slot from a cookie.
    #[cfg(feature = "sealed")]
    pub(crate) const SEALED: Facts = Facts::named(&[
        Fact::unique("sealed slot", T::KEY, T::TYPE),
        Fact::header("cookie"),
    ])
    .and(Facts::COOKIE_LOGIN)
    .and(Facts::SETS_COOKIE.maybe());

    pub(crate) const WRITTEN: Facts = Self::READ.and(Facts::WRITES.maybe());
}

/// The kind of the facts that name slots.
pub(crate) const SLOT: &str = "slot of the session";

/// Returns the data of a value.
pub(crate) fn encode<T: SessionData>(value: &T) -> Result<Data, serde_json::Error> {
    Ok(Data {
        schema: T::VERSION,
        json: serde_json::to_vec(value)?,
    })
}

/// Returns the value of data, or `None` if it belongs to another version of the type or cannot be read.
pub(crate) fn decode<T: SessionData>(data: &Data) -> Option<T> {
    let is_current = data.schema == T::VERSION;
    is_current
        .then(|| serde_json::from_slice(&data.json).ok())
        .flatten()
}
