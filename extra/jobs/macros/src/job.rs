//! `#[derive(Job)]`.

use highball_macro_stages::errors::Errors;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

mod case;
mod expand;
mod options;
mod serde;
mod stored;

/// Expands the derive. After an error there is code, too, so that uses of the job cause no further errors.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = errors.keep(syn::parse2::<DeriveInput>(input)) else {
        return errors.into_tokens();
    };
    let options = options::read(&input, &mut errors);
    let stored = stored::read(&input, options.version, &mut errors);
    options::check_members(&input, &options, &stored.members, &mut errors);
    if let Some(param) = input.generics.params.first() {
        let message = format!(
            "a job is stored as one type: remove the parameters of `{}`",
            input.ident
        );
        errors.at(param, message);
        return errors.into_tokens();
    }
    let model = expand::Model {
        name: &input.ident,
        options: &options,
        secrets: &stored.secrets,
        contract: stored.section.to_string(),
    };
    let code = expand::expand(&model);
    let errors = errors.into_tokens();
    quote!(#code #errors)
}
