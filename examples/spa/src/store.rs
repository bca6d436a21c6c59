//! An in-memory store of books.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::books::{Book, BookId, Exists, NewBook, NoBook};

/// All books, by id.
#[derive(Debug)]
pub(crate) struct Store(Mutex<BTreeMap<BookId, Book>>);

impl Store {
    /// Returns a store with two books. The id of the second is 2^53 + 1, which a number of JavaScript cannot represent.
    pub(crate) fn with_examples() -> Self {
        let books = [
            (1, "The Signal-Man", "Charles Dickens", 1866),
            ((1 << 53) + 1, "Night Mail", "W. H. Auden", 1936),
        ];
        let books = books.map(|(id, title, author, year)| Book {
            id: BookId(id),
            title: title.to_owned(),
            author: author.to_owned(),
            year,
        });
        Self(Mutex::new(books.map(|book| (book.id, book)).into()))
    }

    /// Returns all books, oldest entry first.
    pub(crate) fn list(&self) -> Vec<Book> {
        self.lock().values().cloned().collect()
    }

    /// Returns the book with this id.
    pub(crate) fn find(&self, id: BookId) -> Result<Book, NoBook> {
        let book = self.lock().get(&id).cloned();
        book.ok_or(NoBook { id })
    }

    /// Adds a book, unless another one has the same title and author.
    pub(crate) fn add(&self, new: &NewBook) -> Result<Book, Exists> {
        let (title, author) = (new.title.trim(), new.author.trim());
        let mut books = self.lock();
        let is_same = |book: &&Book| book.title == title && book.author == author;
        if let Some(other) = books.values().find(is_same) {
            return Err(Exists { id: other.id });
        }
        let last = books.last_key_value().map_or(0, |(id, _)| id.0);
        let book = Book {
            id: BookId(last + 1),
            title: title.to_owned(),
            author: author.to_owned(),
            year: new.year,
        };
        books.insert(book.id, book.clone());
        Ok(book)
    }

    /// Locks the books. A panic cannot leave a change incomplete, so a poisoned lock is used like any other.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<BookId, Book>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
