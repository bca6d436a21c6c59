//! An in-memory store of todos.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use highball::{extract::Precondition, response::Revision};
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::ApiError;

/// A todo.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Todo {
    /// The number of the todo, starting at 1.
    pub(crate) id: u64,
    /// The text of the todo.
    pub(crate) title: String,
    /// Whether it is done.
    pub(crate) done: bool,
    /// The number of this version. Each change adds 1.
    #[serde(skip)]
    revision: u64,
}

impl Todo {
    /// Returns the version, which is sent as `ETag` and compared with `If-Match`.
    pub(crate) fn version(&self) -> Revision {
        Revision::tag(self.revision)
    }
}

/// All todos, by id.
#[derive(Debug, Default)]
pub(crate) struct Store(Mutex<Todos>);

#[derive(Debug, Default)]
struct Todos {
    by_id: BTreeMap<u64, Todo>,
    last_id: u64,
}

impl Store {
    /// Returns the todos that match the filter, oldest first.
    pub(crate) fn list(&self, filter: impl Fn(&Todo) -> bool) -> Vec<Todo> {
        let todos = self.lock();
        let chosen = todos.by_id.values().filter(|todo| filter(todo));
        chosen.cloned().collect()
    }

    /// Returns the todo with this id.
    pub(crate) fn find(&self, id: u64) -> Result<Todo, ApiError> {
        let todo = self.lock().by_id.get(&id).cloned();
        todo.ok_or(ApiError::NotFound { id })
    }

    /// Adds a todo.
    pub(crate) fn add(&self, title: &str) -> Result<Todo, ApiError> {
        let mut todos = self.lock();
        let title = todos.check_title(title, None)?;
        todos.last_id += 1;
        let id = todos.last_id;
        let done = false;
        let revision = 1;
        let todo = Todo {
            id,
            title,
            done,
            revision,
        };
        todos.by_id.insert(id, todo.clone());
        Ok(todo)
    }

    /// Changes the given fields of a todo, if its version still meets the precondition.
    pub(crate) fn change(
        &self,
        id: u64,
        precondition: &Precondition,
        title: Option<&str>,
        done: Option<bool>,
    ) -> Result<Todo, ApiError> {
        let mut todos = self.lock();
        let title = title.map(|title| todos.check_title(title, Some(id)));
        let title = title.transpose()?;
        let todo = todos.by_id.get_mut(&id).ok_or(ApiError::NotFound { id })?;
        // The lock is held, so no other request changes the todo between the check and the change.
        precondition.check(&todo.version())?;
        todo.title = title.unwrap_or_else(|| todo.title.clone());
        todo.done = done.unwrap_or(todo.done);
        todo.revision += 1;
        Ok(todo.clone())
    }

    /// Removes a todo, if its version meets the precondition.
    pub(crate) fn remove(&self, id: u64, precondition: &Precondition) -> Result<(), ApiError> {
        let mut todos = self.lock();
        let todo = todos.by_id.get(&id).ok_or(ApiError::NotFound { id })?;
        precondition.check(&todo.version())?;
        todos.by_id.remove(&id);
        Ok(())
    }

    /// Locks the todos. A panic cannot leave a change incomplete, so a poisoned lock is used like any other.
    fn lock(&self) -> MutexGuard<'_, Todos> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Todos {
    /// Returns the trimmed title, unless it is empty or a todo other than `own` has it.
    fn check_title(&self, title: &str, own: Option<u64>) -> Result<String, ApiError> {
        let title = title.trim();
        if title.is_empty() {
            return Err(ApiError::EmptyTitle);
        }
        let mut others = self.by_id.values().filter(|todo| Some(todo.id) != own);
        match others.find(|todo| todo.title == title) {
            Some(other) => Err(ApiError::TitleTaken { id: other.id }),
            None => Ok(title.to_owned()),
        }
    }
}
