//! Lists in pages: limits, the last page, `Link`, and cursors that are not those of the list.

use std::collections::HashMap;

use highball::{
    describe::Answer,
    extract::Facts,
    paging::{Cursor, CursorKeys, PageRequest, Paged},
    prelude::*,
    testing::{TestResponse, TestSession},
};
use serde::{Deserialize, Serialize};

const SECRETS: [&str; 2] = [
    "the first secret, of 32 bytes at least",
    "the second secret, of 32 bytes at least",
];

#[derive(Serialize, Deserialize)]
struct After(u64);

impl Cursor for After {
    const LIST: &'static str = "numbers";
    const DEFAULT_LIMIT: u32 = 4;
    const MAX_LIMIT: u32 = 10;
}

/// The same cursor of another list.
#[derive(Serialize, Deserialize)]
struct OtherAfter(u64);

impl Cursor for OtherAfter {
    const LIST: &'static str = "others";
}

/// A later version of `After`.
#[derive(Serialize, Deserialize)]
struct NamedAfter {
    number: u64,
}

impl Cursor for NamedAfter {
    const LIST: &'static str = "numbers";
}

#[derive(Serialize, Deserialize)]
struct Unwritable(HashMap<Vec<u8>, u8>);

impl Cursor for Unwritable {
    const LIST: &'static str = "unwritable";
}

#[derive(State)]
struct AppState {
    keys: CursorKeys,
}

#[derive(Deserialize)]
struct Range {
    to: Option<u64>,
}

/// Returns the numbers from 1 to 20, or to another one.
#[get("/numbers/{user}")]
async fn numbers(user: u32, range: Query<Range>, page: PageRequest<After>) -> Paged<String> {
    let after = page.cursor().map_or(0, |After(number)| *number);
    let rows = after + 1..=range.to.unwrap_or(20);
    let rows = rows.take(page.fetch_limit() as usize).collect();
    page.respond(rows, |last| After(*last))
        .map(|number| format!("{user}-{number}"))
}

#[get("/others/{user}")]
async fn others(user: u32, page: PageRequest<OtherAfter>) -> Paged<u32> {
    page.respond(vec![user], |_| OtherAfter(1))
}

#[get("/later/{user}", with(tag))]
async fn later(user: u32, page: PageRequest<NamedAfter>) -> Paged<u32> {
    page.respond(vec![user; 30], |_| NamedAfter { number: 1 })
}

#[get("/unwritable")]
async fn unwritable(page: PageRequest<Unwritable>) -> Paged<u32> {
    page.respond(vec![1; 30], |_| Unwritable(HashMap::from([(vec![1], 1)])))
}

#[middleware]
async fn tag(cx: &mut Context<'_>, next: impl Next) -> Response {
    cx.append_header(header::LINK, "</style.css>; rel=preload");
    next.run(cx).await
}

#[routes(app)]
struct Api(numbers, others, later, unwritable);

fn client(secrets: &[&str]) -> TestSession<Api> {
    let keys = CursorKeys::new(secrets).expect("they are long enough");
    Api.test().state(AppState { keys }).start()
}

#[derive(Debug, Deserialize)]
struct Page {
    items: Vec<String>,
    next: Option<String>,
}

async fn get(client: &TestSession<Api>, target: &str) -> TestResponse {
    client.get(target).send().await
}

/// Returns the cursor of the second page.
async fn second(target: &str) -> String {
    let page: Page = get(&client(&SECRETS), target).await.json();
    page.next.expect("there is another page")
}

#[track_caller]
fn is_rejected(response: &TestResponse, name: &str) {
    let problem: Value = response.json();
    assert_eq!(response.status(), 400, "{problem}");
    assert_eq!(problem["errors"][0]["in"], "query");
    assert_eq!(problem["errors"][0]["name"], name, "{problem}");
}

/// Divkix/Logwell#62, workfloworchestrator/orchestrator-core#1137, ulule/paging#11: if the length of a list is a
/// multiple of the limit, the last page has a cursor, and the page after it is empty.
#[tokio::test]
async fn pages_have_each_item_once_and_the_last_has_no_cursor() {
    let client = client(&SECRETS);
    for (limit, to, expected) in [
        (4, 20, 5),
        (5, 20, 4),
        (10, 20, 2),
        (3, 20, 7),
        (4, 3, 1),
        (4, 0, 1),
    ] {
        let (mut items, mut pages, mut cursor) = (Vec::new(), 0, String::new());
        loop {
            let target = format!("/numbers/7?to={to}&limit={limit}&cursor={cursor}");
            let page: Page = get(&client, &target).await.json();
            items.extend(page.items);
            pages += 1;
            match page.next {
                Some(next) => cursor = next,
                None => break,
            }
        }
        let all: Vec<_> = (1..=to).map(|number| format!("7-{number}")).collect();
        assert_eq!((items, pages), (all, expected), "{limit} of {to}");
    }
}

#[tokio::test]
async fn limit_has_a_default_and_a_maximum() {
    let client = client(&SECRETS);
    for (query, len) in [
        ("", 4),
        ("?limit=1", 1),
        ("?limit=10", 10),
        ("?limit=11", 10),
        ("?limit=4294967295", 10),
        ("?limit=", 4),
    ] {
        let page: Page = get(&client, &format!("/numbers/7{query}")).await.json();
        assert_eq!(page.items.len(), len, "{query}");
    }
    for limit in ["0", "-1", "x", "4294967296", "5&limit=5"] {
        let response = get(&client, &format!("/numbers/7?limit={limit}")).await;
        is_rejected(&response, "limit");
    }
}

