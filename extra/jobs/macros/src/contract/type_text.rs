//! A type as text.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Returns a type as text, without the spaces and commas by which the same type can differ.
///
/// The text of a token stream depends on the compiler, and a file is kept longer than one.
pub(crate) fn type_text(tokens: TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (idx, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => write_group(group.delimiter(), group.stream(), text),
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' if is_last(&tokens[idx + 1..]) => {}
                sign @ (',' | ';') => text.extend([sign, ' ']),
                sign => text.push(sign),
            },
            word => {
                // `&'static str` and `dyn Send` need the space.
                if text.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
            }
        }
    }
}

/// Returns whether a comma before these tokens ends a list.
fn is_last(rest: &[TokenTree]) -> bool {
    matches!(rest.first(), Some(TokenTree::Punct(punct)) if punct.as_char() == '>')
}

fn write_group(delimiter: Delimiter, tokens: TokenStream, text: &mut String) {
    let (open, close) = match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::None => ("", ""),
    };
    text.push_str(open);
    write(tokens, text);
    // The comma of `(A,)`, which is a tuple.
    text.truncate(text.trim_end().len());
    text.push_str(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ty: &str, expected: &str) {
        let tokens = ty.parse().expect("is a type");
        assert_eq!(type_text(tokens), expected);
    }

    #[test]
    fn spaces_and_commas_do_not_count() {
        check("Vec < u8 >", "Vec<u8>");
        check(
            "HashMap<String,\n    Vec<u8>,\n>",
            "HashMap<String, Vec<u8>>",
        );
        check(
            ":: std :: borrow :: Cow < 'static , str >",
            "::std::borrow::Cow<'static, str>",
        );
        check("[u8 ; 4]", "[u8; 4]");
        check("( u8 , )", "(u8,)");
        check("( u8 , u16 )", "(u8, u16)");
        check("Box<dyn Send + Sync>", "Box<dyn Send+Sync>");
    }
}
