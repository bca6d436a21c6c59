//! Calls of handlers with their types, by the test client.

use highball::{
    extract::Bind,
    prelude::*,
    response::{Created, Html, NoContent},
    testing::TestRoute,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod notes {
    use super::*;

    /// A type that is more private than its handlers.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Note {
        pub(super) text: String,
    }

    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Find {
        pub(super) word: Option<String>,
        pub(super) page: u8,
    }

    #[derive(Debug, IntoResponse)]
    #[status(409, "the note exists")]
    pub(super) struct Exists;

    #[post("/")]
    pub(crate) async fn add(
        state: State<u8>,
        note: Json<Note>,
        token: Option<Bearer>,
    ) -> Result<Created<Json<Note>>, Exists> {
        match token.is_some() {
            true => Ok(Created::at(format!("/notes/{}", *state), note)),
            false => Err(Exists),
        }
    }

    #[get("/")]
    pub(crate) async fn find(find: Query<Find>) -> Json<Vec<Note>> {
        let Find { word, page } = find.0;
        let text = format!("{} {page}", word.unwrap_or_default());
        Json(vec![Note { text }])
    }

    #[get("/{id}/v{version}.html")]
    pub(crate) async fn show(id: u64, version: &str) -> Option<Html<String>> {
        (id == 7).then(|| Html(version.to_owned()))
    }

    #[get("/files/{*rest}")]
    pub(crate) async fn file(rest: &str) -> String {
        rest.to_owned()
    }

    #[put("/bound")]
    pub(crate) async fn bound(note: Bind<Note>) -> Json<Note> {
        Json(note.0)
    }

    #[delete("/{id}")]
    pub(crate) async fn remove<D: Database>(id: u64, _database: State<D>) -> NoContent {
        assert_eq!(id, D::ID);
        NoContent
    }

    #[routes("/{owner}/notes")]
    pub(crate) struct Notes(add, find, show, file, bound, remove<Seven>);
}

trait Database: Send + Sync + 'static {
    const ID: u64;
}

struct Seven;

impl Database for Seven {
    const ID: u64 = 7;
}

#[get("/")]
async fn home() -> &'static str {
    "home"
}

#[routes(app)]
struct Api(home, notes::Notes);

#[derive(State)]
struct AppState {
    number: u8,
    database: Seven,
}

fn state() -> AppState {
    AppState {
        number: 3,
        database: Seven,
    }
}

const OWNER: &[(&str, &dyn std::fmt::Display)] = &[("owner", &"a/b")];

#[tokio::test]
async fn bodies_queries_and_answers_have_the_types_of_the_handler() {
    let session = Api.test().state(state()).start();
    let note = notes::Note {
        text: "ü".to_owned(),
    };
    let answer = notes::add::call_within(&session, OWNER, ())
        .json(&note)
        .bearer("t")
        .send()
        .await;
    assert_eq!(answer.header("location"), "/notes/3");
    assert_eq!(answer.success(), Some(note.clone()));
    let refused = notes::add::call_within(&session, OWNER, ()).json(&note);
    let refused = refused.send().await;
    assert_eq!(
        (refused.success(), refused.status()),
        (None, StatusCode::CONFLICT)
    );
    let find = notes::Find {
        word: Some("a&b".to_owned()),
        page: 2,
    };
    let found = notes::find::call_within(&session, OWNER, ()).query(&find);
    assert_eq!(found.send().await.value()[0].text, "a&b 2");
    let call = || notes::bound::call_within(&session, OWNER, ());
    assert_eq!(call().json(&note).send().await.value(), note);
    assert_eq!(call().form(&note).send().await.value(), note);
}

#[tokio::test]
async fn values_of_paths_are_escaped() {
    let session = Api.test().state(state()).start();
    let shown = notes::show::call_within(&session, OWNER, (7, "ü/?"));
    assert_eq!(shown.send().await.value(), "ü/?");
    let missing = notes::show::call_within(&session, OWNER, (8, 1));
    assert_eq!(missing.send().await.status(), 404);
    let file = notes::file::call_within(&session, OWNER, ("a b/c",));
    assert_eq!(file.send().await.value(), "a b/c");
    assert_eq!(home::call(&session, ()).send().await.value(), "home");
    let removed = notes::remove::<Seven>::call_within(&session, OWNER, (7,));
    removed.send().await.value();
}

#[tokio::test]
#[should_panic(
    expected = "`/{owner}/notes/files/{*rest}` has other parameters than the 1 values of this call"
)]
async fn a_prefix_without_its_value_panics() {
    let session = Api.test().state(state()).start();
    let _ = notes::file::call(&session, ("a",));
}

#[tokio::test]
#[should_panic(expected = "the response is an error")]
async fn the_value_of_an_error_panics() {
    let session = Api.test().state(state()).start();
    let answer = notes::show::call_within(&session, OWNER, (8, "1")).send();
    answer.await.value();
}

#[get("/other")]
async fn other() {}

#[tokio::test]
#[should_panic(expected = "::other` is not a route of the app")]
async fn a_handler_of_another_app_panics() {
    let session = Api.test().state(state()).start();
    let _ = other::call(&session, ());
}
