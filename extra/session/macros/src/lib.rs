//! The derive of `highball-session`.

use highball_macro_stages::{derive, errors::Errors, fragments, runtime_path, similar_name};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Data, DeriveInput, Ident, LitInt, LitStr, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

/// The options of `#[session(..)]`.
const OPTIONS: [&str; 3] = ["key", "version", "identity"];

/// Implements `SessionData`, and `Writable` or, with `identity = field`, `Identity`.
///
/// ```text
/// #[derive(Default, Serialize, Deserialize, SessionData)]
/// #[session(key = "cart", version = 2)]
/// struct Cart {
///     items: Vec<u64>,
/// }
///
/// #[derive(Serialize, Deserialize, SessionData)]
/// #[session(key = "user", identity = id)]
/// struct User {
///     id: u64,
/// }
/// ```
#[proc_macro_derive(SessionData, attributes(session))]
pub fn session_data(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::expand(fragments::in_type(input.into()), expand).into()
}

fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let name = &input.ident;
    let options = options(input, errors);
    let Some(key) = options.key else {
        if options.has_mistake {
            return TokenStream::new();
        }
        let example = example_key(name);
        errors.at(
            name,
            format!(
                "the slot of `{name}` has no key: write `#[session(key = \"{example}\")]`; the key names the data in \
                 the store, so it must not change with the type's name"
            ),
        );
        return TokenStream::new();
    };
    check_key(&key, errors);
    if let Some(param) = input.generics.params.first() {
        errors.at(
            param,
            format!("a slot of the session has one type: remove the parameters of `{name}`"),
        );
    }
    let identity = options.identity.as_ref();
    if let Some(field) = identity {
        check_field(field, name, &input.data, errors);
    }
    let session = runtime_path::package("highball-session");
    let is_identity = identity.is_some();
    let owner = identity.map(|_| {
        quote! {
            fn owner(&self) -> ::core::option::Option<::std::string::String> {
                ::core::option::Option::Some(#session::Identity::user(self))
            }
        }
    });
    let version = options
        .version
        .map(|version| quote!(const VERSION: u32 = #version;));
    let missing = match identity {
        Some(_) => quote!(::core::option::Option::None),
        None => {
            quote!(::core::option::Option::Some(
                <Self as ::core::default::Default>::default()
            ))
        }
    };
    let kind = match identity {
        Some(field) => quote! {
            #[automatically_derived]
            impl #session::Identity for #name {
                fn user(&self) -> ::std::string::String {
                    ::std::string::ToString::to_string(&self.#field)
                }
            }
        },
        None => quote! {
            #[automatically_derived]
            impl #session::Writable for #name {}
        },
    };
    quote! {
        #[automatically_derived]
        impl #session::SessionData for #name {
            const KEY: &'static str = #key;
            #version
            const TYPE: &'static str =
                ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name));
            const IS_IDENTITY: bool = #is_identity;

            fn missing() -> ::core::option::Option<Self> {
                #missing
            }

            #owner
        }

        #kind
    }
}

/// The options, as they were read.
#[derive(Default)]
struct Options {
    key: Option<LitStr>,
    version: Option<LitInt>,
    identity: Option<Ident>,
    /// Whether one of them cannot be read, so that a missing one is no second mistake.
    has_mistake: bool,
}

fn options(input: &DeriveInput, errors: &mut Errors) -> Options {
    let mut options = Options::default();
    let attrs = input.attrs.iter();
    for attr in attrs.filter(|attr| attr.path().is_ident("session")) {
        let list = attr.parse_args_with(Punctuated::<Setting, Token![,]>::parse_terminated);
        let list = errors.keep(list);
        options.has_mistake |= list.is_none();
        for setting in list.into_iter().flatten() {
            let is_twice = match setting {
                Setting::Key(key) => options.key.replace(key).is_some(),
                Setting::Version(version) => options.version.replace(version).is_some(),
                Setting::Identity(field) => options.identity.replace(field).is_some(),
            };
            if is_twice {
                errors.at(attr, "an option of `session` occurs twice: remove one");
            }
        }
    }
    options
}

