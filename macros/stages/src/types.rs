//! Helpers that inspect how a type is spelled. A macro cannot resolve types.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericArgument, Path, PathArguments, ReturnType, Signature, Type, TypePath};

/// Returns the last segment of a type's path.
pub fn last_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => path.segments.last().map(|last| &last.ident),
        _ => None,
    }
}

/// Returns whether the path is `self::Name`, which is a type of the app and none of Highball.
pub fn is_own(path: &Path) -> bool {
    path.segments.len() > 1 && path.segments[0].ident == "self"
}

/// Returns the last segment of a type's path, if the type may be one of Highball.
pub fn highball_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(ty) if is_own(&ty.path) => None,
        ty => last_name(ty),
    }
}

/// Returns whether the type is a path without generic arguments.
pub fn is_bare_name(ty: &Type) -> bool {
    match ty {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => path
            .segments
            .iter()
            .all(|segment| segment.arguments.is_none()),
        _ => false,
    }
}

/// Returns the tokens as a user would write them.
pub fn source_text(ty: &impl ToTokens) -> String {
    let mut text = ty.to_token_stream().to_string();
    for (spaced, tight) in [
        (" :: ", "::"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}

/// Returns whether a value of the type can only come from a path parameter.
pub fn is_param_only(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => last_name(&reference.elem).is_some_and(|name| name == "str"),
        _ => last_name(ty).is_some_and(|name| PRIMITIVES.contains(&name.to_string().as_str())),
    }
}

/// The primitive types that a path parameter can have.
pub const PRIMITIVES: [&str; 16] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64", "bool", "char",
];

/// Returns the name of a primitive or `NonZero` type, which error messages show to the client.
pub fn primitive_name(ty: &Type) -> Option<String> {
    let name = last_name(ty)?.to_string();
    let number = name.strip_prefix("NonZero").unwrap_or(&name).to_lowercase();
    let is_known = PRIMITIVES.contains(&name.as_str())
        || name != number && PRIMITIVES.contains(&number.as_str()) && name.starts_with("NonZero");
    is_known.then_some(name)
}

/// Returns whether the type mentions one of these identifiers.
pub fn mentions(ty: &Type, generics: &[&Ident]) -> bool {
    let text = ty.to_token_stream().to_string();
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|word| generics.iter().any(|ident| *ident == word))
}

/// Returns the span of the tokens. On stable Rust, this is the span of the first token if they cannot be joined.
pub fn first_span(tokens: &impl ToTokens) -> Span {
    syn::spanned::Spanned::span(tokens)
}

/// Replaces `Self` in the types of a method, for code outside of its impl block. `owner` is the type of the block.
pub fn replace_self(sig: &mut Signature, owner: &Type) {
    for input in &mut sig.inputs {
        if let FnArg::Typed(arg) = input {
            *arg.ty = without_self(&arg.ty, owner);
        }
    }
    if let ReturnType::Type(_, ty) = &mut sig.output {
        **ty = without_self(ty, owner);
    }
}

fn without_self(ty: &Type, owner: &Type) -> Type {
    if !mentions(ty, &[&Ident::new("Self", Span::call_site())]) {
        return ty.clone();
    }
    let tokens = replace_word(ty.to_token_stream(), "Self", &owner.to_token_stream());
    syn::parse2(tokens).unwrap_or_else(|_| ty.clone())
}

fn replace_word(tokens: TokenStream, word: &str, by: &TokenStream) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(found) if found == word => {
            let by = by.clone().into_iter().map(|mut token| {
                // An error is reported where the word is written.
                token.set_span(found.span());
                token
            });
            by.collect()
        }
        TokenTree::Group(group) => {
            let inner = replace_word(group.stream(), word, by);
            let mut changed = Group::new(group.delimiter(), inner);
            changed.set_span(group.span());
            TokenStream::from(TokenTree::Group(changed))
        }
        other => TokenStream::from(other),
    });
    tokens.collect()
}

/// Returns whether the name is a keyword of some edition. syn does not read `gen` as one.
pub fn is_keyword(name: &str) -> bool {
    name == "gen" || syn::parse_str::<Ident>(name).is_err()
}

/// Returns the `T` of `Path<T>`, the extractor of path parameters.
pub fn path_inner(ty: &Type) -> Option<&Type> {
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = ty
    else {
        return None;
    };
    let last = path
        .segments
        .last()
        .filter(|last| last.ident == "Path" && !is_own(path))?;
    let PathArguments::AngleBracketed(args) = &last.arguments else {
        return None;
    };
    match args.args.first() {
        Some(GenericArgument::Type(inner)) if args.args.len() == 1 => Some(inner),
        _ => None,
    }
}

/// Returns the types among the generic arguments of a type.
pub fn type_arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    let last = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let arguments = last.and_then(|last| match &last.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// Returns the first type among the arguments of a path: the `T` of `Result<T, E>`.
pub fn first_type(path: &Path) -> Option<Type> {
    match &path.segments.last()?.arguments {
        PathArguments::AngleBracketed(args) => args.args.iter().find_map(|arg| match arg {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }),
        _ => None,
    }
}

/// Returns whether the type contains `impl Trait`.
pub fn contains_impl_trait(ty: &impl ToTokens) -> bool {
    ty.to_token_stream().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "impl",
        TokenTree::Group(group) => contains_impl_trait(&group.stream()),
        _ => false,
    })
}
