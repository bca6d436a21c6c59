//! The payloads of extractors and responses: the types of their bodies and queries.

use super::{Bind, Either, Form, Query};
use crate::{
    response::{
        Accepted, Attachment, Conditional, Created, Json, PrettyJson, WithStatus, sse::JsonEvents,
    },
    routes::{Payloads, Visit},
};

/// Implements [`Payloads`] for a wrapper of the type of a body or a query.
macro_rules! payload {
    ($($name:ident)*) => {$(
        impl<T, V: Visit<T>> Payloads<V> for $name<T> {
            fn show(visitor: &mut V) {
                visitor.visit();
            }
        }
    )*};
}

payload!(Json JsonEvents Query Form Bind PrettyJson);
#[cfg(feature = "msgpack")]
use super::MsgPack;
#[cfg(feature = "msgpack")]
payload!(MsgPack);
#[cfg(feature = "toml")]
use super::Toml;
#[cfg(feature = "toml")]
payload!(Toml);
#[cfg(feature = "xml")]
use super::Xml;
#[cfg(feature = "xml")]
payload!(Xml);
#[cfg(feature = "yaml")]
use super::Yaml;
#[cfg(feature = "yaml")]
payload!(Yaml);

/// Implements [`Payloads`] for a wrapper of an extractor or a response.
macro_rules! wrapper {
    ($($name:ident)*) => {$(
        impl<T: Payloads<V>, V> Payloads<V> for $name<T> {
            fn show(visitor: &mut V) {
                T::show(visitor);
            }
        }
    )*};
}

wrapper!(Option Created Accepted Conditional Attachment);
#[cfg(feature = "validate")]
use super::Valid;
#[cfg(feature = "validate")]
wrapper!(Valid);

impl<const STATUS: u16, T: Payloads<V>, V> Payloads<V> for WithStatus<STATUS, T> {
    fn show(visitor: &mut V) {
        T::show(visitor);
    }
}

/// The macros show the error separately, since most errors have no payloads.
impl<T: Payloads<V>, E, V> Payloads<V> for Result<T, E> {
    fn show(visitor: &mut V) {
        T::show(visitor);
    }
}

impl<A: Payloads<V>, B: Payloads<V>, V> Payloads<V> for Either<A, B> {
    fn show(visitor: &mut V) {
        A::show(visitor);
        B::show(visitor);
    }
}

/// Statuses and headers have no payloads, so only the body of a tuple is shown.
impl<H, B: Payloads<V>, V> Payloads<V> for (H, B) {
    fn show(visitor: &mut V) {
        B::show(visitor);
    }
}

/// See the tuple of two.
impl<S, H, B: Payloads<V>, V> Payloads<V> for (S, H, B) {
    fn show(visitor: &mut V) {
        B::show(visitor);
    }
}
