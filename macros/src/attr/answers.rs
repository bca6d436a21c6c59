//! `answers(..)` and `answers = ..`: the responses of a route or a part, where no type shows them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{
    Expr, Ident, LitInt, LitStr, Token, Type, parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use highball_macro_stages::types::first_span;

/// The stated answers.
pub(crate) enum AnswersExpr {
    /// `answers = Answers::NONE`.
    Value(Expr),
    /// `answers(201 => Json<Order>, 404)`.
    List(Vec<AnswerExpr>),
}

/// One answer of a list.
pub(crate) struct AnswerExpr {
    status: u16,
    content: Content,
}

enum Content {
    /// No body, or a problem if the status is that of an error.
    Usual,
    /// The same, with a sentence about it.
    About(LitStr),
    /// A response of this type.
    Of(Box<Type>),
}

const USAGE: &str =
    "write `answers(201 => Json<Order>, 404)`: each status, and the type of its body if it has one";

impl AnswersExpr {
    /// Parses the option. Only parts have a value, because a route shows its types to documents.
    pub(super) fn parse(input: ParseStream<'_>, word: &Ident, is_part: bool) -> syn::Result<Self> {
        if is_part && input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            let message = "write `answers(401, 403)`, or `answers = ..` with a constant of the type `Answers`";
            let value = input.parse::<Expr>();
            return value
                .map(Self::Value)
                .map_err(|_| syn::Error::new(word.span(), message));
        }
        if !input.peek(syn::token::Paren) {
            return Err(syn::Error::new(word.span(), USAGE));
        }
        let inner;
        parenthesized!(inner in input);
        let list = Punctuated::<AnswerExpr, Token![,]>::parse_terminated(&inner)?;
        if list.is_empty() && !is_part {
            return Err(syn::Error::new(word.span(), USAGE));
        }
        Ok(Self::List(list.into_iter().collect()))
    }

    /// Returns the types of the bodies.
    pub(crate) fn types(&self) -> impl Iterator<Item = &Type> {
        let list: &[AnswerExpr] = match self {
            Self::Value(_) => &[],
            Self::List(list) => list,
        };
        list.iter().filter_map(|answer| match &answer.content {
            Content::Of(ty) => Some(&**ty),
            _ => None,
        })
    }

    /// Returns the answers as constant data.
    pub(crate) fn expand(&self) -> TokenStream {
        match self {
            Self::Value(value) => quote!(#value),
            Self::List(list) => {
                let answers = list.iter().map(AnswerExpr::expand);
                quote!(__hb::Answers::any(&[#(&#answers),*]))
            }
        }
    }
}

impl AnswerExpr {
    fn expand(&self) -> TokenStream {
        let status = self.status;
        let usual = match status {
            ..400 => quote!(__hb::Answer::empty(#status)),
            _ => quote!(__hb::Answer::problem(#status)),
        };
        match &self.content {
            Content::Usual => quote!(__hb::Answers::one(#usual)),
            Content::About(about) => quote!(__hb::Answers::one(#usual.about(#about))),
            // rustc reports here a type that is not a response.
            Content::Of(ty) => quote_spanned! {first_span(ty)=>
                __hb::Answers::with_status(#status, &<#ty as __hb::IntoResponse>::ANSWERS)
            },
        }
    }
}

impl Parse for AnswerExpr {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let number: LitInt = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), USAGE))?;
        let status = number.base10_parse::<u16>().unwrap_or_default();
        if !(200..600).contains(&status) {
            let message = format!("`{number}` is not the status of a response: write 200 to 599");
            return Err(syn::Error::new(number.span(), message));
        }
        if input.parse::<Option<Token![=>]>>()?.is_none() {
            let content = Content::Usual;
            return Ok(Self { status, content });
        }
        let content = match input.peek(LitStr) {
            true => Content::About(input.parse()?),
            false => Content::Of(Box::new(
                input
                    .parse()
                    .map_err(|error| syn::Error::new(error.span(), USAGE))?,
            )),
        };
        Ok(Self { status, content })
    }
}
