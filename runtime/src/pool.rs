//! Free lists that belong to one thread: what a request needs is taken from them and goes back.
//!
//! An item is taken from and given to the list of the thread that runs at that moment, so there is
//! no lock, and nothing has to find its way home when a task moves between workers. Every list is
//! bounded: by the count it keeps, and by the size of one item. Nothing is given back while a
//! thread panics, since the code that filled the item was stopped half way.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::thread::{self, LocalKey};

use http::HeaderMap;

mod counts;

pub(crate) use self::counts::{CONTEXTS, Counts, RESPONSES};
pub use self::counts::{Pooled, Pools, pools};

/// How many items of a kind a thread keeps.
pub(crate) const MOST_ITEMS: usize = 64;
/// The largest buffer that is kept: a rare huge answer must not hold its memory for ever.
const MOST_BYTES: usize = 256 * 1024;
/// How many bytes all buffers have that a thread keeps.
const MOST_BYTES_KEPT: usize = 2 * 1024 * 1024;
/// The largest header map that is kept, in headers; 128 slots of hyper's own limit of 100.
const MOST_HEADERS: usize = 192;

thread_local! {
    /// How many bytes the kept buffers have.
    static BYTES_KEPT: Cell<usize> = const { Cell::new(0) };
    static BUFFERS: FreeList<Vec<u8>> = const { FreeList::new(MOST_ITEMS, &counts::BUFFERS) };
    static HEADERS: FreeList<HeaderMap> = const { FreeList::new(MOST_ITEMS, &counts::HEADER_MAPS) };
}

/// A bounded free list; it lives in a `thread_local!` and is used through [`take`] and [`give`].
#[derive(Debug)]
pub(crate) struct FreeList<T> {
    items: RefCell<Vec<T>>,
    most: usize,
    counts: &'static Counts,
}

impl<T> FreeList<T> {
    /// Makes an empty list that keeps at most `most` items.
    pub(crate) const fn new(most: usize, counts: &'static Counts) -> Self {
        Self {
            items: RefCell::new(Vec::new()),
            most,
            counts,
        }
    }

    /// Keeps the item, or hands it back when the list is full.
    fn push(&self, item: T) -> Option<T> {
        let Ok(mut items) = self.items.try_borrow_mut() else {
            return Some(item);
        };
        if items.len() >= self.most {
            self.counts.drop_one();
            return Some(item);
        }
        if items.capacity() == 0 {
            items.reserve_exact(self.most);
        }
        items.push(item);
        None
    }

    fn pop(&self) -> Option<T> {
        let item = self.items.try_borrow_mut().ok()?.pop();
        if item.is_none() {
            self.counts.make();
        }
        item
    }
}

/// Takes an item from this thread's list; none if the list is empty or the thread is ending.
pub(crate) fn take<T>(list: &'static LocalKey<FreeList<T>>) -> Option<T> {
    list.try_with(FreeList::pop).ok().flatten()
}

/// Gives an item to this thread's list; it is dropped if the list is full, the thread is ending
/// or the thread panics.
pub(crate) fn give<T>(list: &'static LocalKey<FreeList<T>>, item: T) {
    // The item that finds no room is dropped here, outside the borrow: its `Drop` may use the list.
    let _refused = give_back(list, item);
}

/// Gives an item to this thread's list, or hands it back.
fn give_back<T>(list: &'static LocalKey<FreeList<T>>, item: T) -> Option<T> {
    if thread::panicking() {
        return Some(item);
    }
    let mut item = Some(item);
    let _ending = list.try_with(|list| item = item.take().and_then(|item| list.push(item)));
    item
}

/// Takes an empty buffer from the pool, or makes one.
pub(crate) fn buffer() -> Buffer {
    let buffer = take(&BUFFERS).unwrap_or_default();
    let _ending = BYTES_KEPT.try_with(|kept| {
        kept.set(kept.get().saturating_sub(buffer.capacity()));
    });
    Buffer(buffer)
}

/// Takes an empty header map from the pool, or makes one.
pub(crate) fn headers() -> HeaderMap {
    take(&HEADERS).unwrap_or_default()
}

/// Clears a header map and gives it to the pool.
pub(crate) fn give_headers(mut headers: HeaderMap) {
    let capacity = headers.capacity();
    if capacity == 0 {
        return;
    }
    if capacity > MOST_HEADERS {
        counts::HEADER_MAPS.drop_one();
        return;
    }
    headers.clear();
    give(&HEADERS, headers);
}

/// Clears a header map for its next use in the same place.
pub(crate) fn clear_headers(headers: &mut HeaderMap) {
    if headers.capacity() > MOST_HEADERS {
        *headers = HeaderMap::new();
    } else if !headers.is_empty() {
        headers.clear();
    }
}

