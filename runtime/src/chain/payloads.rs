//! The payloads of lists of routes.

use super::{
    argument::{Mode, NOT, SYNC},
    endpoint::Absent,
    fields::{Chunks, Listed},
};
use crate::routes::RoutePayloads;

impl<V> RoutePayloads<V> for Absent {
    fn show_all(_: &mut V) {}
}

impl<V, E: RoutePayloads<V>> RoutePayloads<V> for Listed<Mode<SYNC>, (E,)> {
    fn show_all(visitor: &mut V) {
        E::show_all(visitor);
    }
}

impl<V, E> RoutePayloads<V> for Listed<Mode<NOT>, E> {
    fn show_all(_: &mut V) {}
}

impl<V, L: RoutePayloads<V>, W> RoutePayloads<V> for Chunks<L, W> {
    fn show_all(visitor: &mut V) {
        L::show_all(visitor);
    }
}

macro_rules! lists {
    ($($name:ident)*) => {
        lists!(@ [] $($name)*);
    };
    (@ [$($name:ident)*]) => {
        lists!(@impl $($name)*);
    };
    (@ [$($name:ident)*] $next:ident $($rest:ident)*) => {
        lists!(@impl $($name)*);
        lists!(@ [$($name)* $next] $($rest)*);
    };
    (@impl $($name:ident)*) => {
        impl<V, $($name: RoutePayloads<V>),*> RoutePayloads<V> for ($($name,)*) {
            #[allow(unused_variables)]
            fn show_all(visitor: &mut V) {
                $($name::show_all(visitor);)*
            }
        }
    };
}

lists!(A B C D E F G H I J K L M N O P);
