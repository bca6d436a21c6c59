//! A store behind a pointer, so that the types of an app do not name it.

use std::{future::Future, pin::Pin};

use crate::{
    Key, StoreError,
    store::{Data, Head, Loaded, Millis, Put, Store},
};

type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

macro_rules! dynamic {
    ($($name:ident($($argument:ident: $ty:ty),*) -> $output:ty;)*) => {
        /// A [`Store`] behind a pointer.
        pub(crate) trait DynStore: Send + Sync + 'static {
            $(fn $name<'a>(&'a self, $($argument: $ty),*) -> Doing<'a, $output>;)*
        }

        impl<S: Store> DynStore for S {
            $(fn $name<'a>(&'a self, $($argument: $ty),*) -> Doing<'a, $output> {
                Box::pin(Store::$name(self, $($argument),*))
            })*
        }
    };
}

dynamic! {
    create(key: &'a Key, head: &'a Head) -> bool;
    load(key: &'a Key, now: Millis) -> Option<Loaded>;
    put(key: &'a Key, slot: &'a str, expected: u64, data: &'a Data) -> Put;
    touch(key: &'a Key, seen: Millis, expires: Millis) -> ();
    replace(old: &'a Key, new: &'a Key, head: &'a Head, kept_until: Option<Millis>) -> bool;
    end(key: &'a Key) -> bool;
    of_user(user: &'a str) -> Vec<(Key, Head)>;
    sweep(now: Millis) -> usize;
    open() -> ();
    check() -> ();
}
