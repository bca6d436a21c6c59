//! Files to disk, with their progress as events: `cargo run -p upload`, then `http://localhost:8080`.

mod progress;

use std::path::PathBuf;

use highball::{
    Event, Field, Html, Multipart, Sse,
    prelude::*,
    produce,
    tokio::{fs, io::AsyncWriteExt},
};
use serde::Serialize;

use crate::progress::{Progress, Upload};

/// The most bytes of a file.
const MOST: u64 = 1 << 30;

/// What handlers may ask for.
#[derive(Debug, State)]
struct AppState {
    progress: Progress,
    /// Where the files go.
    folder: PathBuf,
}

/// The page, with all that it needs.
#[get("/")]
fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}

/// What was kept of a file.
#[derive(Debug, Serialize)]
struct Kept {
    /// Its name, as the client says it.
    name: String,
    bytes: u64,
}

/// Takes a file. The client chooses a number for the upload, by which it hears of its progress; the name
/// that it says is shown and never a path.
#[post("/uploads/{id}", body_limit = MOST)]
async fn upload(
    id: u64,
    mut form: Multipart,
    progress: State<Progress>,
    folder: State<PathBuf>,
) -> Result<Json<Vec<Kept>>, Rejection> {
    let upload = progress.begin(id)?;
    let mut kept = Vec::new();
    while let Some(field) = form.next().await? {
        let Some(name) = field.file_name().map(str::to_owned) else {
            continue;
        };
        let path = folder.join(format!("upload-{id}-{}", kept.len()));
        let bytes = match keep(field, &path, &upload).await {
            Ok(bytes) => bytes,
            Err(rejection) => {
                // Half a file is of no use to anyone.
                let _ = fs::remove_file(&path).await;
                return Err(rejection);
            }
        };
        kept.push(Kept { name, bytes });
    }
    Ok(Json(kept))
}

/// Writes a file piece by piece, and tells of each.
async fn keep(mut field: Field, path: &PathBuf, upload: &Upload<'_>) -> Result<u64, Rejection> {
    let broken = |error| Rejection::internal().with_source(error);
    let mut file = fs::File::create_new(path).await.map_err(broken)?;
    let mut bytes = 0;
    while let Some(chunk) = field.chunk().await? {
        file.write_all(&chunk).await.map_err(broken)?;
        bytes += chunk.len() as u64;
        upload.add(chunk.len() as u64);
    }
    file.flush().await.map_err(broken)?;
    Ok(bytes)
}

/// Tells how many bytes of an upload have come, until it has ended.
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
    println!("files go to {}", folder.display());
    let state = AppState {
        progress: Progress::default(),
        folder,
    };
    highball::serve(Api).state(state).await
}

#[cfg(test)]
mod tests;
