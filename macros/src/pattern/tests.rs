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
        ("/{*rest}/x", "at its end"),
        ("/a{*rest}", "whole segment"),
        ("/{id}/{id}", "twice"),
        ("/a?b=c", "no query"),
        ("/100%", "%25"),
    ] {
        let message = parse(text).expect_err(text);
        assert!(message.contains(hint), "{text}: {message}");
    }
}
