//! The routes under `/api/books`, and the types of their bodies.

use std::{fmt, num::ParseIntError, str::FromStr};

use garde::Validate;
use highball::{extract::Valid, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::{Api, store::Store};

/// The routes of books.
#[routes("/books")]
pub(crate) struct Books(list, create, show);

/// The id of a book: decimal digits, as a text. A number above 2^53 loses precision in JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct BookId(pub(crate) u64);

impl fmt::Display for BookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for BookId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

impl Serialize for BookId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A book.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Book {
    /// The id.
    pub(crate) id: BookId,
    /// The title.
    pub(crate) title: String,
    /// The name of the author.
    pub(crate) author: String,
    /// The year of the first publication.
    pub(crate) year: i32,
}

/// A book to add.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBook {
    /// The title. It contains more than white space.
    #[garde(custom(is_name))]
    #[schemars(length(max = 100), regex(pattern = r"\S"))]
    pub(crate) title: String,
    /// The name of the author. It contains more than white space.
    #[garde(custom(is_name))]
    #[schemars(length(max = 100), regex(pattern = r"\S"))]
    pub(crate) author: String,
    /// The year of the first publication.
    #[garde(custom(is_year))]
    #[schemars(range(min = 1450, max = 2100))]
    pub(crate) year: i32,
}

fn is_name(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() {
        return Err(garde::Error::new("must not be empty"));
    }
    match text.chars().count() {
        ..=100 => Ok(()),
        _ => Err(garde::Error::new("must have at most 100 characters")),
    }
}

fn is_year(year: &i32, _: &()) -> garde::Result {
    match year {
        1450..=2100 => Ok(()),
        _ => Err(garde::Error::new("must be a year from 1450 to 2100")),
    }
}

/// No book has this id.
#[derive(Debug, IntoResponse)]
#[status(404, "there is no book {id}")]
pub(crate) struct NoBook {
    /// The id in the path.
    pub(crate) id: BookId,
}

/// Another book has the same title and author.
#[derive(Debug, IntoResponse)]
#[status(409, "book {id} has this title and author already")]
pub(crate) struct Exists {
    /// The id of the other book.
    pub(crate) id: BookId,
}

/// Lists all books.
#[get("/")]
async fn list(store: State<Store>) -> Json<Vec<Book>> {
    Json(store.list())
}

/// Adds a book.
#[post("/")]
async fn create(
    new: Valid<Json<NewBook>>,
    store: State<Store>,
) -> Result<Created<Json<Book>>, Exists> {
    let book = store.add(&new)?;
    let location = url!(Api, show(book.id));
    Ok(Created::at(location, Json(book)))
}

/// Shows a book.
#[get("/{id}")]
async fn show(id: BookId, store: State<Store>) -> Result<Json<Book>, NoBook> {
    Ok(Json(store.find(id)?))
}
