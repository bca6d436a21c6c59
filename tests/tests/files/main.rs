//! `Files`: a directory served at `/`, next to an API. `wire/files.txt` contains cases for the headers of requests.

use std::{fs, path::PathBuf};

use highball::{
    middleware::Files,
    prelude::*,
    testing::{TestResponse, TestSession},
};

mod conditional;
mod lookup;
mod preconditions;
mod resized_file;
mod serving;

/// A temporary directory that is removed when the test ends.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("highball-{name}-{}", std::process::id()));
        let public = root.join("public");
        for (path, text) in [
            ("../secret.txt", "secret"),
            ("index.html", "<p>home</p>"),
            ("app.js", "0123456789"),
            ("app.js.gz", "zipped"),
            ("a b+ä.txt", "spaced"),
            ("docs/index.html", "<p>docs</p>"),
            ("docs/app.css", "a {}"),
            ("empty/.keep", ""),
            (".env", "secret"),
            (".git/config", "secret"),
            (".well-known/security.txt", "contact"),
        ] {
            let path = public.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::create_dir_all(&public).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        Self(root)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[derive(State)]
struct AppState {
    site: Files,
}

#[get("/api/books")]
async fn books() -> &'static str {
    "[]"
}

#[get("/")]
async fn home(site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve("", cx).await
}

#[get("/{*path}", slash = ignore)]
async fn file(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve(path, cx).await
}

/// Accepts any method, so that `Files` decides which methods a file has.
#[any("/any/{*path}")]
async fn any_method(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve(path, cx).await
}

#[routes(app)]
struct Api(books, home, file, any_method);

fn client(site: &Site) -> TestSession<Api> {
    let files = Files::new(site.0.join("public"))
        .precompressed()
        .spa("index.html");
    let site = files.max_age(secs(60));
    Api.test().state(AppState { site }).start()
}

async fn get(client: &TestSession<Api>, path: &str) -> TestResponse {
    client.get(path).send().await
}
