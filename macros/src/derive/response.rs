//! `#[derive(IntoResponse)]`: an enum of errors, each with a status and a message.

use highball_macro_stages::{errors::Errors, runtime_path::private, types::first_span};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{
    Attribute, Data, DeriveInput, Field, Fields, Ident, LitInt, LitStr, Member, Token, Variant,
    ext::IdentExt,
    parse::{Parse, ParseStream},
};

mod cause;

/// The arguments of `#[status(404, "no such user")]`.
struct Status {
    code: u16,
    message: Option<LitStr>,
}

impl Parse for Status {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let code: LitInt = input.parse().map_err(|error| {
            syn::Error::new(error.span(), "a status is a number: write `#[status(404)]`")
        })?;
        let number = code.base10_parse::<u16>().unwrap_or_default();
        if !(100..600).contains(&number) {
            let message = format!("`{code}` is no status: HTTP has 100 to 599");
            return Err(syn::Error::new(code.span(), message));
        }
        if number < 200 {
            let message = format!("`{code}` ends no exchange: write a status from 200 to 599");
            return Err(syn::Error::new(code.span(), message));
        }
        let mut status = Self {
            code: number,
            message: None,
        };
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            status.message = Some(input.parse()?);
        }
        if !input.is_empty() {
            return Err(
                input.error("write `#[status(404)]` or `#[status(404, \"words for the client\")]`")
            );
        }
        Ok(status)
    }
}

pub(crate) fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let private = private(super::crate_path(&input.attrs, errors).as_ref());
    let arms: Vec<_> = match &input.data {
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| variant_arm(variant, &private, errors))
            .collect(),
        Data::Struct(data) => {
            vec![match_arm(
                &quote!(Self),
                &input.attrs,
                &data.fields,
                &input.ident,
                &private,
                errors,
            )]
        }
        Data::Union(data) => {
            errors.at(
                data.union_token,
                "a union is no response: derive it for an enum or a struct",
            );
            Vec::new()
        }
    };
    if arms.is_empty() && errors.is_empty() {
        errors.at(
            &input.ident,
            "an enum without variants is never returned: add one with `#[status(..)]`",
        );
    }
    let conversions = cause::conversions(input, errors);
    let facts = facts(&input.data, &input.attrs, &private);
    let answers = answers(&input.data, &input.attrs, &private);
    let (impl_generics, ty_generics, bounds) = input.generics.split_for_impl();
    let name = &input.ident;
    quote! {
        #conversions
        #[automatically_derived]
        #[allow(deprecated, non_shorthand_field_patterns, unused_qualifications)]
        impl #impl_generics #private::IntoResponse for #name #ty_generics #bounds {
            const FACTS: #private::Facts = #facts;
            const ANSWERS: #private::Answers = #answers;
            fn into_response(self) -> #private::Response {
                match self { #(#arms)* }
            }
        }
    }
}

/// Returns the attributes and the fields of each variant, or of the struct.
fn variants<'d>(data: &'d Data, attrs: &'d [Attribute]) -> Vec<(&'d [Attribute], &'d Fields)> {
    match data {
        Data::Enum(data) => {
            let variants = data.variants.iter();
            variants
                .map(|variant| (&*variant.attrs, &variant.fields))
                .collect()
        }
        Data::Struct(data) => vec![(attrs, &data.fields)],
        Data::Union(_) => Vec::new(),
    }
}

fn is_transparent(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("transparent"))
}

