use proc_macro2::{TokenStream, TokenTree};

mod changes;
mod consumer;
mod contract;
mod cron;
mod job;

/// Returns the messages of the errors in generated code.
fn messages(code: TokenStream) -> Vec<String> {
    let mut list = Vec::new();
    let mut tokens = code.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "compile_error" => {
                if let Some(TokenTree::Group(group)) = tokens.nth(1)
                    && let Ok(text) = syn::parse2::<syn::LitStr>(group.stream())
                {
                    list.push(text.value());
                }
            }
            TokenTree::Group(group) => list.extend(messages(group.stream())),
            _ => {}
        }
    }
    list
}

/// Checks that the code has exactly these errors. Each expected text is a part of the message.
#[track_caller]
fn check_errors(code: TokenStream, expected: &[&str]) {
    let found = messages(code);
    let is_same = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, expected)| found.contains(expected));
    assert!(is_same, "expected {expected:#?}, found {found:#?}");
}
