//! The servers that the body of `main` builds.
//!
//! The body is opaque, so that an incomplete one does not prevent the expansion. The tokens of its statements suffice.

use highball_macro_stages::{
    errors::Errors,
    runtime_path::{private_at, runtime_name},
    types::source_text,
};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Path;

/// Rewrites the statements of the body that build a server, so that a mistake with it is one error.
///
/// A server that is never awaited is reported, and gets its `.await`, so that rustc does not report its type as well.
/// A server that is awaited becomes an argument of `run_server`, so that rustc does not propose to remove the `.await`.
///
/// The second value is whether `main` returns the result of a server.
pub(crate) fn rewrite_body(
    body: &TokenStream,
    krate: Option<&Path>,
    errors: &mut Errors,
) -> (TokenStream, bool) {
    let mut servers = Servers {
        krate,
        errors,
        is_returned: false,
    };
    let tokens = body.clone().into_iter().map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let mut rewritten = Group::new(Delimiter::Brace, servers.rewrite(group.stream()));
            rewritten.set_span(group.span());
            TokenTree::Group(rewritten)
        }
        other => other,
    });
    (tokens.collect(), servers.is_returned)
}

struct Servers<'a> {
    /// The path of the runtime, if it is renamed.
    krate: Option<&'a Path>,
    errors: &'a mut Errors,
    /// Whether the body returns the result of a server, by `?` or as its value.
    is_returned: bool,
}

impl Servers<'_> {
    fn rewrite(&mut self, body: TokenStream) -> TokenStream {
        let krate = runtime_name(self.krate);
        let tokens: Vec<_> = body.into_iter().collect();
        let mut out = TokenStream::new();
        let mut at = 0;
        while at < tokens.len() {
            let (before, rest) = tokens.split_at(at);
            let is_path_start = !is_punct(before.last(), ':') && !is_punct(before.last(), '.');
            match server_len(rest, &krate).filter(|_| is_path_start) {
                Some(len) if is_awaited(&rest[len..]) => {
                    self.is_returned |= is_returned(before, &rest[len + 2..]);
                    out.extend(self.awaited(&rest[..len]));
                    at += len;
                }
                Some(len) if starts_statement(before) && ends_statement(rest.get(len)) => {
                    out.extend(self.not_awaited(&rest[..len], before, rest.get(len)));
                    at += len;
                }
                _ => {
                    out.extend([rest[0].clone()]);
                    at += 1;
                }
            }
        }
        out
    }

    fn awaited(&self, server: &[TokenTree]) -> TokenStream {
        // rustc shows this call, so all of its tokens are located at the user's.
        let span = Span::call_site().located_at(server[0].span());
        let private = private_at(self.krate, span);
        quote_spanned!(span=> #private::run_server(#(#server)*))
    }

    fn not_awaited(
        &mut self,
        server: &[TokenTree],
        before: &[TokenTree],
        after: Option<&TokenTree>,
    ) -> TokenStream {
        let message = format!(
            "`{}` is a `Serve`, which runs only if it is awaited: write `.await` behind it",
            shown(server)
        );
        self.errors.at(quote!(#(#server)*), message);
        // Without the assignment, rustc would warn about an unused `Result`.
        let is_ignored = is_punct(after, ';') && !is_ident(before.last(), "return");
        let ignored = is_ignored.then(|| quote!(let _ =));
        quote!(#ignored #(#server)*.await)
    }
}

fn starts_statement(before: &[TokenTree]) -> bool {
    match before.last() {
        None => true,
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        last => is_punct(last, ';') || is_ident(last, "return"),
    }
}

fn ends_statement(after: Option<&TokenTree>) -> bool {
    after.is_none() || is_punct(after, ';') || is_punct(after, '?')
}

/// Returns whether a value with these tokens around it is the result of the function.
fn is_returned(before: &[TokenTree], after: &[TokenTree]) -> bool {
    is_punct(after.first(), '?')
        || is_ident(before.last(), "return")
        || after.is_empty() && starts_statement(before)
}

fn is_awaited(after: &[TokenTree]) -> bool {
    is_punct(after.first(), '.') && is_ident(after.get(1), "await")
}

/// Returns how many tokens build a server, such as `highball::serve(Api).quiet()`, if the tokens begin with that.
fn server_len(tokens: &[TokenTree], krate: &str) -> Option<usize> {
    let mut len = path_len(tokens, krate)?;
    while is_punct(tokens.get(len), '.')
        && let Some(call) = call_len(&tokens[len + 1..])
    {
        len += 1 + call;
    }
    Some(len)
}

/// Returns the number of tokens in `serve(..)`, with or without the crate in front.
fn path_len(tokens: &[TokenTree], krate: &str) -> Option<usize> {
    let leading = if is_separator(tokens) { 2 } else { 0 };
    let rest = &tokens[leading..];
    if leading == 0 && is_ident(rest.first(), "serve") {
        // Another function may have this name, so the argument must be spelled as an app.
        return call_len(rest).filter(|_| is_app(&rest[1]));
    }
    let is_serve =
        is_ident(rest.first(), krate) && is_separator(&rest[1..]) && is_ident(rest.get(3), "serve");
    is_serve.then(|| Some(leading + 3 + call_len(&rest[3..])?))?
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

fn is_ident(token: Option<&TokenTree>, name: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let body: TokenStream = body.parse().expect("the body is a list of tokens");
        let mut errors = Errors::default();
        let _ = rewrite_body(&body, None, &mut errors);
        let errors = errors.into_tokens().to_string();
        let mut found: Vec<_> = errors.split("` is a `Serve`").collect();
        found.pop();
        let found = found.iter().filter_map(|text| text.rsplit('`').next());
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
    fn an_awaited_server_is_an_argument() {
        let body = quote!({
            a;
            let b = serve(Api).quiet().await?;
        });
        let (code, is_returned) = rewrite_body(&body, None, &mut Errors::default());
        assert!(is_returned);
        let expected = quote!({
            a;
            let b = ::highball::__private::run_server(serve(Api).quiet()).await?;
        });
        assert_eq!(code.to_string(), expected.to_string());
    }

    #[test]
    fn a_result_is_returned_by_its_place() {
        for (body, expected) in [
            (quote!({ serve(Api).await }), true),
            (
                quote!({
                    return serve(Api).quiet().await;
                }),
                true,
            ),
            (
                quote!({
                    serve(Api).await?;
                }),
                true,
            ),
            (
                quote!({
                    serve(Api).await;
                }),
                false,
            ),
            (quote!({ serve(Api).await.unwrap() }), false),
            (
                quote!({
                    let _ = serve(Api).await;
                }),
                false,
            ),
            (quote!({ drop(serve(Api).await) }), false),
        ] {
            let (_, is_returned) = rewrite_body(&body, None, &mut Errors::default());
            assert_eq!(is_returned, expected, "{body}");
        }
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
            "{ my::serve(Api).await; my::serve(Api); self.serve(Api) }",
            "{ tokio::spawn(highball::serve(Api).into_future()); }",
            "{ serve }",
            "{ highball::serve }",
            "{ highball }",
        ] {
            check(body, &[]);
        }
    }
}
