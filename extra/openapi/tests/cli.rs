//! The commands of a program with a document.

use std::fs;

use highball::prelude::*;
use highball_openapi::{Document, Documented, run};

#[derive(serde::Serialize, schemars::JsonSchema)]
struct User {
    id: u64,
}

#[guard]
fn signed_in(token: Bearer) -> Result<(), NotAllowed> {
    match token.token() {
        "secret" => Ok(()),
        _ => Err(NotAllowed),
    }
}

#[derive(Debug, IntoResponse)]
#[status(403, "not allowed")]
struct NotAllowed;

#[get("/users/{id}", with(signed_in))]
async fn show(id: u64) -> Option<Json<User>> {
    Some(Json(User { id }))
}

#[get("/any")]
async fn any() -> Response {
    ().into_response()
}

#[routes(app)]
struct Api(show, any);

impl Documented for Api {
    fn document() -> Document {
        Document::of::<Self>("Users", "1.0.0")
    }
}

fn output(arguments: &[&str]) -> (String, u8) {
    let output = run::<Api>(arguments.iter().copied()).expect("a command");
    (output.text, output.code)
}

#[test]
fn routes_are_a_table_or_json() {
    let (table, code) = output(&["routes"]);
    let lines: Vec<_> = table.lines().collect();
    assert_eq!((code, lines.len()), (0, 3), "{table}");
    let words: Vec<_> = lines[1].split_whitespace().collect();
    assert_eq!(
        words[..7],
        ["GET", "/users/{id}", "200", "400", "401", "403", "404"]
    );
    assert_eq!(words[7], "signed_in");
    assert!(lines[2].contains(" ? "), "{table}");
    let (json, _) = output(&["routes", "--json"]);
    let routes: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(routes[0]["answers"], json!([200, 400, 401, 403, 404]));
    assert_eq!(routes[1]["unknown_answers"], json!(["Response"]));
}

#[test]
fn a_client_is_printed_or_compared() {
    let (source, code) = output(&["client", "rust"]);
    assert!(code == 0 && source.contains("pub async fn"), "{source}");
    let file = std::env::temp_dir().join(format!("highball-client-{}.rs", std::process::id()));
    fs::write(&file, &source).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(output(&["client", "rust", "--check", file]).1, 0);
    fs::write(file, "// an older one").unwrap();
    assert!(
        output(&["client", "rust", "--check", file])
            .0
            .contains("not up to date")
    );
    assert_eq!(output(&["client", "rust", "--types", "shop"]).1, 1);
    fs::remove_file(file).unwrap();
}

#[test]
fn other_arguments_are_left_to_the_program() {
    assert!(run::<Api>([]).is_none());
    assert!(run::<Api>(["serve"]).is_none());
    assert_eq!(output(&["openapi", "--nothing"]).1, 1);
    assert!(output(&["help"]).0.contains("openapi --check FILE"));
}

#[test]
fn a_check_names_each_change_with_its_source() {
    let folder = std::env::temp_dir().join(format!("highball-openapi-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("openapi.json");
    let file = file.to_str().unwrap();
    let (text, code) = output(&["openapi", "--check", file]);
    assert!(code == 1 && text.contains("openapi --write"), "{text}");
    let (text, code) = output(&["openapi", "--write", file]);
    // The id of a user is a `u64`.
    assert!(
        text.lines()
            .all(|line| line.starts_with("note: `id` of `User`")
                || line.starts_with("note: the parameter `id`")),
        "{text}"
    );
    assert_eq!((text.lines().count(), code), (2, 0));
    let (text, code) = output(&["openapi", "--check", file]);
    assert!(code == 0 && text.contains("up to date"), "{text}");

    // In the older document the id is optional in the answer, and a route is missing.
    let mut old: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    old["paths"].as_object_mut().unwrap().remove("/any");
    let schema = &mut old["components"]["schemas"]["User"];
    schema["properties"]["name"] = json!({ "type": "string" });
    schema["required"] = json!(["id", "name"]);
    fs::write(file, old.to_string()).unwrap();
    let (text, code) = output(&["openapi", "--check", file]);
    assert_eq!(code, 1);
    assert!(text.contains("GET /users/{id}, 200"), "{text}");
    assert!(text.contains("extra/openapi/tests/cli.rs:"), "{text}");
    assert!(text.contains("breaks clients"), "{text}");
    fs::write(file, "no json").unwrap();
    assert!(
        output(&["openapi", "--check", file])
            .0
            .contains("is not a document")
    );
    fs::remove_dir_all(&folder).unwrap();
}

mod grouped {
    use super::*;

    #[get("/")]
    async fn home() {}

    #[get("/{id}")]
    async fn one(id: u8) -> String {
        id.to_string()
    }

    #[routes("/old")]
    struct Old(one);

    #[routes("/users")]
    struct Users(one, Old);

    #[routes(app)]
    pub(super) struct Site(home, Users, any);

    impl Documented for Site {
        fn document() -> Document {
            Document::of::<Self>("Site", "1.0.0")
        }
    }
}

#[test]
fn a_tree_has_the_routes_in_their_groups() {
    let output = run::<grouped::Site>(["routes", "--tree"]).expect("a command");
    let lines: Vec<_> = output.text.lines().collect();
    let words = lines
        .iter()
        .map(|line| line.split(" (").next().unwrap_or_default());
    let expected = [
        "Site",
        "  GET /",
        "  Users",
        "    GET /users/{id}",
        "    Old",
        "      GET /users/old/{id}",
        "  GET /any",
    ];
    assert!(words.eq(expected), "{}", output.text);
    assert!(lines[1].contains("cli.rs:"), "{}", lines[1]);
}
