//! Body formats other than JSON, each behind a feature.

use http::{HeaderMap, StatusCode};

use crate::{decode::essence, response::Rejection};

#[cfg(feature = "protobuf")]
mod protobuf;
#[cfg(any(
    feature = "msgpack",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
mod text;

#[cfg(feature = "protobuf")]
pub use protobuf::Protobuf;
#[cfg(feature = "msgpack")]
pub use text::MsgPack;
#[cfg(feature = "toml")]
pub use text::Toml;
#[cfg(feature = "xml")]
pub use text::Xml;
#[cfg(feature = "yaml")]
pub use text::Yaml;

/// Returns whether the content type of the body is one of these types, or has this suffix.
fn has_content_type(headers: &HeaderMap, types: &[&str], suffix: &str) -> bool {
    let essence = essence(headers).to_ascii_lowercase();
    let is_one = types.iter().any(|own| own.as_bytes() == essence);
    is_one || !suffix.is_empty() && essence.ends_with(suffix.as_bytes())
}

/// Creates the rejection of a body with another content type.
fn unsupported_type(types: &[&str]) -> Rejection {
    let detail = format!("the body must have the `Content-Type` {}", types[0]);
    Rejection::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
}
