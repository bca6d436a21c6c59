"""Generates the apps that are compiled: the same handlers alone, in Highball and in axum."""

# The profile of the workspace, so that the dependencies are compiled as for users.
MANIFEST = """\
[package]
name = "{name}"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
{dependencies}
"""

DEPENDENCIES = {
    "handlers": 'highball = {{ path = "{root}/runtime" }}\n',
    "highball": 'highball = {{ path = "{root}/runtime" }}\n',
    "axum": 'axum = {{ version = "0.8", features = ["http2"] }}\ntokio = {{ version = "1", features = ["macros", "net", "rt-multi-thread"] }}\n',
}
SERDE = 'serde = { version = "1", features = ["derive"] }\n'

GROUP = 10

HEAD = {
    "handlers": "use highball::{Json, State};\n",
    "highball": "use highball::prelude::*;\n",
    "axum": "use axum::{Json, Router, extract::{Path, State}, routing::{get, post}};\n",
}

TYPES = """
pub struct Db(pub String);

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Item {
    pub id: u64,
    pub name: String,
}
"""


def write(folder, root, app, n_routes):
    """Writes a crate and returns its folder."""
    name = f"{app}-{n_routes}"
    crate = folder / name
    (crate / "src").mkdir(parents=True, exist_ok=True)
    dependencies = DEPENDENCIES[app].format(root=root) + SERDE
    (crate / "Cargo.toml").write_text(MANIFEST.format(name=name, dependencies=dependencies))
    groups = [group(app, idx) for idx in range(-(-n_routes // GROUP))]
    text = HEAD[app] + TYPES + "\n".join(groups) + MAIN[app](len(groups))
    (crate / "src/main.rs").write_text(text)
    return crate


def group(app, idx):
    """Returns ten handlers, half of them with the state and half with a JSON body."""
    handlers = [handler(app, idx, n) for n in range(GROUP)]
    return f"pub mod group_{idx} {{\nuse super::*;\n{''.join(handlers)}{LIST[app](idx)}}}\n"


def handler(app, idx, n):
    path = f"/resource-{n}/{{id}}"
    verb, second, body = (
        ("get", argument(app, "db", "State", "Db"), 'Json(Item { id, name: db.0.clone() })'),
        ("post", argument(app, "item", "Json", "Item"), "Json(Item { id, name: item.name.clone() })"),
    )[n % 2]
    attribute = f'#[{verb}("{path}")]\n' if app == "highball" else ""
    first = "Path(id): Path<u64>" if app == "axum" else "id: u64"
    return f"{attribute}pub async fn {verb}_{n}({first}, {second}) -> Json<Item> {{\n    {body}\n}}\n"


def argument(app, name, extractor, ty):
    if app != "axum":
        return f"{name}: {extractor}<{ty}>"
    if extractor == "State":
        ty = f"std::sync::Arc<{ty}>"
    return f"{extractor}({name}): {extractor}<{ty}>"


def names():
    verbs = ("get", "post")
    return [(verbs[n % 2], f"{verbs[n % 2]}_{n}", n) for n in range(GROUP)]


def list_handlers(idx):
    return ""


def list_highball(idx):
    listed = ", ".join(name for _, name, _ in names())
    return f'#[routes("/group-{idx}")]\npub struct Group({listed});\n'


def list_axum(idx):
    routes = "".join(f'\n        .route("/resource-{n}/{{id}}", {verb}({name}))' for verb, name, n in names())
    return f"pub fn routes() -> Router<std::sync::Arc<Db>> {{\n    Router::new(){routes}\n}}\n"


LIST = {"handlers": list_handlers, "highball": list_highball, "axum": list_axum}


def main_handlers(n_groups):
    return "\nfn main() {}\n"


def main_highball(n_groups):
    groups = ", ".join(f"group_{idx}::Group" for idx in range(n_groups))
    return f"""
#[derive(State)]
struct AppState {{
    db: Db,
}}

#[routes(app)]
struct Api({groups});

fn main() -> highball::Result {{
    let state = AppState {{ db: Db(String::new()) }};
    highball::block_on(async {{ highball::serve(Api).state(state).await }})
}}
"""


def main_axum(n_groups):
    groups = "".join(f'\n        .nest("/group-{idx}", group_{idx}::routes())' for idx in range(n_groups))
    return f"""
#[tokio::main]
async fn main() -> std::io::Result<()> {{
    let state = std::sync::Arc::new(Db(String::new()));
    let app = Router::new(){groups}
        .with_state(state);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, app).await
}}
"""


MAIN = {"handlers": main_handlers, "highball": main_highball, "axum": main_axum}
