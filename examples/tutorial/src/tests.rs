use highball::{block_on, prelude::*, testing::TestSession};

use super::{Api, AppState, accounts::User, database};

/// Starts the app with an empty database.
async fn start() -> TestSession<Api> {
    let database = database::in_memory().await;
    Api.test().state(AppState { database }).start()
}

/// Starts the app with the account `zoe`, and returns the token of a session.
async fn start_signed_in() -> (TestSession<Api>, String) {
    let client = start().await;
    let zoe = json!({ "name": "zoe", "password": "correct horse" });
    let signed_up = client.post("/accounts").json(&zoe).send().await;
    assert_eq!(signed_up.status(), 201);
    let session: Value = client.post("/login").json(&zoe).send().await.json();
    let token = session["token"].as_str().expect("a token");
    (client, token.to_owned())
}

#[test]
fn link_redirects_and_counts() {
    block_on(async {
        let (client, token) = start_signed_in().await;
        let docs = json!({ "slug": "docs", "url": "https://doc.rust-lang.org" });
        let created = client
            .post("/links")
            .bearer(&token)
            .json(&docs)
            .send()
            .await;
        assert_eq!(created.status(), 201);
        assert_eq!(created.header(header::LOCATION), "/links/docs");

        let followed = client.get("/go/docs").send().await;
        assert_eq!(followed.status(), 307);
        assert_eq!(
            followed.header(header::LOCATION),
            "https://doc.rust-lang.org"
        );

        let top: Value = client.get("/top/1").send().await.json();
        assert_eq!(top[0]["visits"], 1);
    });
}

#[test]
fn bad_requests_are_explained() {
    block_on(async {
        let (client, token) = start_signed_in().await;
        let docs = json!({ "slug": "docs", "url": "https://doc.rust-lang.org" });
        for (body, status, detail) in [
            (docs.clone(), 201, None),
            (docs, 409, Some("the slug `docs` is taken")),
            (
                json!({ "slug": "D", "url": "x" }),
                422,
                Some("2 fields are not valid"),
            ),
        ] {
            let response = client
                .post("/links")
                .bearer(&token)
                .json(&body)
                .send()
                .await;
            assert_eq!(response.status(), status, "{body}");
            if let Some(detail) = detail {
                assert_eq!(response.json::<Value>()["detail"], detail);
            }
        }
    });
}

#[test]
fn import_creates_all_links_or_none() {
    block_on(async {
        let (client, token) = start_signed_in().await;
        let link = |slug: &str| json!({ "slug": slug, "url": "https://a.example" });
        for (slugs, status, created) in [
            (["a", "b", "a"], 409, 0),
            (["a", "b", "c"], 201, 3),
            (["d", "e", "c"], 409, 3),
        ] {
            let links = slugs.map(link);
            let request = client.post("/links/import").bearer(&token);
            assert_eq!(request.json(&links).send().await.status(), status);
            let links: Vec<Value> = client.get("/top/100").send().await.json();
            assert_eq!(links.len(), created, "{slugs:?}");
        }
    });
}

#[test]
fn links_require_a_login() {
    block_on(async {
        let (client, token) = start_signed_in().await;
        assert_eq!(client.get("/links").send().await.status(), 401);
        assert_eq!(
            client.get("/links").bearer("guess").send().await.status(),
            401
        );
        assert_eq!(
            client.get("/links").bearer(&token).send().await.status(),
            200
        );
        for (name, password) in [("zoe", "wrong horse"), ("max", "correct horse")] {
            let login = json!({ "name": name, "password": password });
            assert_eq!(
                client.post("/login").json(&login).send().await.status(),
                401
            );
        }
    });
}

#[test]
fn users_see_their_links_only() {
    block_on(async {
        let database = database::in_memory().await;
        sqlx::raw_sql(
            "insert into accounts values ('zoe', ''), ('max', '');
             insert into links (slug, url, owner) values ('a', 'https://a.example', 'max')",
        )
        .execute(&database)
        .await
        .expect("rows for the test");
        // The guard `signed_in` does not run: the user is given.
        let zoe = User {
            name: "zoe".to_owned(),
        };
        let client = Api.test().state(AppState { database }).local(zoe).start();
        assert_eq!(client.get("/links").send().await.text(), "[]");
        assert_eq!(client.get("/links/a").send().await.status(), 404);
        assert_eq!(client.delete("/links/a").send().await.status(), 404);
    });
}
