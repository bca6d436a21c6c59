//! `#[derive(Job)]`.

use highball_macro_stages::errors::Errors;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::contract::{
    check::{self, Subject},
    file::{self, File},
};

mod case;
mod expand;
mod options;
mod serde;
mod stored;

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    derive_with(input, |job, name, errors| {
        let mut file = File::read(job, name, errors);
        let tracking = file.tracking();
        if file::is_accepting(name, errors) {
            file.text = None;
        }
        (file, tracking)
    })
}

/// Expands the derive with the file that a function returns, and with the code that tracks it.
///
/// After an error there is code, too, so that uses of the job cause no further errors.
pub(crate) fn derive_with(
    input: TokenStream,
    read_file: impl FnOnce(&str, &proc_macro2::Ident, &mut Errors) -> (File, Option<TokenStream>),
) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = errors.keep(syn::parse2::<DeriveInput>(input)) else {
        return errors.into_tokens();
    };
    let mut options = options::read(&input, &mut errors);
    let stored = stored::read(&input, options.version, &mut errors);
    options::check_members(&input, &mut options, &stored.members, &mut errors);
    if let Some(param) = input.generics.params.first() {
        let message = format!(
            "a job is stored as one type: remove the parameters of `{}`",
            input.ident
        );
        errors.at(param, message);
        return errors.into_tokens();
    }
    let (file, tracking) = read_file(&options.name, &input.ident, &mut errors);
    let subject = Subject {
        name: &input.ident,
        section: &stored.section,
        upgrades: options.upgrade_from.is_some(),
    };
    let unread = check::check(&subject, &file, &mut errors);
    let model = expand::Model {
        name: &input.ident,
        options: &options,
        secrets: &stored.secrets,
        contract: stored.section.to_string(),
        file: file.path,
        tracking,
        unread,
    };
    let code = expand::expand(&model);
    let errors = errors.into_tokens();
    quote!(#code #errors)
}
