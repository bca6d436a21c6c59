//! An app with every extractor, part and response of the framework. `.ci/openapi` sends it valid and invalid requests
//! that are generated from its document. It listens on the port in `PORT`.

mod inputs;
mod parts;
mod responses;

use highball::prelude::*;
use highball_openapi::{Document, Documented};

/// The state of the app.
#[derive(Debug, State)]
struct AppState {
    accounts: highball::middleware::Accounts,
    key: highball::cookie::Key,
}

#[routes(app)]
struct Api(
    inputs::Inputs,
    responses::Responses,
    parts::Parts,
    highball_openapi::json<Api>,
    highball_openapi::yaml<Api>,
);

impl Documented for Api {
    fn document() -> Document {
        Document::of::<Self>("Everything", "1.0.0")
            .description("Every extractor, part and response.")
    }
}

#[highball::main]
async fn main() -> highball::Result {
    highball_openapi::cli::<Api>();
    let state = AppState {
        accounts: parts::accounts(),
        key: highball::cookie::Key::generate(),
    };
    highball::serve(Api).state(state).await
}
