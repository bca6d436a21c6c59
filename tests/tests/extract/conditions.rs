//! Arguments under a `#[cfg]`. `any()` is always false, and `test` is always true.

use highball::prelude::*;

#[derive(State)]
struct AppState {
    name: String,
}

#[get("/function/{id}")]
pub(crate) async fn function(
    id: u32,
    #[cfg(test)] State(name): State<String>,
    #[cfg(any())] missing: State<Missing>,
    #[cfg(not(any()))] uri: &Uri,
    #[cfg(not(test))] uri: State<Missing>,
) -> String {
    format!("{id} {name} {}", uri.path())
}

#[guard]
fn named(
    #[cfg(any())] missing: State<Missing>,
    #[cfg(test)]
    #[config]
    expected: &'static str,
    name: State<String>,
) -> Result<(), Rejection> {
    match *name == expected {
        true => Ok(()),
        false => Err(Rejection::internal()),
    }
}

struct Tagged;

#[middleware]
impl Tagged {
    async fn tag(
        &self,
        cx: &mut Context<'_>,
        next: impl Next,
        #[cfg(test)] name: State<String>,
        #[cfg(any())] missing: State<Missing>,
    ) -> Response {
        let mut response = next.run(cx).await;
        response.set_header("x-name", name.as_str());
        response
    }
}

struct Users;

#[routes("/users", with(named("shop"), Tagged))]
impl Users {
    #[get("/{id}")]
    async fn show(
        #[cfg(test)] id: u32,
        #[cfg(not(test))] id: Missing,
        #[cfg(any())] missing: State<Missing>,
    ) -> String {
        id.to_string()
    }
}

#[fallback]
fn lost(#[cfg(test)] uri: &Uri, #[cfg(any())] missing: State<Missing>) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("lost {}", uri.path()))
}

#[routes(app, fallback = lost)]
struct Api(function, Users);

async fn check(path: &str, expected: &str) {
    let state = AppState {
        name: "shop".to_owned(),
    };
    let response = Api.test().state(state).get(path).send().await;
    assert_eq!(response.text(), expected);
}

#[tokio::test]
async fn an_argument_exists_if_its_condition_holds() {
    check("/function/7", "7 shop /function/7").await;
    check("/users/7", "7").await;
    check("/none", "lost /none").await;
}

#[test]
fn a_link_does_not_depend_on_conditions() {
    assert_eq!(url!(Api, function(7)), "/function/7");
    assert_eq!(Api::ROUTES.len(), 2);
}
