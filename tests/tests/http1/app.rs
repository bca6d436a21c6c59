//! The app that is asked, and the directory it shows.

use std::{
    collections::HashSet,
    fs,
    future::IntoFuture,
    net::SocketAddr,
    path::PathBuf,
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use highball::{Files, prelude::*, tokio};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};

/// What no answer may hold.
pub(super) const SECRET: &str = "top-secret";

/// The clients that got an answer from `/smuggled`.
static SMUGGLED: LazyLock<Mutex<HashSet<SocketAddr>>> = LazyLock::new(Mutex::default);

#[get("/")]
async fn home() -> &'static str {
    "home"
}

#[get("/hello/{name}")]
async fn hello(name: &str) -> String {
    format!("hello {name}")
}

#[post("/echo")]
async fn echo(body: Bytes) -> Bytes {
    body
}

/// Says what of a request's trailers can be seen among its headers.
#[post("/trailers")]
async fn trailers(_body: Bytes, cx: &mut Context<'_>) -> String {
    let names = ["x-trailer", "content-length", "authorization"];
    let values = names.map(|name| cx.header(name).unwrap_or("none"));
    values.join(" ")
}

#[get("/smuggled")]
async fn smuggled(client: ConnectInfo) -> &'static str {
    let mut smuggled = SMUGGLED.lock().unwrap_or_else(PoisonError::into_inner);
    smuggled.insert(client.0);
    "smuggled"
}

#[get("/static/{*path}", slash = ignore)]
async fn file(path: &str, files: State<Files>, cx: &mut Context<'_>) -> Response {
    files.serve(path, cx).await
}

#[derive(State)]
struct AppState {
    files: Files,
}

#[routes(app)]
struct Api(home, hello, echo, trailers, smuggled, file);

/// Returns whether this client got an answer from `/smuggled`, and forgets it.
pub(super) fn take_smuggled(client: SocketAddr) -> bool {
    let mut smuggled = SMUGGLED.lock().unwrap_or_else(PoisonError::into_inner);
    smuggled.remove(&client)
}

/// A directory that goes with the test, and the secret beside it.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let name = format!("highball-http1-{name}-{}", std::process::id());
        let root = std::env::temp_dir().join(name);
        fs::create_dir_all(root.join("public/docs")).expect("a folder");
        for (path, text) in [
            ("secret.txt", SECRET),
            ("public/ok.txt", "a file"),
            ("public/docs/index.html", "an index"),
            ("public/.hidden", SECRET),
        ] {
            fs::write(root.join(path), text).expect("a file");
        }
        Self(root)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// The served app, and the way to stop it.
pub(super) struct Server {
    pub(super) addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
    _site: Site,
}

impl Server {
    pub(super) async fn start(name: &str) -> Self {
        let site = Site::new(name);
        let files = Files::new(site.0.join("public"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let serving = highball::serve(Api)
            .state(AppState { files })
            .listen(listener)
            .quiet()
            .stop(async {
                let _ = stopped.await;
            });
        let task = tokio::spawn(serving.into_future());
        Self {
            addr,
            stop,
            task,
            _site: site,
        }
    }

    pub(super) async fn stop(self) {
        self.stop.send(()).expect("it runs");
        let served = timeout(Duration::from_secs(20), self.task)
            .await
            .expect("it stops");
        served.expect("it does not panic").expect("it serves");
    }
}
