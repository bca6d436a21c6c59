use super::*;

fn parse(text: &str) -> Result<String, String> {
    let mut errors = Errors::default();
    let pattern = Pattern::route(&LitStr::new(text, Span::call_site()), &mut errors);
    if !errors.is_empty() {
        return Err(errors.into_tokens().to_string());
    }
    let shown = pattern.segments.iter().map(|segment| match segment {
        Segment::Static(text) => format!("/{text}"),
        Segment::Param {
            prefix,
            name,
            suffix,
        } => format!("/{prefix}<{name}>{suffix}"),
        Segment::CatchAll { name } => format!("/<*{name}>"),
    });
    Ok(shown.collect())
}

#[test]
fn patterns_are_read() {
    for (text, expected) in [
        ("/", ""),
        ("/a/b", "/a/b"),
        ("/a/", "/a/"),
        ("/a//b", "/a//b"),
        ("/{id}", "/<id>"),
        ("/v{major}.json/{*rest}", "/v<major>.json/<*rest>"),
        ("/{{x}}", "/%7Bx%7D"),
        ("/α b", "/%CE%B1%20b"),
        ("/a%20b", "/a%20b"),
        ("/%c3%a9", "/%C3%A9"),
        ("/é", "/%C3%A9"),
        ("/%70ing%2D%7e", "/ping-~"),
        ("/%3Aid/%2a/%3cid%3E", "/:id/*/%3Cid%3E"),
        ("/:batch-get/{id}:undelete", "/:batch-get/<id>:undelete"),
        ("/q[1]|`^\"<>", "/q%5B1%5D%7C%60%5E%22%3C%3E"),
        ("/%2f%25%3f%23%5c%00", "/%2F%25%3F%23%5C%00"),
        ("/caf%E9", "/caf%E9"),
        ("/é{x}%c3%ad", "/%C3%A9<x>%C3%AD"),
        ("/time/12:30/@me", "/time/12:30/@me"),
        ("/{type}", "/<type>"),
    ] {
        assert_eq!(parse(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn mistakes_are_refused() {
    for (text, hint) in [
        ("", "begins with"),
        ("users", "/users"),
        ("/:id", "{id}"),
        ("/*", "{*rest}"),
        ("/<id>", "{id}"),
        ("/{id", "not closed"),
        ("/id}", "closes nothing"),
        ("/{}", "no name"),
        ("/{user-id}", "user_id"),
        ("/{a}{b}", "two parameters"),
        ("/{*rest}/x", "at the end"),
        ("/a{*rest}", "whole segment"),
        ("/{id}/{id}", "twice"),
        ("/a?b=c", "no query"),
        ("/100%", "%25"),
        ("/%4", "%25"),
        ("/:id", "%3Aid"),
        ("/*rest", "%2Arest"),
        ("/<id..>", "%3Cid..%3E"),
        ("/a\\b", "%5C"),
        ("/{a}?", "%3F"),
        ("/{a}#", "%23"),
        ("/{x}%AD", "inside a character"),
        ("/%C3{x}", "inside a character"),
    ] {
        let message = parse(text).expect_err(text);
        assert!(message.contains(hint), "{text}: {message}");
    }
}
