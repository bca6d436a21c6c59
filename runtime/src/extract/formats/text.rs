//! Formats that serde reads and writes.

use http::{HeaderMap, HeaderValue};
use serde::{Serialize, de::DeserializeOwned};

use super::{has_type, other_type};
use crate::{
    decode::unreadable,
    deref::deref_mut,
    extract::{Extract, Input},
    response::{IntoResponse, Rejection, Response},
};

macro_rules! text_format {
    (
        $(#[$doc:meta])* $name:ident, $feature:literal, $shown:literal,
        types: [$first:literal $(, $other:literal)*], suffix: $suffix:literal,
        read: $read:expr, write: $write:expr,
    ) => {
        $(#[$doc])*
        #[cfg(feature = $feature)]
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $name<T>(pub T);

        #[cfg(feature = $feature)]
        deref_mut!($name);

        #[cfg(feature = $feature)]
        impl<T: DeserializeOwned> $name<T> {
            const TYPES: &'static [&'static str] = &[$first $(, $other)*];

            /// Returns whether the body says that it is of this format.
            pub(crate) fn fits(headers: &HeaderMap) -> bool {
                has_type(headers, Self::TYPES, $suffix)
            }

            /// Reads a body.
            pub(crate) fn read(body: &[u8]) -> Result<T, Rejection> {
                let read: fn(&[u8]) -> Result<T, String> = $read;
                read(body).map_err(|error| unreadable($shown, error))
            }
        }

        #[cfg(feature = $feature)]
        impl<'r, T: DeserializeOwned> Extract<'r> for $name<T> {
            type State = ();
            const BODY: bool = true;

            fn extract(input: Input<'r>) -> Result<Self, Rejection> {
                Self::check_head(input)?;
                Self::read(input.body()).map(Self)
            }

            fn check_head(input: Input<'_>) -> Result<(), Rejection> {
                match Self::fits(input.headers()) {
                    true => Ok(()),
                    false => Err(other_type(Self::TYPES)),
                }
            }
        }

        #[cfg(feature = $feature)]
        impl<T: Serialize> IntoResponse for $name<T> {
            fn into_response(self) -> Response {
                let write: fn(&T) -> Result<Vec<u8>, String> = $write;
                match write(&self.0) {
                    Ok(bytes) => Response::typed(HeaderValue::from_static($first), bytes.into()),
                    Err(error) => Rejection::internal().with_cause(error).into_response(),
                }
            }
        }
    };
}

/// Reads text as UTF-8.
#[cfg(any(feature = "toml", feature = "xml", feature = "yaml"))]
fn utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| error.to_string())
}

text_format! {
    /// A value as XML, by the `quick-xml` crate: read from the body, or written into it.
    ///
    /// What the body's document type declares is not followed. The root of what is written is called as
    /// the type is.
    ///
    /// # Examples
    /// ```
    /// use highball::{Xml, prelude::*};
    ///
    /// #[derive(serde::Deserialize, serde::Serialize)]
    /// struct Note {
    ///     text: String,
    /// }
    ///
    /// #[post("/echo")]
    /// async fn echo(note: Xml<Note>) -> Xml<Note> {
    ///     note
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(echo);
    ///
    /// # highball::block_on(async {
    /// let note = "<Note><text>a &lt; b</text></Note>";
    /// let request = Api.test().post("/echo").body(note);
    /// let request = request.header(header::CONTENT_TYPE, "application/xml");
    /// assert_eq!(request.send().await.text(), note);
    /// # });
    /// ```
    Xml, "xml", "XML",
    types: ["application/xml", "text/xml"], suffix: "+xml",
    read: |bytes| quick_xml::de::from_str(utf8(bytes)?).map_err(|error| error.to_string()),
    write: |value| {
        quick_xml::se::to_string(value).map(String::into_bytes).map_err(|error| error.to_string())
    },
}

text_format! {
    /// A value as YAML, by the `serde-saphyr` crate: read from the body, or written into it.
    ///
    /// Aliases are bounded by what the crate allows, so that a small body cannot become a large value.
    ///
    /// # Examples
    /// ```
    /// use highball::{Yaml, prelude::*};
    ///
    /// #[post("/echo")]
    /// async fn echo(value: Yaml<Vec<u32>>) -> Yaml<Vec<u32>> {
    ///     value
    /// }
    /// # #[routes(app)] struct Api(echo);
    /// ```
    Yaml, "yaml", "YAML",
    types: ["application/yaml", "text/yaml", "application/x-yaml", "text/x-yaml"], suffix: "+yaml",
    read: |bytes| serde_saphyr::from_str(utf8(bytes)?).map_err(|error| error.to_string()),
    write: |value| {
        serde_saphyr::to_string(value).map(String::into_bytes).map_err(|error| error.to_string())
    },
}

text_format! {
    /// A value as TOML, by the `toml` crate: read from the body, or written into it.
    ///
    /// # Examples
    /// ```
    /// use highball::{Toml, prelude::*};
    ///
    /// #[derive(serde::Deserialize, serde::Serialize)]
    /// struct Settings {
    ///     theme: String,
    /// }
    ///
    /// #[put("/settings")]
    /// async fn set(settings: Toml<Settings>) -> Toml<Settings> {
    ///     settings
    /// }
    /// # #[routes(app)] struct Api(set);
    /// ```
    Toml, "toml", "TOML",
    types: ["application/toml"], suffix: "",
    read: |bytes| toml::from_str(utf8(bytes)?).map_err(|error| error.message().to_owned()),
    write: |value| {
        toml::to_string(value).map(String::into_bytes).map_err(|error| error.to_string())
    },
}

text_format! {
    /// A value as MessagePack, by the `rmp-serde` crate: read from the body, or written into it.
    ///
    /// Structs are written as maps, with their fields' names.
    ///
    /// # Examples
    /// ```
    /// use highball::{MsgPack, prelude::*};
    ///
    /// #[post("/echo")]
    /// async fn echo(value: MsgPack<Vec<u32>>) -> MsgPack<Vec<u32>> {
    ///     value
    /// }
    /// # #[routes(app)] struct Api(echo);
    /// ```
    MsgPack, "msgpack", "MessagePack",
    types: ["application/vnd.msgpack", "application/msgpack", "application/x-msgpack"], suffix: "",
    read: |bytes| {
        let mut reader = rmp_serde::Deserializer::new(std::io::Cursor::new(bytes));
        let value = serde::Deserialize::deserialize(&mut reader).map_err(|error| error.to_string())?;
        match reader.position() == bytes.len() as u64 {
            true => Ok(value),
            false => Err("there are bytes behind the value".to_owned()),
        }
    },
    write: |value| rmp_serde::to_vec_named(value).map_err(|error| error.to_string()),
}
