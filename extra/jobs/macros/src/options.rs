//! Reads the options of an attribute. Each is read for itself, so that every mistake is reported.

use highball_macro_stages::{errors::Errors, similar_name};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{
    Expr, LitStr, Token,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser},
};

/// The options that an attribute has.
pub(crate) struct Known {
    /// The name of the attribute.
    pub(crate) attr: &'static str,
    /// Whether it begins with a text, such as the name of a job.
    pub(crate) has_text: bool,
    /// The name of each option, and how it is written.
    pub(crate) options: &'static [(&'static str, &'static str)],
}

/// The options, as they were read.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) text: Option<LitStr>,
    settings: Vec<(Ident, Setting)>,
    /// Whether one of them cannot be read, so that a missing one may be no second mistake.
    pub(crate) has_mistake: bool,
}

enum Setting {
    /// The value of `name = value`.
    Value(Expr),
    /// The tokens in `name(..)`.
    List(TokenStream),
}

impl Options {
    /// Returns the name of an option where it was written.
    pub(crate) fn name(&self, option: &str) -> Option<&Ident> {
        self.find(option).map(|(name, _)| name)
    }

    pub(crate) fn value(&self, option: &str) -> Option<(&Ident, &Expr)> {
        match self.find(option)? {
            (name, Setting::Value(value)) => Some((name, value)),
            (_, Setting::List(_)) => None,
        }
    }

    pub(crate) fn list(&self, option: &str) -> Option<(&Ident, &TokenStream)> {
        match self.find(option)? {
            (name, Setting::List(list)) => Some((name, list)),
            (_, Setting::Value(_)) => None,
        }
    }

    fn find(&self, option: &str) -> Option<&(Ident, Setting)> {
        self.settings.iter().find(|(name, _)| *name == option)
    }

    /// Adds the options of an attribute.
    pub(crate) fn read(&mut self, args: TokenStream, known: &Known, errors: &mut Errors) {
        for (place, tokens) in split(args).into_iter().enumerate() {
            let read = |input: ParseStream<'_>| self.read_one(input, place, known);
            if let Err(error) = read.parse2(tokens) {
                errors.push(error);
                self.has_mistake = true;
            }
        }
    }

    fn read_one(&mut self, input: ParseStream<'_>, place: usize, known: &Known) -> syn::Result<()> {
        if place == 0 && known.has_text && input.peek(LitStr) {
            self.text = Some(input.parse()?);
            return Ok(());
        }
        let name = read_name(input, known)?;
        if self.name(&name.to_string()).is_some() {
            let message = format!("`{name}` occurs twice: remove one");
            return Err(syn::Error::new(name.span(), message));
        }
        let setting = read_setting(&name, input, known)?;
        self.settings.push((name, setting));
        Ok(())
    }
}

fn read_name(input: ParseStream<'_>, known: &Known) -> syn::Result<Ident> {
    let attr = known.attr;
    if !input.peek(Ident::peek_any) {
        let (_, example) = known.options[0];
        let message = format!("an option of `{attr}` has a name: write `{example}`");
        return Err(syn::Error::new(first_span(input), message));
    }
    let name = input.call(Ident::parse_any)?;
    let text = name.to_string();
    let mut names = known.options.iter().map(|(name, _)| *name);
    if names.clone().any(|known| known == text) {
        return Ok(name);
    }
    let instead = match similar_name(&text, names.clone()) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => {
            let first = names.next().unwrap_or_default();
            let list = names.fold(first.to_owned(), |list, name| list + "`, `" + name);
            format!("the options are `{list}`")
        }
    };
    let message = format!("`{attr}` has no option `{text}`: {instead}");
    Err(syn::Error::new(name.span(), message))
}

fn read_setting(name: &Ident, input: ParseStream<'_>, known: &Known) -> syn::Result<Setting> {
    let example = known
        .options
        .iter()
        .find_map(|(known, example)| (name == known).then_some(*example))
        .unwrap_or_default();
    let wrong = || syn::Error::new(name.span(), format!("write `{example}`"));
    let is_list = !example.contains(" = ");
    if is_list {
        if !input.peek(syn::token::Paren) {
            return Err(wrong());
        }
        let list;
        parenthesized!(list in input);
        return list.parse().map(Setting::List);
    }
    input.parse::<Token![=]>().map_err(|_| wrong())?;
    input.parse().map(Setting::Value).map_err(|_| wrong())
}

fn first_span(input: ParseStream<'_>) -> Span {
    input.cursor().span()
}

/// Splits the tokens at the commas between them. A comma at the end is allowed.
pub(crate) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(TokenStream::new()),
            other => parts.last_mut().expect("is never empty").extend([other]),
        }
    }
    if parts.last().is_some_and(TokenStream::is_empty) {
        parts.pop();
    }
    parts
}
