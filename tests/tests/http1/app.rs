//! The app under test, and the directory that it serves.

use std::{
    collections::HashSet,
    fs,
    future::IntoFuture,
    net::SocketAddr,
    path::PathBuf,
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use highball::{middleware::Files, prelude::*, tokio};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};

/// A text that no response may contain.
pub(super) const SECRET: &str = "top-secret";

/// The clients that got a response from `/smuggled`.
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

/// Returns whether trailers of the request are among its headers.
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

/// Serves the directory with precompressed files and a page for a single-page app.
struct Web(Files);

#[get("/site/{*path}", slash = ignore)]
async fn site(path: &str, web: State<Web>, cx: &mut Context<'_>) -> Response {
    web.0.serve(path, cx).await
}

#[derive(State)]
struct AppState {
    files: Files,
    web: Web,
}

#[routes(app)]
struct Api(home, hello, echo, trailers, smuggled, file, site);

/// Returns whether this client got a response from `/smuggled`, and forgets it.
pub(super) fn take_smuggled(client: SocketAddr) -> bool {
    let mut smuggled = SMUGGLED.lock().unwrap_or_else(PoisonError::into_inner);
    smuggled.remove(&client)
}

/// The modification time of the files in seconds: 2 January 2020, 03:04:05.
const CHANGED: Duration = Duration::from_secs(1_577_934_245);

/// A temporary directory, with a secret file outside of it. It is removed when the test ends.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let name = format!("highball-http1-{name}-{}", std::process::id());
        let root = std::env::temp_dir().join(name);
        fs::create_dir_all(root.join("public/docs")).expect("a folder");
        fs::create_dir_all(root.join("public/bare")).expect("a folder");
        for (path, text) in [
            ("secret.txt", SECRET),
            ("public/ok.txt", "a file"),
            ("public/docs/index.html", "an index"),
            ("public/.hidden", SECRET),
            ("public/ten.txt", "0123456789"),
            ("public/ten.txt.gz", "zipped"),
            ("public/empty.txt", ""),
            ("public/page.html", "a page"),
            ("public/12:30 a:b.txt", "a colon"),
        ] {
            fs::write(root.join(path), text).expect("a file");
            let file = fs::File::options().write(true).open(root.join(path));
            let set = file.and_then(|file| file.set_modified(UNIX_EPOCH + CHANGED));
            set.expect("a file of its own");
        }
        for (link, to) in [("loop", "loop"), ("dangling", "none")] {
            std::os::unix::fs::symlink(to, root.join("public").join(link)).expect("a link");
        }
        Self(root)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// A running server, and the channel that stops it.
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
        let web = files.clone().precompressed().spa("page.html");
        let web = Web(web.max_age(secs(60)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let serving = highball::serve(Api)
            .state(AppState { files, web })
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
