"""Generates the apps that are compiled: the same handlers alone, in Highball, with an OpenAPI document, and in axum."""

from kinds import KINDS

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

AXUM = """\
axum = { version = "0.8", features = ["http2"] }
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
"""
SCHEMARS = 'schemars = { version = "1.2", default-features = false, features = ["derive", "std"] }\n'
SERDE = 'serde = { version = "1", features = ["derive"] }\n'

GROUP = 10
SHAPES = ("grouped", "flat")

HEAD = {
    "handlers": "use highball::prelude::*;\n",
    "highball": "use highball::prelude::*;\n",
    "openapi": "use highball::prelude::*;\nuse highball_openapi::{Document, Documented};\n",
    "axum": "use axum::{Json, Router, extract::{Path, State}, routing::{get, post}};\n",
}

TYPES = """
pub struct Db(pub String);

#[derive(serde::Serialize, serde::Deserialize{derives})]
pub struct Item {{
    {attribute}pub id: u64,
    {attribute}pub name: String,
}}
"""

# A body is edited by another number of as many digits, so that nothing else moves.
FIRST_EDIT = 1000


def is_supported(app, kind):
    """axum has only the handlers that are the same in both frameworks."""
    return app != "axum" or kind == "common"


def write(folder, root, app, kind, shape, n_routes):
    """Writes a crate and returns its folder."""
    name = f"{app}-{kind}-{shape}-{n_routes}"
    crate = folder / name
    (crate / "src").mkdir(parents=True, exist_ok=True)
    (crate / "Cargo.toml").write_text(MANIFEST.format(name=name, dependencies=dependencies(root, app, kind)))
    edit(crate, source(app, kind, shape, n_routes), 0)
    return crate


def dependencies(root, app, kind):
    if app == "axum":
        return AXUM + SERDE
    features = ", ".join(f'"{feature}"' for feature in KINDS[kind].features)
    document = f'highball-openapi = {{ path = "{root}/extra/openapi" }}\n{SCHEMARS}' if app == "openapi" else ""
    return document + f'highball = {{ path = "{root}/runtime", features = [{features}] }}\n{SERDE}{KINDS[kind].dependencies}'


def edit(crate, text, n):
    """Writes the program with the n-th version of one body."""
    (crate / "src/main.rs").write_text(text.replace("EDITED", str(FIRST_EDIT + n)))


def source(app, kind, shape, n_routes):
    it = KINDS[kind]
    types = TYPES.format(derives=it.derives + schemas(app), attribute=it.attribute) + ("" if app == "axum" else it.items)
    size = n_routes if shape == "flat" else GROUP
    starts = range(0, n_routes, size)
    groups = [[it.handlers[n % len(it.handlers)] for n in range(min(size, n_routes - at))] for at in starts]
    write_app = flat if shape == "flat" else grouped
    text = "#![allow(unused)]\n" + HEAD[app] + types + write_app(app, it, groups)
    return text + MAIN[app](it)


def schemas(app):
    """Returns the derive of a type with a schema."""
    return ", schemars::JsonSchema" if app == "openapi" else ""


def is_ours(app):
    return app in ("highball", "openapi")


def grouped(app, kind, groups):
    """Returns groups of ten handlers, each in a module."""
    modules = []
    for idx, handlers in enumerate(groups):
        listed = LIST[app](kind, handlers, f'"/group-{idx}{kind.prefix}"', "pub struct Group")
        modules.append(f"pub mod group_{idx} {{\nuse super::*;\n{functions(app, handlers)}{listed}}}\n")
    paths = [f"group_{idx}" for idx in range(len(groups))]
    return "\n".join(modules) + ROOT[app](paths)


def flat(app, kind, groups):
    """Returns handlers in one group, which is the app itself."""
    prefix = f'app, "{kind.prefix}"' if kind.prefix else "app"
    return functions(app, groups[0]) + LIST[app](kind, groups[0], prefix, "pub struct Api")


def functions(app, handlers):
    return "".join(function(app, handler, n) for n, handler in enumerate(handlers))


def function(app, handler, n):
    path = handler.path.replace("{n}", str(n))
    attribute = f'#[{handler.verb}("{path}"{handler.options})]\n' if is_ours(app) else ""
    args = handler.args if is_ours(app) else handler.args.replace("#[param] ", "")
    if app == "axum":
        args = args.replace("id: u64", "Path(id): Path<u64>")
        args = args.replace("db: State<Db>", "State(db): State<std::sync::Arc<Db>>")
        args = args.replace("item: Json<Item>", "Json(item): Json<Item>")
    word = "async fn" if handler.is_async else "fn"
    edited = "let _edited = EDITED;\n    " if n == 0 else ""
    signature = f"pub {word} {name(handler, n)}{handler.generics}({args}) -> {handler.out}"
    text = f"{handler.item}{attribute}{signature} {{\n    {edited}{handler.body}\n}}\n"
    return text.replace("{derives}", schemas(app)).replace("{n}", str(n))


def name(handler, n):
    return f"{handler.verb}_{n}"


def list_handlers(kind, handlers, prefix, struct):
    return ""


def list_highball(kind, handlers, prefix, struct):
    options = f", {kind.options}" if kind.options else ""
    listed = ", ".join(name(handler, n) + handler.listed for n, handler in enumerate(handlers))
    return f"\n#[routes({prefix}{options})]\n{struct}({listed});\n"


def list_axum(kind, handlers, prefix, struct):
    paths = [handler.path.replace("{n}", str(n)) for n, handler in enumerate(handlers)]
    routes = "".join(
        f'    let router = router.route("{path}", {handler.verb}({name(handler, n)}));\n'
        for n, (path, handler) in enumerate(zip(paths, handlers))
    )
    body = f"    let router = Router::new();\n{routes}    router\n"
    return f"pub fn routes() -> Router<std::sync::Arc<Db>> {{\n{body}}}\n"


def root_highball(paths):
    return f"\n#[routes(app)]\npub struct Api({', '.join(f'{path}::Group' for path in paths)});\n"


def root_axum(paths):
    nested = "".join(f'\n        .nest("/{path.replace("_", "-")}", {path}::routes())' for path in paths)
    return f"\npub fn routes() -> Router<std::sync::Arc<Db>> {{\n    Router::new(){nested}\n}}\n"


def main_highball(kind):
    fields = "".join(f"    {field}: {ty},\n" for field, ty in kind.state.items())
    values = ", ".join(f"{field}: {ty}(String::new())" for field, ty in kind.state.items())
    return f"""
#[derive(State)]
pub struct AppState {{
{fields}}}

fn main() -> highball::Result {{
    let state = AppState {{ {values} }};
    highball::block_on(async {{ highball::serve(Api).state(state).await }})
}}
"""


def main_openapi(kind):
    return """
impl Documented for Api {
    fn document() -> Document {
        Document::of::<Self>("Items", "1.0.0")
    }
}
""" + main_highball(kind)


def main_axum(kind):
    return """
#[tokio::main]
async fn main() -> std::io::Result<()> {
    let state = std::sync::Arc::new(Db(String::new()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, routes().with_state(state)).await
}
"""


def root_openapi(paths):
    return root_highball([*paths, "highball_openapi::json<Api>"]).replace("json<Api>::Group", "json<Api>")


LIST = {"handlers": list_handlers, "highball": list_highball, "openapi": list_highball, "axum": list_axum}
ROOT = {"handlers": lambda paths: "", "highball": root_highball, "openapi": root_openapi, "axum": root_axum}
MAIN = {"handlers": lambda kind: "\nfn main() {}\n", "highball": main_highball, "openapi": main_openapi, "axum": main_axum}
