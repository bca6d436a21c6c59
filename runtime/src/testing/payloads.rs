//! The traits of a typed call: which bodies and queries a handler takes, and which value its response has.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::TestResponse;
use crate::{
    extract::{Bind, Form, Query},
    response::{Attachment, Created, Html, Json, NoContent, PrettyJson},
    routes::NoLink,
};

/// An extractor that reads a body or a query like that of `T`, such as `Json<Note>`.
///
/// Implement it for your own extractor, so that [`TestCall::json`](super::TestCall::json) accepts its value.
///
/// # Examples
/// ```
/// use highball::{extract::Json, testing::Accepts};
///
/// /// JSON with a signature.
/// struct Signed<T>(T);
///
/// impl<T> Accepts<Json<T>> for Signed<T> {}
/// ```
pub trait Accepts<T> {}

impl<T> Accepts<Self> for Json<T> {}
impl<T> Accepts<Self> for Form<T> {}
impl<T> Accepts<Self> for Query<T> {}
impl<T> Accepts<Json<T>> for Bind<T> {}
impl<T> Accepts<Form<T>> for Bind<T> {}
impl<T> Accepts<Query<T>> for Bind<T> {}
impl<T, E: Accepts<T>> Accepts<T> for Option<E> {}
impl<T, E: Accepts<T>, R> Accepts<T> for Result<E, R> {}
#[cfg(feature = "validate")]
impl<T, E: Accepts<T>> Accepts<T> for crate::extract::Valid<E> {}

/// The arguments of a handler, of which one accepts a body or a query like that of `T`. The compiler finds the index
/// `I`: `()` is the first argument, and `(I,)` is behind the argument `I`.
///
/// # Examples
/// ```
/// use highball::{extract::{Json, Query}, testing::Takes};
///
/// fn check<Arguments: Takes<Json<u8>, I>, I>() {}
///
/// check::<(Query<String>, (Json<u8>, ())), _>();
/// ```
#[diagnostic::on_unimplemented(
    message = "the handler has no argument `{T}`",
    note = "a typed call sends a body or a query of the type that the handler has as an argument"
)]
pub trait Takes<T, I> {}

impl<T, A: Accepts<T>, Rest> Takes<T, ()> for (A, Rest) {}
impl<T, A, Rest: Takes<T, I>, I> Takes<T, (I,)> for (A, Rest) {}

/// Values for the path parameters of a handler, as a tuple of up to six.
///
/// A parameter that the handler takes as a text may be any type with `Display`.
///
/// # Examples
/// ```
/// use highball::testing::LinkValues;
///
/// fn texts<L>(values: impl LinkValues<L>) -> Vec<String> {
///     values.texts()
/// }
///
/// assert_eq!(texts::<(u64, bool)>((7, true)), ["7", "true"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "the path parameters of the handler have other types",
    label = "expected the values of its parameters, `{Link}`"
)]
pub trait LinkValues<Link> {
    /// Returns the values as texts.
    fn texts(&self) -> Vec<String>;
}

macro_rules! values {
    ($($name:ident)*) => {
        impl<$($name: fmt::Display),*> LinkValues<($($name,)*)> for ($($name,)*) {
            fn texts(&self) -> Vec<String> {
                #[allow(non_snake_case)]
                let ($($name,)*) = self;
                vec![$($name.to_string()),*]
            }
        }

        impl<$($name: fmt::Display),*> LinkValues<NoLink> for ($($name,)*) {
            fn texts(&self) -> Vec<String> {
                LinkValues::<($($name,)*)>::texts(self)
            }
        }
    };
}

values!();
values!(A);
values!(A B);
values!(A B C);
values!(A B C D);
values!(A B C D E);
values!(A B C D E F);

/// The return type of a handler, whose value a test reads from the response.
///
/// # Examples
/// ```
/// use highball::testing::{AnswerValue, TestResponse};
///
/// /// A number as text.
/// struct Number(u64);
///
/// impl AnswerValue for Number {
///     type Value = u64;
///
///     fn read(response: &TestResponse) -> u64 {
///         response.text().parse().expect("a number")
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a test cannot read a value from a response of the type `{Self}`",
    note = "use the methods of `TestResponse`, such as `json`, or implement `AnswerValue` for `{Self}`"
)]
pub trait AnswerValue {
    /// The value.
    type Value;

    /// Returns the value of a response without an error status.
    ///
    /// # Panics
    /// Panics if the body does not match.
    fn read(response: &TestResponse) -> Self::Value;
}

macro_rules! answers {
    ($([$($param:ident $(: $bound:path)?)?] $ty:ty => $value:ty, $read:expr;)*) => {$(
        impl<$($param $(: $bound)?)?> AnswerValue for $ty {
            type Value = $value;

            fn read(response: &TestResponse) -> $value {
                let read: fn(&TestResponse) -> $value = $read;
                read(response)
            }
        }
    )*};
}

answers! {
    [T: DeserializeOwned] Json<T> => T, TestResponse::json;
    [T: DeserializeOwned] PrettyJson<T> => T, TestResponse::json;
    [T] Html<T> => String, |response| response.text().to_owned();
    [] &'static str => String, |response| response.text().to_owned();
    [] String => String, |response| response.text().to_owned();
    [] Cow<'static, str> => String, |response| response.text().to_owned();
    [] Bytes => Bytes, |response| response.bytes().clone();
    [] Vec<u8> => Bytes, |response| response.bytes().clone();
    [] () => (), |_| ();
    [] NoContent => (), |_| ();
    [T: AnswerValue] Created<T> => T::Value, T::read;
    [T: AnswerValue] Attachment<T> => T::Value, T::read;
    [T: AnswerValue] Option<T> => T::Value, T::read;
}

impl<T: AnswerValue, E> AnswerValue for Result<T, E> {
    type Value = T::Value;

    fn read(response: &TestResponse) -> T::Value {
        T::read(response)
    }
}

impl<H, B: AnswerValue> AnswerValue for (H, B) {
    type Value = B::Value;

    fn read(response: &TestResponse) -> B::Value {
        B::read(response)
    }
}

impl<S, H, B: AnswerValue> AnswerValue for (S, H, B) {
    type Value = B::Value;

    fn read(response: &TestResponse) -> B::Value {
        B::read(response)
    }
}