#[tokio::test]
async fn link_leads_to_the_next_page() {
    let client = client(&SECRETS);
    let mut target = "/numbers/7?to=9&limit=4".to_owned();
    let mut items = Vec::new();
    loop {
        let response = get(&client, &target).await;
        items.push(response.json::<Page>().items.len());
        let Some(link) = response.headers().get(header::LINK) else {
            break;
        };
        let link = link.to_str().expect("it is text");
        let query = link
            .strip_prefix('<')
            .and_then(|link| link.strip_suffix(">; rel=\"next\""));
        target = format!("/numbers/7{}", query.expect("it is a link"));
    }
    assert_eq!(items, [4, 4, 1]);
    let response = get(&client, "/later/7").await;
    assert_eq!(response.headers().get_all(header::LINK).iter().count(), 2);
}

#[tokio::test]
async fn a_forged_cursor_is_400() {
    let client = client(&SECRETS);
    let cursor = second("/numbers/7").await;
    assert_eq!(
        get(&client, &format!("/numbers/7?cursor={cursor}"))
            .await
            .status(),
        200
    );
    let mut forged: Vec<String> = (0..cursor.len())
        .map(|len| cursor[..len].to_owned())
        .collect();
    forged.extend((0..cursor.len()).map(|at| {
        let other = if cursor.as_bytes()[at] == b'x' {
            "y"
        } else {
            "x"
        };
        format!("{}{other}{}", &cursor[..at], &cursor[at + 1..])
    }));
    forged.extend(["7", "MTIzNDU2Nzg5MDEyMzQ1NjQ", "%ff", "%20", "=", "null"].map(str::to_owned));
    forged.extend([format!("{cursor}A"), format!("{cursor}=")]);
    for forged in forged.iter().filter(|forged| !forged.is_empty()) {
        let response = get(&client, &format!("/numbers/7?cursor={forged}")).await;
        is_rejected(&response, "cursor");
    }
    let twice = get(
        &client,
        &format!("/numbers/7?cursor={cursor}&cursor={cursor}"),
    )
    .await;
    is_rejected(&twice, "cursor");
}

/// The page of another user, of another list or with other filters begins in the middle, without an error.
#[tokio::test]
async fn a_cursor_is_valid_for_one_list() {
    let client = client(&SECRETS);
    let cursor = second("/numbers/7?to=9&a=1").await;
    for query in ["to=9&a=1", "a=1&to=9", "limit=2&a=1&to=9"] {
        let target = format!("/numbers/7?{query}&cursor={cursor}");
        assert_eq!(get(&client, &target).await.status(), 200, "{query}");
    }
    for target in [
        "/numbers/8?to=9&a=1",
        "/numbers/7?to=9&a=2",
        "/numbers/7?to=9",
        "/numbers/7?to=9&a=1&b=1",
        "/numbers/7?",
        "/others/7?to=9&a=1",
    ] {
        let response = get(&client, &format!("{target}&cursor={cursor}")).await;
        is_rejected(&response, "cursor");
    }
}

#[tokio::test]
async fn keys_can_be_replaced() {
    let [old, new] = SECRETS;
    let page = |secrets: &[&str], cursor: String| {
        let client = client(secrets);
        async move { get(&client, &format!("/numbers/7?cursor={cursor}")).await }
    };
    let first: Page = page(&[old], String::new()).await.json();
    let cursor = first.next.expect("there is another page");
    assert_eq!(page(&[new, old], cursor.clone()).await.status(), 200);
    is_rejected(&page(&[new], cursor).await, "cursor");
    let first: Page = page(&[new, old], String::new()).await.json();
    let cursor = first.next.expect("there is another page");
    assert_eq!(page(&[new], cursor.clone()).await.status(), 200);
    is_rejected(&page(&[old], cursor).await, "cursor");
}

#[test]
fn a_secret_must_be_long() {
    assert!(CursorKeys::new([[7; 32]]).is_ok());
    let text = |keys: highball::Result<CursorKeys>| keys.map_err(|error| error.to_string()).err();
    let short = text(CursorKeys::new([[7; 31]]));
    assert_eq!(
        short.as_deref(),
        Some("a secret of cursors has less than 32 bytes")
    );
    let none = text(CursorKeys::new(Vec::<String>::new()));
    assert_eq!(none.as_deref(), Some("cursors need at least one secret"));
}

#[tokio::test]
async fn a_cursor_that_cannot_be_written_is_500() {
    let response = get(&client(&SECRETS), "/unwritable").await;
    assert_eq!(response.status(), 500);
    assert!(!response.text().contains("key"), "{}", response.text());
}

#[test]
fn a_route_has_the_parameters_and_the_page() {
    let route = &Api::ROUTES[0];
    let answers = route.answers();
    assert!(answers.iter().map(Answer::status).eq([200, 400]));
    assert!(answers[0].is_page() && !answers[1].is_page());
    assert_eq!(
        answers[0].type_name(),
        Some(std::any::type_name::<String>())
    );
    assert!(answers[0].header_names().eq(["link"]));
    assert!(!route.facts().is_opaque() && route.facts().may(Facts::QUERY));
}
