"""The kinds of handlers whose compile time is compared."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Handler:
    """A handler. `{n}` in its path is its number."""

    verb: str
    path: str
    args: str
    out: str
    body: str
    # The arguments of the attribute after the path.
    options: str = ""
    generics: str = ""
    # The type arguments with which the handler is listed.
    listed: str = ""
    is_async: bool = True
    # The type of its body, before the handler.
    item: str = ""


@dataclass(frozen=True)
class Kind:
    """Handlers that take turns, and what their group and their crate require."""

    handlers: tuple[Handler, ...]
    # The prefix of each group, after its own.
    prefix: str = ""
    # The arguments of `#[routes]` after the prefix.
    options: str = ""
    features: tuple[str, ...] = ()
    dependencies: str = ""
    # Types and guards, once in a crate.
    items: str = ""
    # More derives of `Item`, and attributes of its fields.
    derives: str = ""
    attribute: str = ""
    # The fields of the app state with their types.
    state: dict[str, str] = field(default_factory=lambda: {"db": "Db"})


ITEM = "Json(Item { id, name: db.0.clone() })"
GET = Handler("get", "/resource-{n}/{id}", "id: u64, db: State<Db>", "Json<Item>", ITEM)
POST = Handler(
    "post",
    "/resource-{n}/{id}",
    "id: u64, item: Json<Item>",
    "Json<Item>",
    "Json(Item { id, name: item.name.clone() })",
)


OWN_GET = replace(
    GET,
    out="Json<Got{n}>",
    body="Json(Got{n} { id, name: db.0.clone() })",
    item="#[derive(serde::Serialize{derives})]\npub struct Got{n} {\n    pub id: u64,\n    pub name: String,\n}\n",
)
OWN_POST = replace(
    POST,
    args="id: u64, item: Json<New{n}>",
    out="Json<New{n}>",
    body="item",
    item="#[derive(serde::Serialize, serde::Deserialize{derives})]\n"
    "pub struct New{n} {\n    pub id: u64,\n    pub name: String,\n}\n",
)


def like_get(**fields):
    """Returns a kind with one handler, which differs from `GET` in these fields."""
    return replace(GET, **fields)


USER = """
#[derive(Clone, Local)]
pub struct User(pub String);

#[guard]
pub fn signed_in(db: State<Db>) -> Result<User, Rejection> {
    Ok(User(db.0.clone()))
}
"""

CHECKED = """
#[guard]
pub fn checked(db: State<Db>) -> Result<(), Rejection> {
    if db.0.is_empty() { Ok(()) } else { Err(Rejection::new(StatusCode::FORBIDDEN, "forbidden")) }
}
"""

STORE = """
pub trait Store: Send + Sync + 'static {
    fn name(&self) -> String;
}

impl Store for Db {
    fn name(&self) -> String {
        self.0.clone()
    }
}
"""

SHOP_ITEMS = """
pub struct Sessions(pub String);

#[derive(IntoResponse)]
pub enum ApiError {
    #[status(404)]
    Missing,
    #[status(409)]
    SoldOut { left: u32 },
}

#[derive(Clone, Local)]
pub struct User(pub String);

#[derive(Clone, Local)]
pub struct Quota(pub u32);

#[guard]
pub fn signed_in(token: Bearer, sessions: State<Sessions>) -> Result<User, ApiError> {
    if token.token() == sessions.0 { Ok(User(String::new())) } else { Err(ApiError::Missing) }
}

#[guard]
pub async fn quota(user: Local<'_, User>, db: State<Db>) -> Result<Quota, ApiError> {
    Ok(Quota((user.0.len() + db.0.len()) as u32))
}

