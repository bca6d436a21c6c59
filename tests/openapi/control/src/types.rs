//! The types of bodies that several routes have.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A color.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Color {
    Red,
    DarkBlue,
}

/// A flat value, for formats that have no nesting.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flat {
    name: String,
    count: u32,
}

/// A small value.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Item {
    id: u8,
    /// A text that may be missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'static str>,
}

pub(crate) const ITEM: Item = Item { id: 7, text: None };
