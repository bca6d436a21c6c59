//! The cases in `values/*.txt`.

use highball::{prelude::*, testing::TestResponse};

use super::{FORM, app::Api, assert_told};

/// A case.
#[derive(Debug, Default)]
struct Case {
    method: &'static str,
    path: &'static str,
    /// The content type of the body, and the body.
    body: Option<(&'static str, Vec<u8>)>,
    /// The value, if it is accepted.
    is: Option<&'static str>,
    /// The status and the name of the invalid field, if the input is rejected.
    no: Option<(u16, &'static str)>,
    says: &'static str,
}

fn cases(text: &'static str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if let "get" | "post" = word {
            cases.push(Case::default());
        }
        if word.is_empty() {
            continue;
        }
        let case = cases.last_mut().expect("a table begins with a request");
        match word {
            "get" => (case.method, case.path, case.body) = ("GET", rest, None),
            "post" => {
                let mut parts = rest.splitn(3, ' ');
                case.method = "POST";
                case.path = parts.next().expect("a path");
                let content_type = media(parts.next().expect("a content type"));
                case.body = Some((content_type, octets(parts.next().unwrap_or_default())));
            }
            "is" => case.is = Some(rest),
            "no" => {
                let (status, name) = rest.split_once(' ').unwrap_or((rest, ""));
                case.no = Some((status.parse().expect("a status"), name));
            }
            "says" => case.says = rest,
            _ => panic!("`{line}` is no line of a table"),
        }
    }
    cases
}

fn media(word: &str) -> &'static str {
    match word {
        "form" => FORM,
        "json" => "application/json",
        "text" => "text/plain",
        _ => panic!("`{word}` is no content type of the tables"),
    }
}

/// Replaces escapes such as `\xff` with the octet.
fn octets(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut octets = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        octets.push(u8::from_str_radix(&piece[..2], 16).expect("two digits"));
        octets.extend_from_slice(&piece.as_bytes()[2..]);
    }
    octets
}

async fn ask(case: &Case) -> TestResponse {
    let Some((content_type, body)) = &case.body else {
        return Api.test().get(case.path).send().await;
    };
    let request = Api.test().post(case.path).body(body.clone());
    let request = request.header(header::CONTENT_TYPE, *content_type);
    request.send().await
}

async fn check(text: &'static str, least: usize) {
    let cases = cases(text);
    assert!(cases.len() >= least, "{} cases", cases.len());
    for case in cases {
        println!("{} {}", case.method, case.path);
        let response = ask(&case).await;
        match (case.is, case.no) {
            (Some(is), None) => assert_eq!(response.text(), is, "{case:?}"),
            (None, Some((status, name))) => assert_told(&response, status, name, case.says),
            _ => panic!("{case:?} is either read or refused"),
        }
    }
}

#[tokio::test]
async fn valid_values_are_parsed() {
    check(include_str!("../../../values/read.txt"), 40).await;
}

#[tokio::test]
async fn invalid_values_have_uniform_messages() {
    check(include_str!("../../../values/refused.txt"), 30).await;
}

#[tokio::test]
async fn invalid_bodies_have_uniform_messages() {
    check(include_str!("../../../values/bodies.txt"), 14).await;
}

#[tokio::test]
async fn widest_integers_are_parsed() {
    let path = format!("/many?big={}&low={}", u128::MAX, i128::MIN);
    let response = Api.test().get(&path).send().await;
    let text = response.text();
    assert!(text.contains(&format!("big: {}", u128::MAX)), "{text}");
    assert!(text.contains(&format!("low: {}", i128::MIN)), "{text}");
}