enum Setting {
    Key(LitStr),
    Version(LitInt),
    Identity(Ident),
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        let text = name.to_string();
        if !OPTIONS.contains(&text.as_str()) {
            let instead = match similar_name(&text, OPTIONS) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => format!(
                    "write `{}`, `{}` or `{}`",
                    OPTIONS[0], OPTIONS[1], OPTIONS[2]
                ),
            };
            let message = format!("`session` has no option `{text}`: {instead}");
            return Err(syn::Error::new(name.span(), message));
        }
        input.parse::<Token![=]>()?;
        match text.as_str() {
            "key" => input.parse().map(Self::Key),
            "version" => {
                let version: LitInt = input.parse()?;
                let number = version.base10_parse::<u32>();
                number.map_err(|_| {
                    let message = "a version is a number from 0 to 4,294,967,295";
                    syn::Error::new(version.span(), message)
                })?;
                Ok(Self::Version(version))
            }
            _ => input.parse().map(Self::Identity),
        }
    }
}

fn check_key(key: &LitStr, errors: &mut Errors) {
    let text = key.value();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if text.is_empty() || text.len() > 64 || !text.bytes().all(is_plain) {
        errors.at(
            key,
            "a key is one to 64 of the characters `a-z`, `A-Z`, `0-9`, `-`, `_` and `.`",
        );
    }
}

fn check_field(field: &Ident, name: &Ident, data: &Data, errors: &mut Errors) {
    let Data::Struct(data) = data else {
        errors.at(
            name,
            "an identity is a struct with a field that is unique for each user",
        );
        return;
    };
    let fields = data.fields.iter().filter_map(|field| field.ident.as_ref());
    let fields: Vec<_> = fields.map(ToString::to_string).collect();
    let text = field.to_string();
    if !fields.contains(&text) {
        let instead = match similar_name(&text, fields.iter().map(String::as_str)) {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => "name the field that is unique for each user".to_owned(),
        };
        errors.at(field, format!("`{name}` has no field `{text}`: {instead}"));
    }
}

/// Returns the name of a type as a key.
fn example_key(name: &Ident) -> String {
    let mut key = String::new();
    for letter in name.to_string().chars() {
        if letter.is_ascii_uppercase() && !key.is_empty() {
            key.push('_');
        }
        key.push(letter.to_ascii_lowercase());
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: TokenStream, expected: &str) {
        let code = derive::expand(input, expand).to_string();
        assert!(code.contains(expected), "{code}");
    }

    #[test]
    fn a_slot_is_writable_and_an_identity_is_not() {
        let cart = quote!(
            #[session(key = "cart", version = 2)]
            struct Cart;
        );
        check(
            cart.clone(),
            "impl :: highball_session :: Writable for Cart",
        );
        check(cart, "const VERSION : u32 = 2 ;");
        let user = quote!(
            #[session(key = "user", identity = id)]
            struct User {
                id: u64,
            }
        );
        check(
            user.clone(),
            "impl :: highball_session :: Identity for User",
        );
        assert!(
            !derive::expand(user, expand)
                .to_string()
                .contains("Writable")
        );
    }

    #[test]
    fn mistakes_are_reported() {
        check(
            quote!(
                struct OpenCart;
            ),
            "the slot of `OpenCart` has no key: write `#[session(key = \\\"open_cart\\\")]`",
        );
        let cases = [
            (
                quote!(kee = "cart"),
                "`session` has no option `kee`: did you mean `key`?",
            ),
            (quote!(key = "a b"), "a key is one to 64 of the characters"),
            (
                quote!(key = "cart", key = "cart"),
                "an option of `session` occurs twice",
            ),
            (
                quote!(key = "cart", version = -1),
                "a version is a number from 0",
            ),
            (
                quote!(key = "cart", identity = idd),
                "`Cart` has no field `idd`: did you mean `id`?",
            ),
        ];
        for (options, expected) in cases {
            check(
                quote!(
                    #[session(#options)]
                    struct Cart {
                        id: u64,
                    }
                ),
                expected,
            );
        }
        let generic = quote!(
            #[session(key = "cart")]
            struct Cart<T>(T);
        );
        check(generic, "a slot of the session has one type");
    }
}