#[guard]
pub async fn not_blocked(user: Local<'_, User>, db: State<Db>) -> Result<(), ApiError> {
    if user.0 == db.0 { Err(ApiError::SoldOut { left: 1 }) } else { Ok(()) }
}
"""

# The eight handlers of `examples/shop`, without what their bodies call.
SHOP = (
    Handler("get", "/health-{n}", "", "&'static str", '"ok"', ", priority = critical", is_async=False),
    Handler(
        "post",
        "/login-{n}",
        "login: Json<Item>, db: State<Db>, sessions: State<Sessions>",
        "Result<Json<Item>, ApiError>",
        "if db.0 == sessions.0 { Ok(login) } else { Err(ApiError::Missing) }",
        ", priority = critical, body_limit = 1024",
    ),
    Handler(
        "get",
        "/products-{n}",
        "db: State<Db>",
        "Json<Vec<Item>>",
        "Json(vec![Item { id: 1, name: db.0.clone() }])",
    ),
    Handler("get", "/products-{n}/{id}", "id: u64, db: State<Db>", "Result<Json<Item>, ApiError>", f"Ok({ITEM})"),
    Handler(
        "get",
        "/orders-{n}",
        "user: Local<'_, User>, db: State<Db>",
        "Json<Vec<Item>>",
        "Json(vec![Item { id: db.0.len() as u64, name: user.0.clone() }])",
    ),
    Handler(
        "post",
        "/orders-{n}",
        "user: Local<'_, User>, quota: Local<'_, Quota>, wish: Json<Item>, db: State<Db>, cx: &mut Context<'_>",
        "Result<Created<Json<Item>>, ApiError>",
        'cx.note("order", wish.id + u64::from(quota.0));\n'
        "    if user.0 == db.0 { Err(ApiError::Missing) } else { Ok(Created::new(wish)) }",
        ", priority = critical, with(parallel(quota, not_blocked))",
    ),
    Handler(
        "get",
        "/report-{n}",
        "db: State<Db>",
        "Json<Vec<u64>>",
        "Json(vec![db.0.len() as u64])",
        ", priority = background, timeout = secs(10)",
    ),
    Handler(
        "post",
        "/products-{n}/{id}/stock",
        "id: u64, delivery: Json<Item>, db: State<Db>",
        "Result<Json<Item>, ApiError>",
        f"if delivery.id == id {{ Ok({ITEM}) }} else {{ Err(ApiError::Missing) }}",
    ),
)

KINDS = {
    # Half of the handlers take the state, the others a JSON body.
    "common": Kind((GET, POST)),
    # The same with a type for each handler.
    "typed": Kind((OWN_GET, OWN_POST)),
    "str": Kind((like_get(args="id: &str", out="String", body="id.to_owned()"),)),
    "context": Kind(
        (like_get(args="cx: &mut Context<'_>, id: u64", body="Json(Item { id, name: cx.path().to_owned() })"),)
    ),
    "local": Kind(
        (like_get(args="user: Local<'_, User>, id: u64", body="Json(Item { id, name: user.0.clone() })"),),
        options="with(signed_in)",
        items=USER,
    ),
    "cookies": Kind(
        (
            like_get(
                args="cookies: Cookies<'_>, id: u64",
                body='let name = cookies.get("name").map_or_else(String::new, |name| name.value().to_owned());\n'
                "    Json(Item { id, name })",
            ),
        ),
        features=("cookies",),
        items="pub use highball::extract::cookies::Cookies;\n",
    ),
    "param": Kind(
        (like_get(args="#[param] org: u64, id: u64", body="Json(Item { id: id + org, name: String::new() })"),),
        prefix="/{org}",
    ),
    "with": Kind((like_get(options=", with(checked)"),), items=CHECKED),
    "impl": Kind((like_get(out="impl IntoResponse"),)),
    "generic": Kind(
        (
            like_get(
                generics="<S: Store>",
                args="id: u64, db: State<S>",
                body="Json(Item { id, name: db.name() })",
                listed="<Db>",
            ),
        ),
        items=STORE,
    ),
    "validated": Kind(
        (replace(POST, args="id: u64, item: Valid<Json<Item>>"),),
        features=("validate",),
        dependencies='garde = { version = "0.23", default-features = false, features = ["derive"] }\n',
        items="pub use highball::extract::Valid;\n",
        derives=", garde::Validate",
        attribute="#[garde(skip)]\n    ",
    ),
    "shop": Kind(SHOP, options="with(signed_in)", items=SHOP_ITEMS, state={"db": "Db", "sessions": "Sessions"}),
}
