//! `Multipart`: the parts of a form are read one after the other, within limits.

use highball::{
    multipart::{Field, Multipart},
    prelude::*,
    testing::TestResponse,
};

#[post("/upload", body_limit = 4096)]
async fn upload(mut form: Multipart) -> Result<String, Rejection> {
    let mut seen = Vec::new();
    while let Some(field) = form.next().await? {
        seen.push(see(field).await?);
    }
    Ok(seen.join("; "))
}

async fn see(field: Field) -> Result<String, Rejection> {
    let (name, file) = (
        field.name().to_owned(),
        field.file_name().map(str::to_owned),
    );
    let content_type = field.content_type().unwrap_or("-").to_owned();
    match name.as_str() {
        "small" => Ok(format!("small {}", field.bytes_up_to(3).await?.len())),
        "skipped" => Ok("skipped".to_owned()),
        "kept" => {
            let path = std::env::temp_dir().join(format!("highball-{}", std::process::id()));
            let saved = field.save(&path, 5).await;
            let text = std::fs::read_to_string(&path);
            std::fs::remove_file(&path).ok();
            Ok(format!("{} {}", saved?, text.unwrap_or_default()))
        }
        _ => Ok(format!(
            "{name} {file:?} {content_type} {}",
            field.text().await?
        )),
    }
}

#[routes(app)]
struct Api(upload);

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=XX";

async fn post(path: &str, content_type: &str, body: impl Into<Bytes>) -> TestResponse {
    let request = Api.test().post(path).body(body);
    request
        .header(header::CONTENT_TYPE, content_type)
        .send()
        .await
}

fn part(head: &str, body: &str) -> String {
    format!("--XX\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
}

#[tokio::test]
async fn parts_are_read_in_order() {
    let body = [
        part("name=\"title\"", "a\r\n--X\r\nb"),
        part("name=\"skipped\"", &"x".repeat(100)),
        part(
            "name=\"file\"; filename=\"../../etc/passwd\"\r\nContent-Type: text/csv",
            "a,b",
        ),
        part("name=\"small\"", "abc"),
        part("name=\"kept\"; filename=\"k\"", "hello"),
    ];
    let response = post("/upload", MULTIPART, body.concat() + "--XX--\r\n").await;
    assert_eq!(
        response.text(),
        "title None - a\r\n--X\r\nb; skipped; file Some(\"passwd\") text/csv a,b; small 3; 5 hello"
    );
}

#[tokio::test]
async fn invalid_or_too_large_form_is_rejected() {
    let end = "--XX--\r\n";
    let title = part("name=\"title\"", "a");
    for (content_type, body, status) in [
        ("multipart/form-data", title.clone() + end, 415),
        (FORM, "title=a".to_owned(), 415),
        (MULTIPART, title.clone(), 400),
        (MULTIPART, title[..40].to_owned(), 400),
        (MULTIPART, "title=a".to_owned(), 400),
        (MULTIPART, String::new(), 400),
        (MULTIPART, part("name=\"small\"", "abcd") + end, 413),
        (MULTIPART, part("name=\"kept\"", "hello!") + end, 413),
        (
            MULTIPART,
            part("name=\"title\"", &"a".repeat(5000)) + end,
            413,
        ),
        (MULTIPART, "--XX\r\n\r\na\r\n".to_owned() + end, 400),
    ] {
        let response = post("/upload", content_type, body.clone()).await;
        assert_eq!(
            response.status(),
            status,
            "{content_type}\n{body}\n{}",
            response.text()
        );
    }
    let text = part("name=\"title\"", "\u{e4}").into_bytes();
    let latin: Vec<_> = text.into_iter().filter(|byte| *byte != 0xc3).collect();
    let body = [latin, end.as_bytes().to_vec()].concat();
    assert_eq!(post("/upload", MULTIPART, body).await.status(), 400);
}

#[tokio::test]
async fn number_of_parts_is_limited() {
    let parts = part("name=\"skipped\"", "").repeat(1001) + "--XX--\r\n";
    #[post("/many", body_limit = 1 << 20)]
    async fn many(mut form: Multipart) -> Result<(), Rejection> {
        while form.next().await?.is_some() {}
        Ok(())
    }
    #[routes(app)]
    struct Many(many);
    let request = Many.test().post("/many").body(parts);
    let response = request.header(header::CONTENT_TYPE, MULTIPART).send().await;
    assert_eq!(response.status(), 400);
    assert!(response.text().contains("more than 1000 parts"));
}
