use std::path::{Path, PathBuf};

use highball::{
    block_on,
    prelude::*,
    testing::{TestResponse, TestSession},
    tokio,
};

use crate::{Api, AppState, progress::Progress};

/// A temporary folder that is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("highball-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn files(&self) -> usize {
        std::fs::read_dir(&self.0).expect("a folder").count()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn client(folder: &Path) -> TestSession<Api> {
    let state = AppState {
        progress: Progress::default(),
        folder: folder.to_owned(),
    };
    Api.test().state(state).start()
}

/// Returns a form with one file, followed by `end`.
fn form(file: &str, end: &str) -> String {
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"../a.txt\"";
    format!("--XX\r\n{head}\r\n\r\n{file}{end}")
}

async fn send(client: &TestSession<Api>, id: u64, body: String) -> TestResponse {
    let request = client.post(&format!("/uploads/{id}")).body(body);
    let content_type = "multipart/form-data; boundary=XX";
    request
        .header(header::CONTENT_TYPE, content_type)
        .send()
        .await
}

#[test]
fn file_is_stored_and_its_progress_is_sent() {
    let folder = Folder::new("kept");
    let client = client(&folder.0);
    block_on(async {
        // The first future is polled first, so it follows the upload before the upload begins.
        let (progress, sent) = tokio::join!(
            client.get("/uploads/7/progress").send(),
            send(&client, 7, form("hello", "\r\n--XX--\r\n")),
        );
        assert_eq!(
            sent.json::<Value>(),
            json!([{ "name": "a.txt", "bytes": 5 }])
        );
        assert!(
            progress.text().contains("data: 5\nevent: bytes\n\n"),
            "{}",
            progress.text()
        );
        assert!(
            progress.text().ends_with("event: done\n\n"),
            "{}",
            progress.text()
        );
    });
    let kept = folder.0.join("upload-7-0");
    assert_eq!(std::fs::read_to_string(kept).expect("a file"), "hello");
}

#[test]
fn incomplete_file_is_removed() {
    let folder = Folder::new("half");
    let client = client(&folder.0);
    block_on(async {
        let cut = send(&client, 7, form("hello", "")).await;
        assert_eq!(cut.status(), 400);
        assert_eq!(folder.files(), 0);
        let wrong = client.post("/uploads/7").body("hello").send().await;
        assert_eq!(wrong.status(), 415);
        let again = send(&client, 7, form("hello", "\r\n--XX--\r\n")).await;
        assert_eq!(again.status(), 200);
    });
}

#[test]
fn page_is_served() {
    let folder = Folder::new("page");
    let response = block_on(client(&folder.0).get("/").send());
    assert!(response.text().contains("EventSource"));
}
