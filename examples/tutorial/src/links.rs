//! Short links: creating, listing, removing and following them.

use garde::Validate;
use highball::{extract::Valid, prelude::*};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqlitePool};

use super::{
    Api,
    accounts::{User, signed_in},
    error::ApiError,
};

/// The links of the user of the session.
#[routes("/links", with(signed_in))]
pub(crate) struct Links(list, create, import, show, remove);

/// A short link, as clients see it.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct Link {
    slug: String,
    url: String,
    visits: i64,
}

/// A link to be created.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct NewLink {
    #[garde(length(min = 1, max = 40), custom(is_slug))]
    slug: String,
    #[garde(length(max = 2000), custom(is_web_address))]
    url: String,
}

fn is_slug(slug: &str, _: &()) -> garde::Result {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match slug.chars().all(is_allowed) {
        true => Ok(()),
        false => Err(garde::Error::new("may have a-z, 0-9 and `-` only")),
    }
}

fn is_web_address(url: &str, _: &()) -> garde::Result {
    let uri = url.parse::<Uri>().ok();
    let scheme = uri.as_ref().and_then(Uri::scheme_str);
    match scheme {
        Some("http" | "https") => Ok(()),
        _ => Err(garde::Error::new("must begin with http:// or https://")),
    }
}

/// Lists the links of the user.
#[get("/")]
async fn list(
    user: Local<'_, User>,
    database: State<SqlitePool>,
) -> Result<Json<Vec<Link>>, ApiError> {
    let sql = "select slug, url, visits from links where owner = ? order by slug limit 100";
    let links = sqlx::query_as(sql)
        .bind(&user.name)
        .fetch_all(&*database)
        .await?;
    Ok(Json(links))
}

/// Creates a link.
#[post("/")]
async fn create(
    new: Valid<Json<NewLink>>,
    user: Local<'_, User>,
    database: State<SqlitePool>,
) -> Result<Created<Json<Link>>, ApiError> {
    let link = insert(&new, &user, &*database).await?;
    let location = url!(Api, show(&link.slug));
    Ok(Created::at(location, Json(link)))
}

/// Creates several links, or none if one of them cannot be created.
#[post("/import", body_limit = 64 * 1024)]
async fn import(
    new: Valid<Json<Vec<NewLink>>>,
    user: Local<'_, User>,
    database: State<SqlitePool>,
) -> Result<Created<Json<Vec<Link>>>, ApiError> {
    let mut transaction = database.begin_with("begin immediate").await?;
    let mut links = Vec::with_capacity(new.len());
    for new in new.iter() {
        links.push(insert(new, &user, &mut *transaction).await?);
    }
    transaction.commit().await?;
    Ok(Created::new(Json(links)))
}

/// Inserts a link, through a pool or in a transaction.
async fn insert(
    new: &NewLink,
    user: &User,
    database: impl sqlx::SqliteExecutor<'_>,
) -> Result<Link, ApiError> {
    let sql = "insert into links (slug, url, owner) values (?, ?, ?) returning slug, url, visits";
    let inserted = sqlx::query_as(sql)
        .bind(&new.slug)
        .bind(&new.url)
        .bind(&user.name)
        .fetch_one(database)
        .await;
    inserted.map_err(|error| match error.as_database_error() {
        Some(error) if error.is_unique_violation() => ApiError::SlugTaken {
            slug: new.slug.clone(),
        },
        _ => error.into(),
    })
}

/// Shows a link of the user.
#[get("/{slug}")]
async fn show(
    slug: &str,
    user: Local<'_, User>,
    database: State<SqlitePool>,
) -> Result<Json<Link>, ApiError> {
    let sql = "select slug, url, visits from links where slug = ? and owner = ?";
    let link = sqlx::query_as(sql)
        .bind(slug)
        .bind(&user.name)
        .fetch_optional(&*database)
        .await?;
    link.map(Json).ok_or_else(|| no_link(slug))
}

/// Removes a link of the user.
#[delete("/{slug}")]
async fn remove(
    slug: &str,
    user: Local<'_, User>,
    database: State<SqlitePool>,
) -> Result<NoContent, ApiError> {
    let removed = sqlx::query("delete from links where slug = ? and owner = ?")
        .bind(slug)
        .bind(&user.name)
        .execute(&*database)
        .await?;
    match removed.rows_affected() {
        0 => Err(no_link(slug)),
        _ => Ok(NoContent),
    }
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
