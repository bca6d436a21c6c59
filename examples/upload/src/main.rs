//! File uploads whose progress is sent as server-sent events.
//!
//! Run it with `cargo run -p upload`, then open `http://localhost:8080`.

mod progress;

use std::path::PathBuf;

use highball::{
    body::produce,
    multipart::{Field, Multipart},
    prelude::*,
    response::Html,
    sse::{Event, Sse},
    tokio::{fs, io::AsyncWriteExt},
};
use serde::Serialize;

use crate::progress::{Progress, Upload};

/// The maximum size of a request body: 1 GiB.
const MAX_BODY: u64 = 1 << 30;

/// The state of the app.
#[derive(Debug, State)]
struct AppState {
    progress: Progress,
    /// The directory in which files are stored.
    folder: PathBuf,
}

/// Returns the page, which contains its script and its style.
#[get("/")]
fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}

/// A stored file.
#[derive(Debug, Serialize)]
struct Stored {
    /// The name that the client sent.
    name: String,
    bytes: u64,
}

/// Stores the files of a form.
///
/// The client chooses the id of the upload, with which it can follow the progress. The file name that the client sends
/// is only displayed and never used as a path.
#[post("/uploads/{id}", body_limit = MAX_BODY)]
async fn upload(
    id: u64,
    mut form: Multipart,
    progress: State<Progress>,
    folder: State<PathBuf>,
) -> Result<Json<Vec<Stored>>, Rejection> {
    let upload = progress.begin(id)?;
    let mut stored = Vec::new();
    while let Some(field) = form.next().await? {
        let Some(name) = field.file_name().map(str::to_owned) else {
            continue;
        };
        let path = folder.join(format!("upload-{id}-{}", stored.len()));
        let bytes = match store(field, &path, &upload).await {
            Ok(bytes) => bytes,
            Err(rejection) => {
                // An incomplete file is of no use.
                let _ = fs::remove_file(&path).await;
                return Err(rejection);
            }
        };
        stored.push(Stored { name, bytes });
    }
    Ok(Json(stored))
}

/// Writes a file chunk by chunk, and reports the progress after each chunk.
async fn store(mut field: Field, path: &PathBuf, upload: &Upload<'_>) -> Result<u64, Rejection> {
    let failed = |error| Rejection::internal().with_source(error);
    let mut file = fs::File::create_new(path).await.map_err(failed)?;
    let mut bytes = 0;
    while let Some(chunk) = field.chunk().await? {
        file.write_all(&chunk).await.map_err(failed)?;
        bytes += chunk.len() as u64;
        upload.add(chunk.len() as u64);
    }
    file.flush().await.map_err(failed)?;
    Ok(bytes)
}

/// Sends the number of received bytes as events, until the upload has ended.
#[get("/uploads/{id}/progress")]
async fn follow(id: u64, progress: State<Progress>) -> Sse {
    let mut bytes = progress.follow(id);
    Sse::new(produce(move |events| async move {
        while let Some(count) = bytes.next().await {
            events
                .send(Event::data(count.to_string()).name("bytes"))
                .await;
        }
        events.send(Event::data("").name("done")).await;
    }))
}

/// The routes of the app.
#[routes(app)]
struct Api(page, upload, follow);

#[highball::main]
async fn main() -> highball::Result {
    let folder = std::env::temp_dir().join("highball-uploads");
    fs::create_dir_all(&folder).await?;
    println!("files are stored in {}", folder.display());
    let state = AppState {
        progress: Progress::default(),
        folder,
    };
    highball::serve(Api).state(state).await
}

#[cfg(test)]
mod tests;
