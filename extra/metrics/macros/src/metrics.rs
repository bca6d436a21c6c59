//! `#[derive(Metrics)]`.

use highball_macro_stages::{errors::Errors, runtime_path, similar_name, types::source_text};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Data, DeriveInput, Fields, LitInt, LitStr, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{frame::at, name};

mod field;

use field::MetricField;

/// The maximum of series of a metric without `series = ..`.
const SERIES: u64 = 2000;

/// The options of `#[metric(..)]` and `#[metrics(..)]`.
const OPTIONS: [&str; 3] = ["name", "series", "prefix"];

pub(crate) fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let ty = &input.ident;
    if let Some(param) = input.generics.params.first() {
        errors.at(
            param,
            "a struct of metrics has one type: remove the parameter",
        );
        return TokenStream::new();
    }
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            _ => return no_fields(input, errors),
        },
        _ => return no_fields(input, errors),
    };
    let prefix = prefix(input, errors);
    let read = fields
        .iter()
        .filter_map(|field| MetricField::read(field, &prefix, errors));
    let read: Vec<_> = read.collect();
    check_names(&read, errors);
    let metrics = runtime_path::package("highball-metrics");
    let private = quote!(#metrics::__private);
    let owner = ty.to_string();
    let values = read.iter().map(|field| value(&private, &owner, field));
    let checks = read.iter().map(|field| checks(&private, field));
    quote! {
        #[automatically_derived]
        impl #metrics::Metrics for #ty {
            fn register(__families: &mut #private::Families) -> Self {
                #[allow(unused_imports)]
                use #private::{NoLabels as _, NoUnit as _};
                Self { #(#values,)* }
            }
        }

        #(#checks)*
    }
}

/// Returns metrics in place of those with a mistake.
pub(crate) fn stub(input: &DeriveInput) -> TokenStream {
    let ty = &input.ident;
    let (impl_generics, ty_generics, bounds) = input.generics.split_for_impl();
    let metrics = runtime_path::package("highball-metrics");
    quote! {
        #[automatically_derived]
        impl #impl_generics #metrics::Metrics for #ty #ty_generics #bounds {
            fn register(_: &mut #metrics::__private::Families) -> Self {
                ::core::unreachable!()
            }
        }
    }
}

fn no_fields(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let ty = &input.ident;
    errors.at(
        ty,
        format!(
            "metrics are the fields of a struct: write `struct {ty} {{ paid: Counter<Channel> }}`"
        ),
    );
    TokenStream::new()
}

/// Returns the first part of all names.
fn prefix(input: &DeriveInput, errors: &mut Errors) -> String {
    let attr = input
        .attrs
        .iter()
        .find(|attr| attr.path().is_ident("metrics"));
    let settings =
        attr.map(|attr| attr.parse_args_with(Punctuated::<Setting, Token![,]>::parse_terminated));
    let settings = settings.and_then(|settings| errors.keep(settings));
    for setting in settings.into_iter().flatten() {
        match setting {
            Setting::Prefix(prefix) => return prefix.value(),
            other => errors.push(syn::Error::new(
                other.span(),
                "`metrics` has only the option `prefix`",
            )),
        }
    }
    name::snake(&input.ident)
}

fn check_names(fields: &[MetricField<'_>], errors: &mut Errors) {
    for (idx, field) in fields.iter().enumerate() {
        if fields[..idx].iter().any(|other| other.name == field.name) {
            let message = format!(
                "two metrics have the name `{}`: write another one",
                field.name
            );
            errors.push(syn::Error::new(field.place, message));
        }
    }
}

/// Returns the field with its new metric.
fn value(private: &TokenStream, owner: &str, field: &MetricField<'_>) -> TokenStream {
    let MetricField {
        ident,
        name,
        help,
        constructor,
        ..
    } = field;
    let (factors, unit) = (factors(private, field), unit(private, field));
    let bounds = field
        .bounds
        .as_ref()
        .map(|bounds| quote!(, &[#(#bounds),*]));
    quote! {
        #ident: #private::Families::#constructor(
            __families, #owner, #name, #help, #factors, #unit #bounds
        )
    }
}

/// Returns the labels of a metric as an `Option`, which is `None` if its type is none.
fn factors(private: &TokenStream, field: &MetricField<'_>) -> TokenStream {
    match field.labels {
        Some(labels) => quote!(#private::Probe::<#labels>::FACTORS),
        None => quote!(::core::option::Option::Some(&[])),
    }
}

/// Returns the unit of a metric as an `Option`, which is `None` if its type is none.
fn unit(private: &TokenStream, field: &MetricField<'_>) -> TokenStream {
    match field.unit {
        Some(unit) => quote!(#private::Probe::<#unit>::UNIT),
        None => quote!(#private::Probe::<()>::UNIT),
    }
}

/// Returns a constant with the checks of a metric. The first that fails is the only error.
fn checks(private: &TokenStream, field: &MetricField<'_>) -> TokenStream {
    let factors = factors(private, field);
    let labels = field.labels.map(|labels| {
        let (span, text) = (labels.span(), source_text(labels));
        let path = at(span, private);
        quote_spanned!(span=> #path::check_labels(#factors, #text);)
    });
    let unit = field.unit.map(|ty| {
        let (span, text) = (ty.span(), source_text(ty));
        let (path, unit) = (at(span, private), unit(private, field));
        quote_spanned!(span=> #path::check_unit(#unit, #text);)
    });
    let (name, series) = (&field.name, field.series.unwrap_or(SERIES));
    let buckets = match &field.bounds {
        Some(bounds) => {
            let count = bounds.len() as u64;
            quote!(::core::option::Option::Some(#count))
        }
        None => quote!(::core::option::Option::None),
    };
    let span = field.ident.span();
    let path = at(span, private);
    let series = quote_spanned!(span=> #path::check_series(#name, #factors, #buckets, #series););
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #private::{NoLabels as _, NoUnit as _};
            #labels
            #unit
            #series
        };
    }
}

/// One option of an attribute.
enum Setting {
    Name(LitStr),
    Series(LitInt, u64),
    Prefix(LitStr),
}

impl Setting {
    fn span(&self) -> Span {
        match self {
            Self::Name(text) | Self::Prefix(text) => text.span(),
            Self::Series(number, _) => number.span(),
        }
    }
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let option: syn::Ident = input.parse()?;
        let text = option.to_string();
        if !OPTIONS.contains(&text.as_str()) {
            let instead = match similar_name(&text, OPTIONS) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => "write `name = \"..\"` or `series = 3600`".to_owned(),
            };
            let message = format!("a metric has no option `{text}`: {instead}");
            return Err(syn::Error::new(option.span(), message));
        }
        input.parse::<Token![=]>()?;
        if text == "series" {
            let number: LitInt = input.parse()?;
            let value = number.base10_parse()?;
            return Ok(Self::Series(number, value));
        }
        let value: LitStr = input.parse()?;
        if !name::is_metric(&value.value()) {
            return Err(syn::Error::new(value.span(), field::INVALID));
        }
        Ok(match text.as_str() {
            "name" => Self::Name(value),
            _ => Self::Prefix(value),
        })
    }
}
