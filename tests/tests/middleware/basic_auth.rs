//! `BasicAuth`, `Basic` and `Bearer`: credentials in the header `Authorization`.

use highball::{
    extract::Basic,
    middleware::{Account, Accounts, BasicAuth},
    prelude::*,
    testing::TestResponse,
};

#[derive(State)]
struct AppState {
    accounts: Accounts,
}

#[get("/account", with(BasicAuth::realm("the shop")))]
async fn account(account: Local<'_, Account>) -> String {
    account.name().to_owned()
}

#[get("/basic")]
async fn basic(login: Basic) -> String {
    let known = login.is("zoe", "a:b");
    format!("{} {known} {login:?}", login.user())
}

#[get("/bearer")]
async fn bearer(token: Bearer) -> String {
    token.is("s3cret").to_string()
}

#[routes(app)]
struct Api(account, basic, bearer);

async fn ask(path: &str, authorization: &str) -> TestResponse {
    let accounts = Accounts::new([("zoe", "a:b"), ("max", "")]);
    assert_eq!(format!("{accounts:?}"), r#"["zoe", "max"]"#);
    let client = Api.test().state(AppState { accounts });
    let request = client
        .get(path)
        .header(header::AUTHORIZATION, authorization);
    request.send().await
}

#[tokio::test]
async fn account_requires_its_password() {
    assert_eq!(ask("/account", "Basic em9lOmE6Yg==").await.text(), "zoe");
    assert_eq!(ask("/account", "basic  bWF4Og==").await.text(), "max");
    for wrong in [
        "Basic em9lOmE=",     // zoe:a
        "Basic em9lOmE6Yg",   // without its padding
        "Basic em9l",         // zoe
        "Basic em9lOmE6YgA=", // with a control character
        "Basic /////w==",     // no text
        "Basic",
        "Bearer em9lOmE6Yg==",
        "",
    ] {
        let response = ask("/account", wrong).await;
        assert_eq!(response.status(), 401, "{wrong}");
        assert_eq!(
            response.header(header::WWW_AUTHENTICATE),
            "Basic realm=\"the shop\", charset=\"UTF-8\""
        );
    }
}

#[tokio::test]
async fn secrets_are_compared_completely() {
    let response = ask("/basic", "Basic em9lOmE6Yg==").await;
    assert_eq!(response.text(), "zoe true Basic(..)");
    assert_eq!(
        ask("/basic", "Basic em9lOmE=").await.text(),
        "zoe false Basic(..)"
    );
    assert_eq!(ask("/basic", "Basic x").await.status(), 401);
    assert_eq!(ask("/bearer", "Bearer s3cret").await.text(), "true");
    for wrong in ["s3cre", "s3crets", "S3cret"] {
        assert_eq!(
            ask("/bearer", &format!("Bearer {wrong}")).await.text(),
            "false"
        );
    }
}
