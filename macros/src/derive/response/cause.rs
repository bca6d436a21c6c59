//! `#[from]` and `#[source]` on a field of an error: the conversion for `?`, and the cause in the log.

use highball_macro_stages::{
    errors::Errors,
    types::{first_span, source_text},
};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Ident, Member, Type};

/// Returns the field that is marked as the cause of the error, if there is one.
pub(super) fn cause_member(fields: &Fields) -> Option<(Member, &Type)> {
    let mut fields = fields.members().zip(fields);
    let (member, field) = fields.find(|(_, field)| cause_attr(field).is_some())?;
    Some((member, &field.ty))
}

/// Returns an impl of `From` for each `#[from]`.
pub(super) fn conversions(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let variants: Vec<(TokenStream, &Ident, &Fields)> = match &input.data {
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let name = &variant.ident;
                (quote!(Self::#name), name, &variant.fields)
            })
            .collect(),
        Data::Struct(data) => vec![(quote!(Self), &input.ident, &data.fields)],
        Data::Union(_) => Vec::new(),
    };
    // thiserror uses the same two attributes, and its derive generates the conversions.
    if derives_thiserror(input) {
        return TokenStream::new();
    }
    let mut made: Vec<(String, &Ident)> = Vec::new();
    let mut out = TokenStream::new();
    for (path, name, fields) in variants {
        check_one_cause(name, fields, errors);
        let Some((member, field)) = from_field(name, fields, errors) else {
            continue;
        };
        let ty = source_text(&field.ty);
        if let Some((_, first)) = made.iter().find(|(other, _)| *other == ty) {
            errors.at(&field.ty, format!("`{first}` and `{name}` are both made of `{ty}`, so `?` cannot choose: leave one `#[from]` out, or write `#[source]`"));
            continue;
        }
        out.extend(conversion(input, &path, &member, &field.ty));
        made.push((ty, name));
    }
    out
}

fn conversion(input: &DeriveInput, path: &TokenStream, member: &Member, ty: &Type) -> TokenStream {
    let (impl_generics, ty_generics, bounds) = input.generics.split_for_impl();
    let name = &input.ident;
    quote::quote_spanned! {first_span(ty)=>
        #[automatically_derived]
        impl #impl_generics ::core::convert::From<#ty> for #name #ty_generics #bounds {
            fn from(__source: #ty) -> Self {
                #path { #member: __source }
            }
        }
    }
}

/// Returns the field with `#[from]`, which must be the only field.
fn from_field<'f>(
    name: &Ident,
    fields: &'f Fields,
    errors: &mut Errors,
) -> Option<(Member, &'f Field)> {
    let mut all = fields.members().zip(fields);
    let (member, field) = all.find(|(_, field)| find_attr(field, "from").is_some())?;
    if fields.len() > 1 {
        let attr = find_attr(field, "from")?;
        let count = fields.len();
        errors.at(attr, format!("`#[from]` makes `{name}` of one value, but it has {count} fields: write `#[source]`, and convert where the others are known"));
        return None;
    }
    Some((member, field))
}

/// Rejects a second cause: the log has room for one.
fn check_one_cause(name: &Ident, fields: &Fields, errors: &mut Errors) {
    if let Some(second) = fields.iter().filter_map(cause_attr).nth(1) {
        errors.at(
            second,
            format!("`{name}` has one cause: leave one `#[from]` or `#[source]` out"),
        );
    }
}

fn cause_attr(field: &Field) -> Option<&Attribute> {
    find_attr(field, "from").or_else(|| find_attr(field, "source"))
}

fn find_attr<'f>(field: &'f Field, word: &str) -> Option<&'f Attribute> {
    field.attrs.iter().find(|attr| attr.path().is_ident(word))
}

/// Returns whether thiserror's derive is on the same type: its variants have `#[error(..)]`.
fn derives_thiserror(input: &DeriveInput) -> bool {
    let is_error = |attr: &Attribute| attr.path().is_ident("error");
    match &input.data {
        Data::Enum(data) => {
            let mut variants = data.variants.iter();
            variants.any(|variant| variant.attrs.iter().any(is_error))
        }
        _ => input.attrs.iter().any(is_error),
    }
}
