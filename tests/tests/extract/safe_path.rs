//! `SafePath`: path parameters that name files.

use highball::{Path, PathFields, extract::SafePath, prelude::*};

#[get("/f/{*rest}", slash = ignore)]
async fn file(rest: SafePath) -> String {
    rest.within("base").display().to_string()
}

#[get("/one/{name}.txt")]
async fn one(name: SafePath) -> String {
    name.to_string()
}

#[derive(PathFields)]
struct Place {
    dir: SafePath,
}

#[get("/place/{dir}/x")]
async fn place(place: Path<Place>) -> String {
    place.dir.to_string()
}

#[derive(serde::Deserialize)]
struct Asked {
    file: SafePath,
}

#[get("/query")]
async fn query(asked: Query<Asked>) -> String {
    asked.file.to_string()
}

#[routes("/in/{dir}")]
struct Inner(inner);

#[get("/x")]
async fn inner(#[param] dir: SafePath) -> String {
    dir.to_string()
}

/// Accepts hidden files.
#[get("/all/{*rest}")]
async fn all(rest: &str) -> Result<String, Rejection> {
    let path = SafePath::with_hidden(rest);
    let path = path.map_err(|error| Rejection::new(StatusCode::NOT_FOUND, error.to_string()))?;
    Ok(path.as_str().to_owned())
}

#[routes(app)]
struct Api(file, one, place, query, Inner, all);

async fn check(path: &str, expected: (u16, &str)) {
    let response = Api.test().get(path).send().await;
    let got = (response.status().as_u16(), response.text());
    assert_eq!(got.0, expected.0, "{path}: {}", got.1);
    assert!(got.1.contains(expected.1), "{path}: {}", got.1);
}

#[tokio::test]
async fn path_outside_the_directory_is_rejected_and_named() {
    for path in [
        "/f//etc/passwd",
        "/f/..%2f..%2fetc",
        "/f/../etc",
        "/f/a/../../b",
        "/f/a/..",
        "/f/%2e%2e/a",
        "/f/a/%2e/b",
        "/f/%2fetc%2fpasswd",
        "/f/a//b",
        "/f/a%2f%2fb",
        "/f/C:%5cx",
        "/f/C:/x",
        "/f/%5c%5cserver%5cshare",
        "/f/..%5ca",
        "/f/a%00b",
        "/f/a%0ab",
        "/f/.git/config",
        "/f/a/.env",
    ] {
        check(path, (400, "`rest`")).await;
    }
    check("/one/%2fetc%2fpasswd.txt", (400, "`name`")).await;
    check("/place/../x", (400, "`dir`")).await;
    check("/place/%2e%2e%2f/x", (400, "`dir`")).await;
    check("/in/../x", (400, "`dir`")).await;
    check("/query?file=../a", (400, "file")).await;
    check("/all/..%2fa", (404, "must not contain")).await;
}

#[tokio::test]
async fn path_inside_the_directory_is_accepted() {
    for (path, text) in [
        ("/f/a", "base/a"),
        ("/f/a/b.txt", "base/a/b.txt"),
        ("/f/a/b/", "base/a/b"),
        ("/f/a%2fb", "base/a/b"),
        ("/f/%C3%BC%20x..y", "base/\u{fc} x..y"),
        ("/one/a.txt", "a"),
        ("/place/a%2fb/x", "a/b"),
        ("/in/a/x", "a"),
        ("/query?file=a/b", "a/b"),
        ("/all/.git/config", ".git/config"),
    ] {
        check(path, (200, text)).await;
    }
    assert_eq!(
        file::path(SafePath::new("a/b c").expect("safe")),
        "/f/a/b%20c"
    );
}
