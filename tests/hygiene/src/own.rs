//! Extractors that have the names of those of Highball. `self::` distinguishes them where the attributes read a name.

#![allow(unused_qualifications, clippy::needless_pass_by_value)]

use highball::extract::Input;
use highball::prelude::{Rejection, get, json, routes};
use highball::{Extract, guard, testing::TestApp as _};

/// Declares extractors of one value.
macro_rules! extractors {
    ($($name:ident),*) => {$(
        /// An extractor.
        #[derive(Debug, Clone)]
        pub struct $name<T>(pub T);

        impl<'r, T: Default + 'static> Extract<'r> for $name<T> {
            type State = ();

            fn extract(_: Input<'r>) -> Result<Self, Rejection> {
                Ok(Self(T::default()))
            }
        }
    )*};
}

extractors!(State, Local, Path, Json);

/// An extractor without a parameter.
#[derive(Debug, Default)]
pub struct Context(pub u64);

impl<'r> Extract<'r> for Context {
    type State = ();

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self(3))
    }
}

/// A handler.
#[get("/")]
pub async fn patterns(
    State(state): self::State<u64>,
    Local(local): self::Local<String>,
    Path(path): self::Path<u8>,
    Json(body): Json<bool>,
    context: self::Context,
) -> String {
    json!([state, local, path, body, context.0]).to_string()
}

/// A handler without patterns.
#[get("/plain", with(guarded))]
#[must_use]
pub fn plain(state: State<u64>, local: self::Local<u64>, path: self::Path<u64>) -> String {
    json!([state.0, local.0, path.0]).to_string()
}

/// A guard.
#[guard]
pub fn guarded(local: self::Local<u64>, _context: self::Context) -> Result<(), Rejection> {
    match local.0 {
        0 => Ok(()),
        _ => Err(Rejection::internal()),
    }
}

/// The app.
#[routes(app)]
pub struct Api(patterns, plain);

/// Returns the response of the app.
pub async fn answer(path: &str) -> String {
    let client = Api.test().start();
    client.get(path).send().await.text().to_owned()
}
