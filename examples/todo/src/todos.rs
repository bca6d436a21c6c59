//! The routes under `/todos`.

use highball::prelude::*;
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
async fn create(new: Json<NewTodo>, store: State<Store>) -> Result<Created<Json<Todo>>, ApiError> {
    let todo = store.add(&new.title)?;
    Ok(Created::at(url!(Api, show(todo.id)), Json(todo)))
}

/// Shows a todo.
#[get("/{id}")]
async fn show(id: u64, store: State<Store>) -> Result<Json<Todo>, ApiError> {
    store.find(id).map(Json)
}

/// Changes the title of a todo, or whether it is done.
#[patch("/{id}")]
async fn update(
    id: u64,
    change: Json<Change>,
    store: State<Store>,
) -> Result<Json<Todo>, ApiError> {
    let Json(Change { title, done }) = change;
    store.change(id, title.as_deref(), done).map(Json)
}

/// Removes a todo.
#[delete("/{id}")]
async fn remove(id: u64, store: State<Store>) -> Result<NoContent, ApiError> {
    store.remove(id)?;
    Ok(NoContent)
}
