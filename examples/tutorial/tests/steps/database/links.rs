//! Short links: creating, listing and following them.

use highball::prelude::*;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqlitePool};

use super::Api;

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
) -> highball::Result<Created<Json<Link>>> {
    let sql = "insert into links (slug, url) values (?, ?) returning slug, url, visits";
    let link: Link = sqlx::query_as(sql)
        .bind(&new.slug)
        .bind(&new.url)
        .fetch_one(&*database)
        .await?;
    let location = url!(Api, show(&link.slug));
    Ok(Created::at(location, Json(link)))
}

/// Shows a link.
#[get("/{slug}")]
async fn show(slug: &str, database: State<SqlitePool>) -> highball::Result<Option<Json<Link>>> {
    let link = sqlx::query_as("select slug, url, visits from links where slug = ?")
        .bind(slug)
        .fetch_optional(&*database)
        .await?;
    Ok(link.map(Json))
}

/// Redirects to the address of a link, and counts the visit.
#[get("/go/{slug}")]
pub(crate) async fn follow(
    slug: &str,
    database: State<SqlitePool>,
) -> highball::Result<Option<Redirect<307>>> {
    let sql = "update links set visits = visits + 1 where slug = ? returning url";
    let url: Option<String> = sqlx::query_scalar(sql)
        .bind(slug)
        .fetch_optional(&*database)
        .await?;
    Ok(url.map(Redirect::temporary))
}

/// Lists the `n` links that are followed most.
#[get("/top/{n}")]
pub(crate) async fn top(n: u8, database: State<SqlitePool>) -> highball::Result<Json<Vec<Link>>> {
    let sql = "select slug, url, visits from links order by visits desc, slug limit ?";
    let links = sqlx::query_as(sql).bind(n).fetch_all(&*database).await?;
    Ok(Json(links))
}
