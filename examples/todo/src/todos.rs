//! The routes under `/todos`.

use highball::{
    extract::Precondition,
    prelude::*,
    response::{Conditional, Revision},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Api,
    error::ApiError,
    store::{Store, Todo},
};

/// The routes of todos.
#[routes("/todos")]
pub(crate) struct Todos(list, create, show, update, remove);

/// The query of [`list`].
#[derive(Debug, Deserialize, JsonSchema)]
struct Filter {
    done: Option<bool>,
}

/// The body of [`create`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewTodo {
    /// It contains more than white space.
    #[schemars(regex(pattern = r"\S"))]
    title: String,
}

/// The body of [`update`]. A missing field is not changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// It contains more than white space.
    #[schemars(regex(pattern = r"\S"))]
    title: Option<String>,
    done: Option<bool>,
}

/// Lists all todos. `?done=false` selects those that are not done.
///
/// ```http
/// GET /todos?done=false
/// 200
/// [{"id": 1, "title": "buy milk", "done": false}]
/// ```
#[get("/")]
async fn list(filter: Query<Filter>, store: State<Store>) -> Json<Vec<Todo>> {
    Json(store.list(|todo| filter.done.is_none_or(|done| todo.done == done)))
}

/// Adds a todo.
///
/// ```http
/// POST /todos
/// {"title": "answer letters"}
/// 201
/// Location: /todos/3
/// {"id": 3, "title": "answer letters", "done": false}
/// ```
///
/// ```http a title that another todo has
/// POST /todos
/// {"title": "buy milk"}
/// 409
/// ```
#[post("/")]
async fn create(
    new: Json<NewTodo>,
    store: State<Store>,
) -> Result<(Revision, Created<Json<Todo>>), ApiError> {
    let todo = store.add(&new.title)?;
    let location = url!(Api, show(todo.id));
    Ok((todo.version(), Created::at(location, Json(todo))))
}

/// Returns a todo with its version as `ETag`, or 304 if the client already has this version.
#[get("/{id}")]
async fn show(
    id: u64,
    precondition: Precondition,
    store: State<Store>,
) -> Result<Conditional<Json<Todo>>, ApiError> {
    let todo = store.find(id)?;
    Ok(precondition.respond(todo.version(), Json(todo)))
}

/// Changes the title of a todo, or whether it is done.
///
/// The request must contain `If-Match` with the version that the client has read. If two clients change the same
/// version, the second request is rejected with 412.
///
/// ```http
/// PATCH /todos/1
/// If-Match: "1"
///
/// {"done": true}
/// 200
/// ETag: "2"
/// {"id": 1, "title": "buy milk", "done": true}
/// ```
///
/// ```http a version that another client has changed
/// PATCH /todos/1
/// If-Match: "1"
///
/// {"done": false}
/// 412
/// ```
#[patch("/{id}")]
async fn update(
    id: u64,
    change: Json<Change>,
    precondition: Precondition,
    store: State<Store>,
) -> Result<(Revision, Json<Todo>), ApiError> {
    let precondition = precondition.required()?;
    let Json(Change { title, done }) = change;
    let todo = store.change(id, &precondition, title.as_deref(), done)?;
    Ok((todo.version(), Json(todo)))
}

/// Removes a todo. With `If-Match`, only this version of it is removed.
#[delete("/{id}")]
async fn remove(
    id: u64,
    precondition: Precondition,
    store: State<Store>,
) -> Result<NoContent, ApiError> {
    store.remove(id, &precondition)?;
    Ok(NoContent)
}
