//! Thread-local free lists: a request takes its buffers, header maps and contexts from them and returns them.
//!
//! An item goes to the list of the thread that runs at that moment, not to the one that it came from.
//! So there is no lock, and a task may move between workers. Every list is bounded by its number of
//! items and by the size of one item. Nothing is returned while a thread panics, because the code that
//! filled the item was interrupted.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::thread::{self, LocalKey};

use http::HeaderMap;

mod counts;

pub(crate) use self::counts::{CONTEXTS, Counts, RESPONSES};
pub use self::counts::{Pooled, Pools, pools};

/// The maximum number of items in each list of a thread.
pub(crate) const MOST_ITEMS: usize = 64;
/// The largest buffer that is kept, in bytes. Otherwise one huge response would keep its memory for ever.
const MOST_BYTES: usize = 256 * 1024;
/// The maximum total capacity of the buffers that a thread keeps, in bytes.
const MOST_BYTES_KEPT: usize = 2 * 1024 * 1024;
/// The largest header map that is kept, in headers. A map for hyper's limit of 100 headers has 128 slots.
const MOST_HEADERS: usize = 192;

thread_local! {
    /// The total capacity of the buffers in `BUFFERS`, in bytes.
    static BYTES_KEPT: Cell<usize> = const { Cell::new(0) };
    static BUFFERS: FreeList<Vec<u8>> = const { FreeList::new(MOST_ITEMS, &counts::BUFFERS) };
    static HEADERS: FreeList<HeaderMap> = const { FreeList::new(MOST_ITEMS, &counts::HEADER_MAPS) };
}

/// A bounded free list in a `thread_local!`, used through [`take`] and [`give`].
#[derive(Debug)]
pub(crate) struct FreeList<T> {
    items: RefCell<Vec<T>>,
    /// The maximum number of items.
    max_items: usize,
    /// The counters of this kind of item, shared by all threads.
    counts: &'static Counts,
}

impl<T> FreeList<T> {
    /// Creates an empty list that keeps at most `max_items` items.
    pub(crate) const fn new(max_items: usize, counts: &'static Counts) -> Self {
        Self {
            items: RefCell::new(Vec::new()),
            max_items,
            counts,
        }
    }

    /// Keeps the item, or returns it if the list is full.
    fn push(&self, item: T) -> Option<T> {
        // The list is borrowed if the `Drop` of an item calls this.
        let Ok(mut items) = self.items.try_borrow_mut() else {
            return Some(item);
        };
        if items.len() >= self.max_items {
            self.counts.count_dropped();
            return Some(item);
        }
        if items.capacity() == 0 {
            // One allocation for the life of the thread: the list never grows again.
            items.reserve_exact(self.max_items);
        }
        items.push(item);
        None
    }

    fn pop(&self) -> Option<T> {
        let item = self.items.try_borrow_mut().ok()?.pop();
        if item.is_none() {
            self.counts.count_made();
        }
        item
    }
}

/// Takes an item from this thread's list. Returns `None` if the list is empty or the thread is ending.
pub(crate) fn take<T>(list: &'static LocalKey<FreeList<T>>) -> Option<T> {
    list.try_with(FreeList::pop).ok().flatten()
}

/// Returns an item to this thread's list. The item is dropped if the list is full, or if the thread is
/// ending or panicking.
pub(crate) fn give<T>(list: &'static LocalKey<FreeList<T>>, item: T) {
    // A rejected item is dropped here, outside the borrow, because its `Drop` may use the list.
    let _rejected = try_give(list, item);
}

/// Returns an item to this thread's list, or to the caller if the list does not take it.
fn try_give<T>(list: &'static LocalKey<FreeList<T>>, item: T) -> Option<T> {
    if thread::panicking() {
        return Some(item);
    }
    let mut item = Some(item);
    let _ending = list.try_with(|list| item = item.take().and_then(|item| list.push(item)));
    item
}

