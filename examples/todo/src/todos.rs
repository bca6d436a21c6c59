//! The routes under `/todos`.

use highball::{Precondition, Revision, prelude::*};
use serde::Deserialize;

use crate::{
    Api,
    error::ApiError,
    store::{Store, Todo},
};

/// Everything about todos.
#[routes("/todos")]
pub(crate) struct Todos(list, create, show, update, remove);

/// Which todos are listed.
#[derive(Debug, Deserialize)]
struct Filter {
    done: Option<bool>,
}

/// What a new todo needs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTodo {
    title: String,
}

/// What can be changed of a todo; what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    title: Option<String>,
    done: Option<bool>,
}

/// Lists todos: all, or with `?done=false` those that are left.
#[get("/")]
async fn list(filter: Query<Filter>, store: State<Store>) -> Json<Vec<Todo>> {
    Json(store.list(|todo| filter.done.is_none_or(|done| todo.done == done)))
}

/// Adds a todo.
#[post("/")]
async fn create(
    new: Json<NewTodo>,
    store: State<Store>,
) -> Result<(Revision, Created<Json<Todo>>), ApiError> {
    let todo = store.add(&new.title)?;
    let location = url!(Api, show(todo.id));
    Ok((todo.version(), Created::at(location, Json(todo))))
}

/// Shows a todo, with its version as `ETag`; 304 to a client that has it.
#[get("/{id}")]
async fn show(
    id: u64,
    precondition: Precondition,
    store: State<Store>,
) -> Result<Response, ApiError> {
    let todo = store.find(id)?;
    let version = todo.version();
    let known = precondition.not_modified(&version);
    Ok(known.unwrap_or_else(|| (version, Json(todo)).into_response()))
}

/// Changes the title of a todo, or whether it is done: of the version that `If-Match` names, so that of
/// two changes to one version the second is refused.
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

/// Removes a todo; with `If-Match`, only that version of it.
#[delete("/{id}")]
async fn remove(
    id: u64,
    precondition: Precondition,
    store: State<Store>,
) -> Result<NoContent, ApiError> {
    store.remove(id, &precondition)?;
    Ok(NoContent)
}