/// A byte vector that goes back to the pool, cleared, when it is dropped.
#[derive(Default)]
pub struct Buffer(Vec<u8>);

impl Buffer {
    /// Takes the vector out of the buffer; it does not go back to the pool.
    pub fn into_vec(mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Buffer {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let capacity = self.0.capacity();
        if capacity == 0 {
            return;
        }
        if capacity > MOST_BYTES {
            counts::BUFFERS.drop_one();
            return;
        }
        let has_room = BYTES_KEPT.try_with(|kept| {
            let all = kept.get() + capacity;
            if all > MOST_BYTES_KEPT || thread::panicking() {
                return false;
            }
            kept.set(all);
            true
        });
        if has_room.unwrap_or(false) {
            let mut bytes = std::mem::take(&mut self.0);
            bytes.clear();
            if give_back(&BUFFERS, bytes).is_some() {
                let _ending = BYTES_KEPT.try_with(|kept| kept.set(kept.get() - capacity));
            }
        } else {
            counts::BUFFERS.drop_one();
        }
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer")
            .field("len", &self.0.len())
            .field("capacity", &self.0.capacity())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs on a thread of its own, whose lists are empty.
    fn fresh(run: impl FnOnce() + Send + 'static) {
        thread::spawn(run).join().expect("the test thread passes");
    }

    #[test]
    fn dropped_buffer_comes_back_empty() {
        fresh(|| {
            let mut first = buffer();
            first.extend_from_slice(b"hello");
            let (at, capacity) = (first.as_ptr(), first.capacity());
            drop(first);
            let second = buffer();
            assert!(second.is_empty());
            assert_eq!((second.as_ptr(), second.capacity()), (at, capacity));
        });
    }

    #[test]
    fn large_buffer_is_not_kept() {
        fresh(|| {
            let mut large = buffer();
            large.reserve(MOST_BYTES + 1);
            drop(large);
            assert_eq!(buffer().capacity(), 0);
        });
    }

    #[test]
    fn bytes_are_bounded() {
        fresh(|| {
            let large: Vec<_> = (0..20)
                .map(|_| Buffer::from(Vec::with_capacity(MOST_BYTES)))
                .collect();
            drop(large);
            let kept: Vec<_> = (0..20).map(|_| buffer()).collect();
            let bytes: usize = kept.iter().map(|buffer| buffer.capacity()).sum();
            assert_eq!(bytes, MOST_BYTES_KEPT);
            assert_eq!(BYTES_KEPT.get(), 0);
            drop(kept);
            assert_eq!(BYTES_KEPT.get(), MOST_BYTES_KEPT);
        });
    }

    #[test]
    fn list_is_bounded() {
        fresh(|| {
            for _ in 0..MOST_ITEMS + 10 {
                give(&BUFFERS, Vec::with_capacity(1));
            }
            let kept = std::iter::from_fn(|| take(&BUFFERS)).count();
            assert_eq!(kept, MOST_ITEMS);
        });
    }

    #[test]
    fn panic_drops_the_buffer() {
        fresh(|| {
            let outcome = std::panic::catch_unwind(|| {
                let mut lost = buffer();
                lost.push(1);
                std::panic::resume_unwind(Box::new("stop"));
            });
            assert!(outcome.is_err());
            assert!(take(&BUFFERS).is_none());
        });
    }

    #[test]
    fn headers_come_back_empty() {
        fresh(|| {
            let mut map = headers();
            map.insert("host", http::HeaderValue::from_static("a"));
            let capacity = map.capacity();
            give_headers(map);
            let again = headers();
            assert!(again.is_empty());
            assert_eq!(again.capacity(), capacity);
        });
    }

    #[test]
    fn oversized_headers_are_not_kept() {
        fresh(|| {
            give_headers(HeaderMap::with_capacity(1000));
            assert_eq!(headers().capacity(), 0);
        });
    }

    #[test]
    fn drop_at_thread_end_does_not_panic() {
        struct Late;
        impl Drop for Late {
            fn drop(&mut self) {
                let mut late = buffer();
                late.push(1);
                give_headers(headers());
            }
        }
        thread_local! { static LATE: RefCell<Option<Late>> = const { RefCell::new(None) }; }
        fresh(|| {
            LATE.with(|late| *late.borrow_mut() = Some(Late));
            drop(buffer());
        });
    }

    #[test]
    fn item_whose_drop_uses_the_list_is_safe() {
        struct Nested;
        impl Drop for Nested {
            fn drop(&mut self) {
                drop(take(&NESTED));
            }
        }
        thread_local! { static NESTED: FreeList<Nested> = const { FreeList::new(1, &CONTEXTS) }; }
        fresh(|| {
            give(&NESTED, Nested);
            give(&NESTED, Nested);
            assert!(take(&NESTED).is_none());
        });
    }
}
