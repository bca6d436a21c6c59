//! An app whose handlers return the deserialized value.

use std::{collections::BTreeMap, num::NonZeroU32};

use highball::{extract::Either, prelude::*};

use super::types::{
    Addr, Beside, Either2, Empty, EmptyFlat, Flat, FlatLists, Lists, Many, MaybeFlat, Order,
    Outside, Pieces, Rest, Shape, Shop, Strict, WithId,
};

/// Declares a route for each type. The handler returns the value's `Debug` representation.
macro_rules! shows {
    ($($name:ident $path:literal $ty:ty),* $(,)?) => {$(
        #[get($path)]
        async fn $name(value: Query<$ty>) -> String {
            format!("{:?}", value.0)
        }
    )*};
}

shows! {
    flat "/flat" Flat,
    maybe "/maybe" MaybeFlat,
    with_id "/id" WithId,
    shape "/shape" Shape,
    beside "/beside" Beside,
    empty "/empty" Empty,
    empty_flat "/empty-flat" EmptyFlat,
    many "/many" Many,
    addr "/addr" Addr,
    strict "/strict" Strict,
    pairs "/pairs" Vec<(String, u8)>,
    map "/map" BTreeMap<String, Vec<String>>,
    either2 "/either2" Either2,
    shop "/shop" Shop,
    lists "/lists" Lists,
    flat_lists "/flat-lists" FlatLists,
    rest "/rest" Rest,
    outside "/outside" Outside,
    pieces "/pieces" Pieces,
}

#[get("/number/{n}")]
async fn number(n: NonZeroU32) -> String {
    n.to_string()
}

#[get("/small/{n}")]
async fn small(n: u8) -> String {
    n.to_string()
}

#[any("/form")]
async fn form(value: Form<Flat>) -> String {
    format!("{:?}", value.0)
}

#[any("/bind")]
async fn bind(value: Bind<Flat>) -> String {
    format!("{:?}", value.0)
}

#[post("/long")]
async fn long(value: Form<FlatLists>) -> String {
    format!("{:?}", value.0)
}

#[post("/long-rest")]
async fn long_rest(value: Form<Rest>) -> String {
    format!("{:?}", value.0)
}

#[post("/json")]
async fn in_json(value: Json<Order>) -> String {
    format!("{:?}", value.0)
}

#[post("/flat-json")]
async fn flat_json(value: Json<Flat>) -> String {
    format!("{:?}", value.0)
}

#[post("/either")]
async fn either(value: Either<Json<Flat>, Form<Flat>>) -> String {
    match value {
        Either::Left(value) => format!("{:?}", value.0),
        Either::Right(value) => format!("{:?}", value.0),
    }
}

#[routes(app)]
pub(crate) struct Api(
    flat,
    maybe,
    with_id,
    shape,
    beside,
    empty,
    empty_flat,
    many,
    addr,
    strict,
    pairs,
    map,
    number,
    small,
    form,
    in_json,
    flat_json,
    either,
    either2,
    shop,
    lists,
    flat_lists,
    rest,
    outside,
    pieces,
    bind,
    long,
    long_rest,
);
