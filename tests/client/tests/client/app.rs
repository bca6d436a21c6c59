//! A server with every kind of input and answer that a client treats differently.

use std::collections::BTreeMap;

use client_types::{NewOrder, Order, OrderId, Page};
use highball::{
    describe::{Inputs, Login},
    extract::{Basic, Either, Precondition, SafePath},
    multipart::Multipart,
    prelude::*,
    response::{Created, Html, Redirect},
};
use highball_openapi::{Document, Documented};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, IntoResponse)]
pub(crate) enum OrderError {
    #[status(404, "there is no product {name}")]
    NoProduct { name: String },
    #[status(409, "the product is sold out")]
    SoldOut,
}

/// Places an order.
///
/// ```
/// this is not Rust
/// ```
#[post("/orders")]
pub(crate) async fn create(
    order: Json<NewOrder>,
    token: Bearer,
) -> Result<Created<Json<Order>>, OrderError> {
    let NewOrder { product, count } = order.0;
    match product.as_str() {
        "tea" if token.token() == "secret" => {
            let order = Json(Order {
                id: 7,
                product,
                count,
            });
            Ok(Created::at("/orders/n7", order))
        }
        "tea" => Err(OrderError::SoldOut),
        _ => Err(OrderError::NoProduct { name: product }),
    }
}

fn order(id: u64) -> Order {
    Order {
        id,
        product: "tea".to_owned(),
        count: 1,
    }
}

#[get("/orders/{id}")]
async fn show(id: OrderId) -> Option<Json<Order>> {
    (id.0 == 7).then(|| Json(order(7)))
}

/// A filter of orders.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Filter {
    /// Only with this product.
    product: Option<String>,
    #[serde(default)]
    tag: Vec<String>,
    limit: Option<u8>,
}

#[get("/orders")]
async fn list(filter: Query<Filter>) -> Json<Page<Order>> {
    let Filter {
        product,
        tag,
        limit,
    } = filter.0;
    let mut order = order(u64::from(limit.unwrap_or_default()));
    order.product = format!("{} {}", product.unwrap_or_default(), tag.join("|"));
    Json(Page {
        items: vec![order],
        total: 1,
    })
}

/// The way of a delivery.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Delivery {
    Pickup,
    Parcel {
        street: String,
        #[serde(rename = "self")]
        by_itself: bool,
    },
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Color {
    Red,
    DarkBlue,
}

/// A type of the server alone, with types of the shared package in it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    first_order: Order,
    delivery: Delivery,
    color: Option<Color>,
    parent: Option<Box<Receipt>>,
    pair: (u8, String),
    by_name: BTreeMap<String, Vec<Color>>,
    #[serde(default)]
    count: u32,
}

#[post("/receipts")]
async fn receipt(receipt: Json<Receipt>) -> Json<Receipt> {
    receipt
}

/// A shape, with a key around its content.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
enum Shape {
    Empty,
    #[serde(rename = "HTTP-Link")]
    Link(String),
    Within(Box<Shapes>),
    Square {
        side: u8,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "content")]
