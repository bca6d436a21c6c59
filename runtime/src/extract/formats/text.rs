//! Body formats that are implemented with serde.

use http::{HeaderMap, HeaderValue};
use serde::{Serialize, de::DeserializeOwned};

use super::{has_content_type, unsupported_type};
use crate::{
    decode::format_rejection,
    deref::deref_mut,
    extract::{Answer, Answers, Extract, Facts, Input, Inputs, TYPED_BODY, TYPED_BODY_ANSWERS},
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

            /// Returns whether the content type of the body is that of this format.
            pub(crate) fn matches_content_type(headers: &HeaderMap) -> bool {
                has_content_type(headers, Self::TYPES, $suffix)
            }

            /// Parses a body.
            pub(crate) fn parse(body: &[u8]) -> Result<T, Rejection> {
                let parse: fn(&[u8]) -> Result<T, String> = $read;
                parse(body).map_err(|error| format_rejection($shown, error))
            }
        }

        #[cfg(feature = $feature)]
        impl<'r, T: DeserializeOwned> Extract<'r> for $name<T> {
            type State = ();
            const BODY: bool = true;
            const FACTS: Facts = TYPED_BODY;
            const INPUTS: Inputs = Inputs::body::<T>($first);
            const ANSWERS: Answers = TYPED_BODY_ANSWERS;

            fn extract(input: Input<'r>) -> Result<Self, Rejection> {
                Self::check_head(input)?;
                Self::parse(input.body()).map(Self)
            }

            fn check_head(input: Input<'_>) -> Result<(), Rejection> {
                match Self::matches_content_type(input.headers()) {
                    true => Ok(()),
                    false => Err(unsupported_type(Self::TYPES)),
                }
            }
        }

        #[cfg(feature = $feature)]
        impl<T: Serialize> IntoResponse for $name<T> {
            const FACTS: Facts = Facts::NONE;
            const ANSWERS: Answers = Answers::one(Answer::of::<T>(200, $first));

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

/// Converts bytes into text.
#[cfg(any(feature = "toml", feature = "xml", feature = "yaml"))]
fn utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| error.to_string())
}

text_format! {
    /// An XML value, as an extractor and as a response, with the `quick-xml` crate.
    ///
    /// Declarations in the document type of the body are ignored. The root element of a response has the name of the
    /// type. Another content type is rejected with 415, and invalid data with 422.
    ///
    /// # Examples
    /// ```
    /// use highball::{extract::Xml, prelude::*};
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
    /// A YAML value, as an extractor and as a response, with the `serde-saphyr` crate.
    ///
    /// The crate limits the expansion of aliases, so that a small body cannot become a large value. Another content
    /// type is rejected with 415, and invalid data with 422.
    ///
    /// # Examples
    /// ```
    /// use highball::{extract::Yaml, prelude::*};
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
    /// A TOML value, as an extractor and as a response, with the `toml` crate.
    ///
    /// Another content type is rejected with 415, and invalid data with 422.
    ///
    /// # Examples
    /// ```
    /// use highball::{extract::Toml, prelude::*};
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
    /// A MessagePack value, as an extractor and as a response, with the `rmp-serde` crate.
    ///
    /// Structs are serialized as maps with the names of their fields. Another content type is rejected with 415, and
    /// invalid data with 422.
    ///
    /// # Examples
    /// ```
    /// use highball::{extract::MsgPack, prelude::*};
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
            false => Err("the value is followed by more bytes".to_owned()),
        }
    },
    write: |value| rmp_serde::to_vec_named(value).map_err(|error| error.to_string()),
}
