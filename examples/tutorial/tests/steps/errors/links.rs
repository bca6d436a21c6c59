//! Short links: creating, listing and following them.

use highball::prelude::*;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqlitePool};

use super::{Api, error::ApiError};

/// Everything about links.
#[routes("/links")]
pub(crate) struct Links(create, show);

/// A short link, as clients see it.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct Link {
    slug: String,
    url: String,
    visits: i64,
}

/// A link to be created.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLink {
    slug: String,
    url: String,
}

/// Creates a link.
#[post("/")]
async fn create(
    new: Json<NewLink>,
    database: State<SqlitePool>,
) -> Result<Created<Json<Link>>, ApiError> {
    let link = insert(&new, &database).await?;
    let location = url!(Api, show(&link.slug));
    Ok(Created::at(location, Json(link)))
}

async fn insert(new: &NewLink, database: &SqlitePool) -> Result<Link, ApiError> {
    let sql = "insert into links (slug, url) values (?, ?) returning slug, url, visits";
    let inserted = sqlx::query_as(sql)
        .bind(&new.slug)
        .bind(&new.url)
        .fetch_one(database)
        .await;
    inserted.map_err(|error| match error.as_database_error() {
        Some(error) if error.is_unique_violation() => ApiError::SlugTaken {
            slug: new.slug.clone(),
        },
        _ => error.into(),
    })
}

/// Shows a link.
#[get("/{slug}")]
async fn show(slug: &str, database: State<SqlitePool>) -> Result<Json<Link>, ApiError> {
    let link = sqlx::query_as("select slug, url, visits from links where slug = ?")
        .bind(slug)
        .fetch_optional(&*database)
        .await?;
    link.map(Json).ok_or_else(|| no_link(slug))
}

/// Redirects to the address of a link, and counts the visit.
#[get("/go/{slug}")]
pub(crate) async fn follow(
    slug: &str,
    database: State<SqlitePool>,
) -> Result<Redirect<307>, ApiError> {
    let sql = "update links set visits = visits + 1 where slug = ? returning url";
    let url: Option<String> = sqlx::query_scalar(sql)
        .bind(slug)
        .fetch_optional(&*database)
        .await?;
    url.map(Redirect::temporary).ok_or_else(|| no_link(slug))
}

/// Lists the `n` links that are followed most.
#[get("/top/{n}")]
pub(crate) async fn top(n: u8, database: State<SqlitePool>) -> Result<Json<Vec<Link>>, ApiError> {
    let sql = "select slug, url, visits from links order by visits desc, slug limit ?";
    let links = sqlx::query_as(sql).bind(n).fetch_all(&*database).await?;
    Ok(Json(links))
}

fn no_link(slug: &str) -> ApiError {
    let slug = slug.to_owned();
    ApiError::NoLink { slug }
}