/// Returns the answers: a problem for each status, and those of the responses inside of `#[transparent]`. Mistakes are
/// reported elsewhere.
fn answers(data: &Data, attrs: &[Attribute], private: &TokenStream) -> TokenStream {
    let (mut problems, mut inner) = (Vec::new(), Vec::new());
    for (attrs, fields) in variants(data, attrs) {
        if is_transparent(attrs) {
            let ty = fields.iter().next().map(|field| &field.ty);
            inner.extend(ty.map(|ty| quote!(&#private::ResponseProbe::<#ty>::ANSWERS)));
            continue;
        }
        let status = attrs.iter().find(|attr| attr.path().is_ident("status"));
        let status = status.and_then(|attr| attr.parse_args::<Status>().ok());
        problems.extend(status.map(|Status { code, message }| {
            let about = message.map(|message| quote!(.about(#message)));
            quote!(#private::Answer::problem(#code) #about)
        }));
    }
    let probe = (!inner.is_empty()).then(|| quote!(use #private::NoExtractor as _;));
    quote!({
        #probe
        #private::Answers::any(&[&#private::Answers::list(&[#(#problems),*]), #(#inner),*])
    })
}

/// Returns the facts: those of the responses inside of `#[transparent]`. Problems have none.
fn facts(data: &Data, attrs: &[Attribute], private: &TokenStream) -> TokenStream {
    let own = variants(data, attrs);
    // A problem does nothing for sure.
    let has_problem = own.iter().any(|(attrs, _)| !is_transparent(attrs));
    let maybe = has_problem.then(|| quote!(.maybe()));
    let transparent = own.iter().filter(|(attrs, _)| is_transparent(attrs));
    let mut types = transparent.filter_map(|(_, fields)| fields.iter().next());
    let Some(first) = types.next() else {
        return quote!(#private::Facts::NONE);
    };
    let of = |field: &Field| {
        let ty = &field.ty;
        quote!(#private::ResponseProbe::<#ty>::RESPONSE)
    };
    let all = types.fold(of(first), |all, field| {
        let other = of(field);
        quote!(#private::Facts::either(&#all, &#other))
    });
    quote!({
        use #private::NoExtractor as _;
        #all #maybe
    })
}

fn variant_arm(variant: &Variant, private: &TokenStream, errors: &mut Errors) -> TokenStream {
    let name = &variant.ident;
    match_arm(
        &quote!(Self::#name),
        &variant.attrs,
        &variant.fields,
        name,
        private,
        errors,
    )
}

fn match_arm(
    path: &TokenStream,
    attrs: &[Attribute],
    fields: &Fields,
    name: &Ident,
    private: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let find = |word: &str| attrs.iter().find(|attr| attr.path().is_ident(word));
    if find("transparent").is_some() {
        return transparent(path, fields, name, private, errors);
    }
    let Some(attr) = find("status") else {
        errors.at(name, format!("`{name}` has no status: put `#[status(404)]` (or another) on it, or `#[transparent]` to answer what is in it"));
        return TokenStream::new();
    };
    if let Some(second) = attrs
        .iter()
        .filter(|attr| attr.path().is_ident("status"))
        .nth(1)
    {
        errors.at(second, format!("`{name}` has one status: leave one out"));
    }
    let Some(status) = errors.keep(attr.parse_args::<Status>()) else {
        return TokenStream::new();
    };
    let code = status.code;
    let (mut bound, detail) = match &status.message {
        Some(message) => detail(fields, message),
        None => (Vec::new(), quote!(#private::reason(#code))),
    };
    let mut rejection = quote!(#private::Rejection::new(#private::status(#code), #detail));
    if let Some((member, ty)) = cause::cause_member(fields) {
        let of_message = bound.iter().find(|(other, _)| *other == member);
        let ident = match of_message {
            Some((_, ident)) => ident.clone(),
            None => {
                // rustc reports a type that does not implement `Error` at this span.
                let ident = format_ident!("__cause", span = first_span(ty));
                bound.push((member, ident.clone()));
                ident
            }
        };
        // The message has been formatted before the cause is moved.
        rejection = quote!(#private::caused(#rejection, #ident));
    }
    let pattern = bound.iter().map(|(member, ident)| quote!(#member: #ident,));
    quote! {
        #path { #(#pattern)* .. } => #private::IntoResponse::into_response(#rejection),
    }
}

/// Returns the expression for the message, and the fields that it uses with the names that they are bound to.
fn detail(fields: &Fields, message: &LitStr) -> (Vec<(Member, Ident)>, TokenStream) {
    // `{{` is an escaped brace, so it does not begin a name.
    let mut text = message.value().replace("{{", "\0");
    let mut bound = Vec::new();
    let mut args = Vec::new();
    for member in fields.members() {
        let name = match &member {
            Member::Named(ident) => ident.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        };
        let is_named = |end: &str| text.contains(&format!("{{{name}{end}"));
        if !is_named("}") && !is_named(":") {
            continue;
        }
        let ident = match &member {
            // The message may come from another macro than the field. It sees only names that have its own span.
            Member::Named(ident) => {
                let mut ident = ident.clone();
                ident.set_span(message.span());
                ident
            }
            Member::Unnamed(index) => format_ident!("__{}", index.index),
        };
        if matches!(member, Member::Unnamed(_)) {
            for end in ["}", ":"] {
                text = text.replace(&format!("{{{name}{end}"), &format!("{{{ident}{end}"));
            }
            args.push(quote!(#ident = #ident));
        }
        bound.push((member, ident));
    }
    if bound.is_empty() && !text.contains('{') {
        let plain = text.replace('\0', "{").replace("}}", "}");
        let plain = LitStr::new(&plain, message.span());
        return (bound, quote!(#plain));
    }
    let format = LitStr::new(&text.replace('\0', "{{"), message.span());
    (bound, quote!(::std::format!(#format #(, #args)*)))
}

/// Returns the arm of a variant whose only field is the response.
fn transparent(
    path: &TokenStream,
    fields: &Fields,
    name: &Ident,
    private: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let mut members = fields.members();
    let (Some(member), None) = (members.next(), members.next()) else {
        errors.at(
            name,
            format!(
                "`#[transparent]` answers what the one field of `{name}` answers: give it one field"
            ),
        );
        return TokenStream::new();
    };
    quote!(#path { #member: __inner } => #private::IntoResponse::into_response(__inner),)
}
