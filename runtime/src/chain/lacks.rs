//! The reasons why the type of an argument is not an extractor, for the error message.
//!
//! [`ProbeAsync`] has these properties because it is the last one that is read, and none of these types implements
//! `ExtractAsync`. They cost no compile time: a correct argument reads the same constant of the trait otherwise.

#[cfg(feature = "validate")]
use serde::de::DeserializeOwned;

use crate::{
    chain::argument::{ArgumentKind, ProbeAsync},
    extract::{Bind, Either, Form, Json, Local, Path, Query, State},
    response::Rejection,
};

#[cfg(feature = "headers")]
use crate::extract::Header;
#[cfg(feature = "msgpack")]
use crate::extract::MsgPack;
#[cfg(feature = "protobuf")]
use crate::extract::Protobuf;
#[cfg(feature = "toml")]
use crate::extract::Toml;
#[cfg(feature = "validate")]
use crate::extract::Valid;
#[cfg(feature = "xml")]
use crate::extract::Xml;
#[cfg(feature = "yaml")]
use crate::extract::Yaml;

/// The reason why a type is not an extractor.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lacks {
    /// The spelling of the type may show it.
    Unknown,
    /// The type inside does not implement `Deserialize`. The text is what the value is read from.
    Deserialize(&'static str),
    /// The type inside does not implement `prost::Message`.
    #[cfg(feature = "protobuf")]
    Message,
    /// The type inside does not implement `garde::Validate`.
    #[cfg(feature = "validate")]
    Validate,
    /// The type inside does not implement `headers::Header`.
    #[cfg(feature = "headers")]
    Header,
    /// The type inside does not derive `PathFields`.
    PathFields,
    /// The type inside does not derive `Local`.
    LocalType,
    /// The type inside has no size.
    Sized,
    /// One of the two sides is not an extractor.
    Side,
    /// The type is a local, so it is an argument only as `Local<'_, T>`.
    Local,
}

/// Adds the reason to each extractor that deserializes a value, also if it is in a `Result` or a `Valid`.
macro_rules! decoders {
    ($($(#[$cfg:meta])? $name:ident: $source:literal;)*) => {$(
        $(#[$cfg])?
        impl<T> ProbeAsync<$name<T>> {
            /// Why it is not an extractor.
            pub const KIND: ArgumentKind = ArgumentKind::lacking(Lacks::Deserialize($source));
        }

        $(#[$cfg])?
        impl<T> ProbeAsync<Result<$name<T>, Rejection>> {
            /// Why it is not an extractor.
            pub const KIND: ArgumentKind = ArgumentKind::lacking(Lacks::Deserialize($source));
        }

        $(#[$cfg])?
        #[cfg(feature = "validate")]
        impl<T: DeserializeOwned> ProbeAsync<Valid<$name<T>>> {
            /// Why it is not an extractor.
            pub const KIND: ArgumentKind = ArgumentKind::lacking(Lacks::Validate);
        }
    )*};
}

decoders! {
    Bind: "a query or a body";
    Form: "a form";
    Json: "JSON";
    Query: "a query";
    #[cfg(feature = "msgpack")] MsgPack: "MessagePack";
    #[cfg(feature = "toml")] Toml: "TOML";
    #[cfg(feature = "xml")] Xml: "XML";
    #[cfg(feature = "yaml")] Yaml: "YAML";
}

/// Adds the reason to other extractors that are generic.
macro_rules! generic {
    ($($(#[$cfg:meta])? [$($param:tt)*] $ty:ty: $lacks:expr;)*) => {$(
        $(#[$cfg])?
        impl<$($param)*> ProbeAsync<$ty> {
            /// Why it is not an extractor.
            pub const KIND: ArgumentKind = ArgumentKind::lacking($lacks);
        }
    )*};
}

generic! {
    [T] Option<Json<T>>: Lacks::Deserialize("JSON");
    [T] Path<T>: Lacks::PathFields;
    ['r, T] Local<'r, T>: Lacks::LocalType;
    ['r, T] Option<Local<'r, T>>: Lacks::LocalType;
    [T: ?Sized] State<T>: Lacks::Sized;
    [A, B] Either<A, B>: Lacks::Side;
    #[cfg(feature = "headers")] [T] Header<T>: Lacks::Header;
    #[cfg(feature = "protobuf")] [T] Protobuf<T>: Lacks::Message;
}