enum Adjacent {
    Nothing,
    Text(String),
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Untagged {
    Number(u8),
    Text(String),
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Meters(f32);

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Named {
    name: String,
}

/// Types that serde writes in every way.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Shapes {
    shapes: Vec<Shape>,
    #[serde(rename = "type")]
    kind: Adjacent,
    either: Vec<Untagged>,
    #[serde(rename = "@meters")]
    meters: Meters,
    #[serde(flatten)]
    named: Named,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

#[post("/shapes")]
async fn shapes(shapes: Json<Shapes>) -> Json<Shapes> {
    shapes
}

#[get("/maps")]
async fn maps() -> Json<BTreeMap<String, (Order, Option<u8>)>> {
    Json(BTreeMap::from([("a".to_owned(), (order(1), None))]))
}

/// Returns the segment. The path has text around the parameter.
#[get("/ä/v{name}.json")]
async fn echo(name: String) -> String {
    name
}

#[get("/files/{*rest}")]
async fn file(rest: SafePath) -> String {
    rest.within("").display().to_string()
}

#[guard(inputs = Inputs::both(&Inputs::header("x-tenant"), &Inputs::maybe(&Inputs::cookie("theme"))))]
fn tenant(cx: &Context<'_>) -> Result<(), NoTenant> {
    cx.header("x-tenant").map(drop).ok_or(NoTenant)
}

#[derive(Debug, IntoResponse)]
#[status(403, "no tenant")]
struct NoTenant;

/// Returns the headers that the client sends.
#[get("/head", with(tenant))]
async fn head(precondition: Precondition, headers: &HeaderMap) -> Json<BTreeMap<String, String>> {
    let _ = precondition;
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Json(
        headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
    )
}

#[guard(inputs = Inputs::both(&Inputs::login(Login::Header("x-key")), &Inputs::login(Login::Cookie("sid"))))]
fn key(cx: &Context<'_>) -> Result<(), NoTenant> {
    let is_key = cx.header("x-key") == Some("k") && cx.header("cookie") == Some("sid=s");
    is_key.then_some(()).ok_or(NoTenant)
}

#[get("/key", with(key))]
async fn keyed() {}

#[get("/basic")]
async fn basic(login: Basic) -> String {
    format!("{} {}", login.user(), login.is("zoe", "p:w"))
}

#[post("/text")]
async fn text(body: String) -> String {
    body
}

#[post("/form")]
async fn form(body: Form<NewOrder>) -> Json<NewOrder> {
    Json(body.0)
}

#[post("/optional")]
async fn optional(body: Option<Json<NewOrder>>) -> Json<bool> {
    Json(body.is_some())
}

#[post("/multipart", answers(200 => Json<usize>, 400, 413))]
async fn multipart(mut form: Multipart) -> Result<Json<usize>, Rejection> {
    let mut size = 0;
    while let Some(field) = form.next().await? {
        size += field.bytes().await?.len();
    }
    Ok(Json(size))
}

#[get("/either/{id}")]
async fn either(id: u8) -> Either<Json<u8>, Html<String>> {
    match id {
        ..100 => Either::Left(Json(id)),
        _ => Either::Right(Html("<p>".to_owned())),
    }
}

#[get("/two/{id}", answers(200 => Json<u8>, 200 => Json<Vec<Order>>))]
async fn two(id: u8) -> Response {
    match id {
        0 => Json(vec![order(0)]).into_response(),
        id => Json(id).into_response(),
    }
}

#[get("/moved")]
async fn moved() -> Redirect<307> {
    Redirect::temporary("/orders")
}

#[any("/any")]
async fn any(method: &Method) -> String {
    method.to_string()
}

/// An answer that is not documented.
#[get("/teapot")]
#[deprecated(note = "drink coffee")]
async fn teapot() -> Response {
    (StatusCode::IM_A_TEAPOT, "short and stout").into_response()
}

/// JSON that is not an order.
#[get("/broken", answers(200 => Json<Order>))]
async fn broken() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], "{\"id\": 7").into_response()
}

/// Answers like a proxy in front of a server: with a documented status, and another media type.
#[middleware]
async fn proxy(cx: &mut Context<'_>, next: impl Next) -> Response {
    drop(next.run(cx).await);
    (StatusCode::NOT_FOUND, Html("<p>")).into_response()
}

#[get("/page", with(proxy))]
async fn page() -> Option<Json<Order>> {
    None
}

#[routes(app)]
pub(crate) struct Api(
    create,
    show,
    list,
    receipt,
    shapes,
    maps,
    echo,
    file,
    head,
    keyed,
    basic,
    text,
    form,
    optional,
    multipart,
    either,
    two,
    moved,
    any,
    teapot,
    broken,
    page,
);

impl Documented for Api {
    fn document() -> Document {
        Document::of::<Self>("Shop", "1.0.0").capacity()
    }
}
