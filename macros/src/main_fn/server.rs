//! A server in the body of `main` that is never awaited.
//!
//! The body is opaque, so that an incomplete one does not prevent the expansion. The tokens of its statements suffice.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::Path;

use crate::{errors::Errors, types::source_text};

/// Reports each statement of the body that builds a server and does not await it. Returns the body with the missing
/// `.await`, so that rustc does not report the type of the server as well.
pub(crate) fn check_awaited(
    body: &TokenStream,
    krate: Option<&Path>,
    errors: &mut Errors,
) -> TokenStream {
    let krate = krate.and_then(|path| path.segments.last());
    let krate = krate.map_or_else(|| "highball".to_owned(), |last| last.ident.to_string());
    let tokens = body.clone().into_iter().map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let mut awaited = Group::new(
                Delimiter::Brace,
                check_statements(group.stream(), &krate, errors),
            );
            awaited.set_span(group.span());
            TokenTree::Group(awaited)
        }
        other => other,
    });
    tokens.collect()
}

fn check_statements(body: TokenStream, krate: &str, errors: &mut Errors) -> TokenStream {
    let tokens: Vec<_> = body.into_iter().collect();
    let mut out = TokenStream::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_start = at == 0 || ends_statement(&tokens[at - 1]);
        let len = is_start.then(|| server_len(&tokens[at..], krate)).flatten();
        let Some(len) = len else {
            out.extend([tokens[at].clone()]);
            at += 1;
            continue;
        };
        let (server, rest) = tokens[at..].split_at(len);
        let is_return = at > 0 && is_ident(&tokens[at - 1], "return");
        let ignored = (is_punct(rest.first(), ';') && !is_return).then(|| quote!(let _ =));
        errors.at(
            server.iter().cloned().collect::<TokenStream>(),
            format!(
                "a server runs only if it is awaited: write `.await` behind `{}`",
                shown(server)
            ),
        );
        out.extend(quote!(#ignored #(#server)* .await));
        at += len;
    }
    out
}

/// Returns whether a statement or an operand of `return` can begin behind the token.
fn ends_statement(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_punct(Some(token), ';') || is_ident(token, "return"),
    }
}

/// Returns how many tokens build a server, such as `highball::serve(Api).quiet()`, if the tokens begin with that and
/// it is neither awaited nor used otherwise.
fn server_len(tokens: &[TokenTree], krate: &str) -> Option<usize> {
    let mut len = path_len(tokens, krate)?;
    loop {
        match tokens.get(len) {
            None => return Some(len),
            Some(token) if is_punct(Some(token), ';') || is_punct(Some(token), '?') => {
                return Some(len);
            }
            Some(token) if is_punct(Some(token), '.') => len += 1 + call_len(&tokens[len + 1..])?,
            Some(_) => return None,
        }
    }
}

/// Returns the number of tokens in `serve(..)`, with or without the crate in front.
fn path_len(tokens: &[TokenTree], krate: &str) -> Option<usize> {
    let leading = if is_separator(tokens) { 2 } else { 0 };
    let rest = &tokens[leading..];
    match rest.first()? {
        // Another function may have this name, so the argument must be spelled as an app.
        first if is_ident(first, "serve") && leading == 0 => {
            call_len(rest).filter(|_| is_app(&rest[1]))
        }
        first if is_ident(first, krate) && is_separator(&rest[1..]) => {
            let call = &rest[3..];
            let is_serve = call.first().is_some_and(|token| is_ident(token, "serve"));
            is_serve.then(|| Some(leading + 3 + call_len(call)?))?
        }
        _ => None,
    }
}

/// Returns the number of tokens in `name(..)`.
fn call_len(tokens: &[TokenTree]) -> Option<usize> {
    match tokens {
        [TokenTree::Ident(_), TokenTree::Group(args), ..]
            if args.delimiter() == Delimiter::Parenthesis =>
        {
            Some(2)
        }
        _ => None,
    }
}

/// Returns whether the arguments of a call are the path of a type, and nothing else.
fn is_app(args: &TokenTree) -> bool {
    let TokenTree::Group(args) = args else {
        return false;
    };
    syn::parse2::<Path>(args.stream()).is_ok_and(|path| {
        let name = path.segments.last().map(|last| last.ident.to_string());
        name.is_some_and(|name| name.starts_with(char::is_uppercase))
    })
}

/// Returns the server as an error message shows it: without the arguments of its methods.
fn shown(server: &[TokenTree]) -> String {
    let mut is_method = false;
    let tokens = server.iter().map(|token| match token {
        TokenTree::Group(args) if is_method && !args.stream().is_empty() => quote!((..)),
        token => {
            is_method |= is_punct(Some(token), '.');
            quote!(#token)
        }
    });
    source_text(&tokens.collect::<TokenStream>())
        .replace(" . ", ".")
        .trim_start_matches(":: ")
        .to_owned()
}

fn is_separator(tokens: &[TokenTree]) -> bool {
    is_punct(tokens.first(), ':') && is_punct(tokens.get(1), ':')
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let body: TokenStream = body.parse().expect("the body is a list of tokens");
        let mut errors = Errors::default();
        check_awaited(&body, None, &mut errors);
        let errors = errors.into_tokens().to_string();
        let found: Vec<_> = errors.split("behind `").skip(1).collect();
        let found = found.iter().filter_map(|text| text.split('`').next());
        assert_eq!(found.collect::<Vec<_>>(), expected, "{body}");
    }

    #[test]
    fn a_server_without_await_is_reported() {
        check("{ highball::serve(Api) }", &["highball::serve(Api)"]);
        check("{ ::highball::serve(Api) }", &["highball::serve(Api)"]);
        check("{ serve(api::Api)? }", &["serve(api::Api)"]);
        check("{ serve(Api).quiet(); Ok(()) }", &["serve(Api).quiet()"]);
        check(
            "{ if a { return; } highball::serve(Api).state(x).quiet() }",
            &["highball::serve(Api).state(..).quiet()"],
        );
        check("{ return serve(Api); }", &["serve(Api)"]);
    }

    #[test]
    fn other_statements_are_not_reported() {
        for body in [
            "{ highball::serve(Api).await }",
            "{ highball::serve(Api).quiet().await?; Ok(()) }",
            "{ let server = highball::serve(Api); server.await }",
            "{ highball::serve(Api).into_future().await }",
            "{ serve(3000) }",
            "{ serve(config)?; Ok(()) }",
            "{ axum::serve(listener, router) }",
            "{ tokio::spawn(highball::serve(Api).into_future()); }",
            "{ serve }",
            "{ highball::serve }",
            "{ highball }",
        ] {
            check(body, &[]);
        }
    }
}