/// Takes an empty buffer from the pool, or creates one.
pub(crate) fn buffer() -> Buffer {
    let buffer = take(&BUFFERS).unwrap_or_default();
    let _ending = BYTES_KEPT.try_with(|kept| {
        kept.set(kept.get().saturating_sub(buffer.capacity()));
    });
    Buffer(buffer)
}

/// Takes an empty header map from the pool, or creates one.
pub(crate) fn headers() -> HeaderMap {
    take(&HEADERS).unwrap_or_default()
}

/// Clears a header map and returns it to the pool.
pub(crate) fn give_headers(mut headers: HeaderMap) {
    let capacity = headers.capacity();
    if capacity == 0 {
        return;
    }
    if capacity > MOST_HEADERS {
        counts::HEADER_MAPS.count_dropped();
        return;
    }
    headers.clear();
    give(&HEADERS, headers);
}

/// Clears a header map that its owner keeps for the next request, or replaces it if it has grown too large.
pub(crate) fn clear_headers(headers: &mut HeaderMap) {
    if headers.capacity() > MOST_HEADERS {
        *headers = HeaderMap::new();
    } else if !headers.is_empty() {
        headers.clear();
    }
}

/// A byte vector that returns to the pool, cleared, when it is dropped.
#[derive(Default)]
pub struct Buffer(Vec<u8>);

impl Buffer {
    /// Returns the vector, which then does not return to the pool.
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
            counts::BUFFERS.count_dropped();
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
            // The bytes were counted before the list took the buffer, so a rejected buffer is subtracted again.
            if try_give(&BUFFERS, bytes).is_some() {
                let _ending = BYTES_KEPT.try_with(|kept| kept.set(kept.get() - capacity));
            }
        } else {
            counts::BUFFERS.count_dropped();
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

    /// Runs a test on a new thread, whose lists are empty.
    fn on_new_thread(run: impl FnOnce() + Send + 'static) {
        thread::spawn(run).join().expect("the test thread passes");
    }

    #[test]
    fn dropped_buffer_returns_empty() {
        on_new_thread(|| {
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
        on_new_thread(|| {
            let mut large = buffer();
            large.reserve(MOST_BYTES + 1);
            drop(large);
            assert_eq!(buffer().capacity(), 0);
        });
    }

    #[test]
    fn kept_bytes_are_bounded() {
        on_new_thread(|| {
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
    fn number_of_kept_items_is_bounded() {
        on_new_thread(|| {
            for _ in 0..MOST_ITEMS + 10 {
                give(&BUFFERS, Vec::with_capacity(1));
            }
            let kept = std::iter::from_fn(|| take(&BUFFERS)).count();
            assert_eq!(kept, MOST_ITEMS);
        });
    }

    #[test]
    fn panic_drops_the_buffer() {
        on_new_thread(|| {
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
    fn returned_header_map_is_empty() {
        on_new_thread(|| {
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
    fn oversized_header_map_is_not_kept() {
        on_new_thread(|| {
            give_headers(HeaderMap::with_capacity(1000));
            assert_eq!(headers().capacity(), 0);
        });
    }

    #[test]
    fn buffer_use_at_thread_end_does_not_panic() {
        struct Late;
        impl Drop for Late {
            fn drop(&mut self) {
                let mut late = buffer();
                late.push(1);
                give_headers(headers());
            }
        }
        thread_local! { static LATE: RefCell<Option<Late>> = const { RefCell::new(None) }; }
        on_new_thread(|| {
            LATE.with(|late| *late.borrow_mut() = Some(Late));
            drop(buffer());
        });
    }

    #[test]
    fn drop_of_an_item_may_use_the_list() {
        struct Nested;
        impl Drop for Nested {
            fn drop(&mut self) {
                drop(take(&NESTED));
            }
        }
        thread_local! { static NESTED: FreeList<Nested> = const { FreeList::new(1, &CONTEXTS) }; }
        on_new_thread(|| {
            give(&NESTED, Nested);
            give(&NESTED, Nested);
            assert!(take(&NESTED).is_none());
        });
    }
}
