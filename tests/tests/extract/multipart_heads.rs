//! Headers of the parts of a multipart form. The cases are in `multipart/dispositions.txt`.

use highball::{
    multipart::{Field, Multipart},
    prelude::*,
};

/// Returns the name of the field and, on a second line, the name of the file.
fn seen(field: &Field) -> String {
    let file = field.file_name();
    let file = file.map_or_else(String::new, |file| format!("\nfile {file}"));
    format!("field {}{file}", field.name())
}

#[post("/")]
async fn upload(mut form: Multipart) -> Result<String, Rejection> {
    let mut parts = Vec::new();
    while let Some(field) = form.next().await? {
        let seen = seen(&field);
        // A file can contain any bytes, but text must be UTF-8.
        match field.file_name() {
            Some(_) => parts.push(format!("{seen}\n{}", field.bytes().await?.len())),
            None => parts.push(format!("{seen}\n{}", field.text().await?)),
        }
    }
    Ok(parts.join("\n"))
}

#[routes(app)]
struct Api(upload);

/// Sends a form whose only part has this head.
async fn send(head: &[u8]) -> (u16, String) {
    let body = [b"--XX\r\n", head, b"\r\n\r\nabc\r\n--XX--\r\n"].concat();
    send_as("multipart/form-data; boundary=XX", body).await
}

async fn send_as(content_type: &str, body: impl Into<Bytes>) -> (u16, String) {
    let request = Api
        .test()
        .post("/")
        .header(header::CONTENT_TYPE, content_type);
    let response = request.body(body.into()).send().await;
    (response.status().as_u16(), response.text().to_owned())
}

/// A case.
#[derive(Default)]
struct Case {
    name: String,
    source: String,
    disposition: Vec<u8>,
    read: Vec<String>,
    refused: Option<String>,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::<Case>::new();
    let lines = text.lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, value) = line.split_once(' ').unwrap_or((line, ""));
        if word == "case" {
            cases.push(Case {
                name: value.to_owned(),
                ..Case::default()
            });
            continue;
        }
        let case = cases.last_mut().expect("a case");
        match word {
            "from" => value.clone_into(&mut case.source),
            "disposition" => case.disposition = bytes(value),
            "field" | "file" => {
                let value = String::from_utf8(bytes(value)).expect("it is UTF-8");
                case.read.push(format!("{word} {value}"));
            }
            "refused" => case.refused = Some(value.to_owned()),
            _ => panic!("unknown word `{word}`"),
        }
    }
    cases
}

/// Returns the bytes of a text with escapes.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        bytes.extend(before.as_bytes());
        rest = match escape.strip_prefix('x') {
            Some(hex) => {
                bytes.push(u8::from_str_radix(&hex[..2], 16).expect("two digits"));
                &hex[2..]
            }
            None => {
                bytes.push(b'\\');
                escape.strip_prefix('\\').expect("a backslash")
            }
        };
    }
    bytes.extend(rest.as_bytes());
    bytes
}

#[tokio::test]
async fn headers_of_parts_are_parsed_as_required() {
    let cases = cases(include_str!("../../multipart/dispositions.txt"));
    assert!(cases.len() > 40);
    let mut failures = Vec::new();
    for case in &cases {
        assert!(!case.source.is_empty(), "{}", case.name);
        let head = [b"Content-Disposition: ", &case.disposition[..]].concat();
        let (status, text) = send(&head).await;
        let is_right = match &case.refused {
            Some(why) => status == 400 && text.contains(why),
            None => {
                // The bytes of a file are counted, and the text of a field is read.
                let content = if case.read.len() == 2 { "3" } else { "abc" };
                status == 200 && text == format!("{}\n{content}", case.read.join("\n"))
            }
        };
        if !is_right {
            failures.push(format!("{}: {status} {text:?}", case.name));
        }
    }
    let list = failures.join("\n  ");
    assert_eq!(failures.len(), 0, "of {} cases:\n  {list}", cases.len());
}

#[tokio::test]
async fn part_requires_content_disposition() {
    let field = b"Content-Disposition: form-data; name=a";
    let type_ = b"Content-Type: text/csv";
    for (head, refused) in [
        (field.to_vec(), ""),
        ([type_, &b"\r\n"[..], field].concat(), ""),
        (type_.to_vec(), "has no `Content-Disposition`"),
    ] {
        let (status, text) = send(&head).await;
        let expected = if refused.is_empty() { 200 } else { 400 };
        assert_eq!(status, expected, "{text}");
        assert!(text.contains(refused), "{text}");
    }
}

#[tokio::test]
async fn boundary_is_parsed_as_a_parameter() {
    let form = |boundary: &str| {
        let head = "Content-Disposition: form-data; name=a";
        format!("--{boundary}\r\n{head}\r\n\r\nabc\r\n--{boundary}--\r\n")
    };
    let long = "x".repeat(70);
    for (content_type, boundary, status) in [
        ("multipart/form-data; boundary=XX", "XX", 200),
        (
            "Multipart/Form-Data; charset=utf-8; BOUNDARY=\"XX\"",
            "XX",
            200,
        ),
        ("multipart/form-data;boundary=\"a b:c\"", "a b:c", 200),
        ("multipart/form-data; boundary=a:b'c/d?e", "a:b'c/d?e", 200),
        (
            "multipart/form-data; x=\"; boundary=YY\"; boundary=XX",
            "XX",
            200,
        ),
        (&format!("multipart/form-data; boundary={long}"), &long, 200),
        (
            &format!("multipart/form-data; boundary={long}x"),
            &long,
            415,
        ),
        ("multipart/form-data; boundary=", "", 415),
        ("multipart/form-data; boundary=\"\"", "", 415),
        ("multipart/mixed; boundary=XX", "XX", 415),
        ("multipart/form-data", "XX", 415),
    ] {
        let (got, text) = send_as(content_type, form(boundary)).await;
        assert_eq!(got, status, "{content_type}: {text}");
    }
}

/// Error messages of the multipart library are not sent to clients.
#[tokio::test]
async fn incomplete_form_has_our_message() {
    let head = "--XX\r\nContent-Disposition: form-data; name=a";
    let early = "ends too early";
    for (body, why) in [
        ("", early),
        ("--XX", early),
        ("--XX\r\n", early),
        (head, early),
        (&format!("{head}\r\n\r\n"), early),
        (&format!("{head}\r\n\r\nabc"), early),
        (&format!("{head}\r\n\r\nabc\r\n--XX"), early),
        (&format!("{head}\r\n\r\nabc\r\n--XX\r\n"), early),
        (&format!("{head}\r\n\r\nabc\r\n--YY--\r\n"), early),
        ("--XX\r\na b: c\r\n\r\n", "the head of a part is malformed"),
    ] {
        let (status, text) = send_as("multipart/form-data; boundary=XX", body.to_owned()).await;
        assert_eq!(status, 400, "{body:?}: {text}");
        let told = "the form cannot be read: ";
        assert!(
            text.contains(told) && text.contains(why),
            "{body:?}: {text}"
        );
    }
}
