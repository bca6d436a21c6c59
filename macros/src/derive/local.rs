//! `#[derive(Local)]`: a type whose values guards and middleware can provide to the rest of the chain.

use highball_macro_stages::{errors::Errors, runtime_path::private};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, GenericParam, Ident, LitStr, Token, parse::ParseStream};

pub(crate) fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let private = private(super::crate_path(&input.attrs, errors).as_ref());
    for param in &input.generics.params {
        if !matches!(param, GenericParam::Type(_)) {
            errors.at(
                param,
                "a local lives as long as its request and is identified by its type: it can be generic over types only",
            );
        }
    }
    let mut generics = input.generics.clone();
    for param in generics.type_params_mut() {
        param.bounds.push(syn::parse_quote!(#private::LocalType));
    }
    let (impl_generics, ty_generics, bounds) = generics.split_for_impl();
    let params = input.generics.type_params().map(|param| &param.ident);
    let (name, text) = (&input.ident, input.ident.to_string());
    // Types in the bodies of two functions may share the name and the module path, but not the position.
    let place = quote_spanned! {name.span()=>
        (::core::file!(), ::core::line!(), ::core::column!())
    };
    let provider = provider(input, errors).map(|path| quote!(.provided_by(#path)));
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::LocalType for #name #ty_generics #bounds {
            const ID: #private::LocalId = #private::LocalId::new(
                #text,
                ::core::module_path!(),
                #place,
                &[#(<#params as #private::LocalType>::ID),*],
            )
            #provider;
        }
    }
}

/// Returns the path in `#[local(provided_by = "path")]`.
fn provider(input: &DeriveInput, errors: &mut Errors) -> Option<LitStr> {
    let mut attrs = input.attrs.iter();
    let attr = attrs.find(|attr| attr.path().is_ident("local"))?;
    errors.keep(attr.parse_args_with(|input: ParseStream<'_>| {
        let name: Ident = input.parse()?;
        if name != "provided_by" {
            let message = format!("`local` has no option `{name}`: write `provided_by`");
            return Err(syn::Error::new(name.span(), message));
        }
        input.parse::<Token![=]>()?;
        input.parse()
    }))
}
