//! `#[derive(Labels)]`.

use highball_macro_stages::{errors::Errors, runtime_path, types::source_text};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Attribute, Data, DataEnum, DataStruct, DeriveInput, Field, Fields, Ident, LitStr, Variant,
    spanned::Spanned,
};

use crate::{frame::at, name};

pub(crate) fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    if let Some(param) = input.generics.params.first() {
        errors.at(param, "labels have one type: remove the parameter");
        return TokenStream::new();
    }
    match &input.data {
        Data::Enum(data) => of_enum(input, data, errors),
        Data::Struct(data) => of_struct(input, data, errors),
        Data::Union(_) => {
            errors.at(&input.ident, "labels are an enum or a struct of enums");
            TokenStream::new()
        }
    }
}

/// Returns labels in place of those with a mistake.
pub(crate) fn stub(input: &DeriveInput) -> TokenStream {
    let ty = &input.ident;
    let (impl_generics, ty_generics, bounds) = input.generics.split_for_impl();
    let metrics = runtime_path::package("highball-metrics");
    quote! {
        #[automatically_derived]
        impl #impl_generics #metrics::Labels for #ty #ty_generics #bounds {
            const FACTORS: &'static [#metrics::Factor] = &[#metrics::Factor::new("label", &["value"])];

            fn index(&self) -> ::core::primitive::usize {
                0
            }
        }
    }
}

/// An enum is one label.
fn of_enum(input: &DeriveInput, data: &DataEnum, errors: &mut Errors) -> TokenStream {
    let ty = &input.ident;
    if data.variants.is_empty() {
        errors.at(ty, format!("the label `{ty}` has no value: add a variant"));
    }
    for variant in &data.variants {
        check_variant(variant, errors);
    }
    let label = text(&input.attrs, errors).map_or_else(|| name::snake(ty), |text| text.value());
    check_name(&label, &text_or(&input.attrs, ty), errors);
    let values = values(data, errors);
    let metrics = runtime_path::package("highball-metrics");
    let variants = data.variants.iter().map(|variant| &variant.ident);
    let numbers = 0..data.variants.len();
    quote! {
        #[automatically_derived]
        impl #metrics::Labels for #ty {
            const FACTORS: &'static [#metrics::Factor] =
                &[#metrics::Factor::new(#label, &[#(#values),*])];

            fn index(&self) -> ::core::primitive::usize {
                match self {
                    #(Self::#variants => #numbers,)*
                }
            }
        }
    }
}

fn check_variant(variant: &Variant, errors: &mut Errors) {
    if !matches!(variant.fields, Fields::Unit) {
        let message = format!(
            "each variant is one value of the label, so `{}` cannot have fields: remove them, or make a struct with a \
             second label",
            variant.ident
        );
        errors.at(&variant.fields, message);
    }
}

/// Returns the values of an enum.
fn values(data: &DataEnum, errors: &mut Errors) -> Vec<String> {
    let mut values = Vec::new();
    for variant in &data.variants {
        let text = text(&variant.attrs, errors);
        let value = text.map_or_else(|| name::snake(&variant.ident), |text| text.value());
        if values.contains(&value) {
            let place = text_or(&variant.attrs, &variant.ident);
            errors.at(
                place,
                format!("two variants have the value `{value}`: write another one"),
            );
        }
        values.push(value);
    }
    values
}

/// Returns the text of `#[label("..")]`.
fn text(attrs: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("label"))?;
    errors.keep(attr.parse_args())
}

/// Returns the place of `#[label("..")]`, or that of the name.
fn text_or(attrs: &[Attribute], name: &Ident) -> TokenStream {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("label"));
    match attr.and_then(|attr| attr.parse_args::<LitStr>().ok()) {
        Some(text) => text.to_token_stream(),
        None => name.to_token_stream(),
    }
}

fn check_name(label: &str, place: &TokenStream, errors: &mut Errors) {
    if label == "le" {
        errors.at(
            place,
            "histograms have a label `le` for their bounds: write another name",
        );
    } else if !name::is_label(label) {
        errors.at(
            place,
            "the name of a label has only `a-z`, `A-Z`, `0-9` and `_`, and begins with a letter: write another name",
        );
    }
}

/// A struct has a label for each field.
fn of_struct(input: &DeriveInput, data: &DataStruct, errors: &mut Errors) -> TokenStream {
    let ty = &input.ident;
    let Fields::Named(fields) = &data.fields else {
        errors.at(
            ty,
            format!(
                "the fields of `{ty}` name its labels: write `struct {ty} {{ channel: Channel }}`"
            ),
        );
        return TokenStream::new();
    };
    let metrics = runtime_path::package("highball-metrics");
    let private = quote!(#metrics::__private);
    let probes = fields.named.iter().map(|field| probe(&private, field));
    let probes: Vec<_> = probes.collect();
    let idents: Vec<_> = fields
        .named
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .collect();
    let names: Vec<_> = idents.iter().map(|ident| name::snake(ident)).collect();
    for (label, ident) in names.iter().zip(&idents) {
        check_name(label, &ident.to_token_stream(), errors);
    }
    let checks = fields.named.iter().zip(&probes).map(|(field, probe)| {
        let (span, text) = (field.ty.span(), source_text(&field.ty));
        let path = at(span, &private);
        let check = quote_spanned!(span=> #path::check_field(#probe::FACTORS, #text));
        quote! {
            const _: () = {
                #[allow(unused_imports)]
                use #private::NoLabels as _;
                #check
            };
        }
    });
    quote! {
        #[automatically_derived]
        impl #metrics::Labels for #ty {
            const FACTORS: &'static [#metrics::Factor] = {
                #[allow(unused_imports)]
                use #private::NoLabels as _;
                &[#(#metrics::Factor::of_field(#names, #probes::FACTORS)),*]
            };

            fn index(&self) -> ::core::primitive::usize {
                #[allow(unused_imports)]
                use #private::NoLabels as _;
                let index = 0;
                #(let index = index * #private::value_count(#probes::FACTORS) + #probes::index(&self.#idents);)*
                index
            }
        }

        #(#checks)*
    }
}

fn probe(private: &TokenStream, field: &Field) -> TokenStream {
    let ty = &field.ty;
    quote!(#private::Probe::<#ty>)
}
