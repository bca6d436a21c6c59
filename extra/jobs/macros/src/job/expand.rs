//! The code of a job.

use highball_macro_stages::types::{first_span, source_text};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Member, Type};

use super::options::{JobOptions, span};
use crate::{contract::check::Unread, private, values::with_units};

/// A job that is expanded.
pub(crate) struct Model<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) options: &'a JobOptions,
    pub(crate) secrets: &'a [String],
    pub(crate) contract: String,
    /// The path of the file.
    pub(crate) file: String,
    pub(crate) tracking: Option<TokenStream>,
    pub(crate) unread: Vec<Unread>,
}

pub(crate) fn expand(model: &Model<'_>) -> TokenStream {
    let jobs = private();
    let (name, contract, file) = (model.name, &model.contract, &model.file);
    let (aliases, checks) = (old_types(model), upgrade_checks(model));
    let (consts, methods) = (consts(model), methods(model));
    let tracking = &model.tracking;
    quote! {
        // Paths at the tokens of the user are no paths of the user.
        #[allow(unused_qualifications)]
        const _: () = {
            use #jobs as __jobs;
            #aliases
            #[automatically_derived]
            impl __jobs::Job for #name {
                #consts
                #methods
            }
            #[automatically_derived]
            impl __jobs::HasContract for #name {
                const CONTRACT: &'static str = #contract;
                const FILE: &'static str = #file;
            }
            #checks
            #tracking
        };
    }
}

fn consts(model: &Model<'_>) -> TokenStream {
    let JobOptions { name, version, .. } = model.options;
    let ty = model.name;
    let secrets = (!model.secrets.is_empty()).then(|| {
        let secrets = model.secrets;
        quote!(const SECRET: &'static [&'static str] = &[#(#secrets),*];)
    });
    let max_waiting = model.options.max_waiting.as_ref();
    let max_waiting = max_waiting.map(|count| quote!(const MAX_WAITING: u64 = #count;));
    let limit = model.options.limit.as_ref();
    let limit = limit.map(|count| quote!(const LIMIT: u32 = #count;));
    let unique_for = model.options.unique_for.as_ref().map(|time| {
        let time = with_units(&quote!(__jobs), time);
        quote! {
            const UNIQUE_FOR: ::core::option::Option<u64> =
                ::core::option::Option::Some(::core::time::Duration::as_millis(&#time) as u64);
        }
    });
    quote! {
        const NAME: &'static str = #name;
        const VERSION: u32 = #version;
        const TYPE: &'static str =
            ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#ty));
        #secrets
        #max_waiting
        #limit
        #unique_for
    }
}

fn methods(model: &Model<'_>) -> TokenStream {
    let order_key = key("order_key", &model.options.ordered_by);
    let limit_key = key("limit_key", &model.options.limited_by);
    let unique_key = key("unique_key", &model.options.unique);
    let upgrade = upgrade(model);
    quote!(#order_key #limit_key #unique_key #upgrade)
}

fn key(method: &str, members: &[Member]) -> Option<TokenStream> {
    let method = format_ident!("{method}");
    let values = members.iter().map(|member| {
        // An error about a type without `Display` is at the name in the option.
        quote_spanned!(span(member)=> &self.#member)
    });
    (!members.is_empty()).then(|| {
        quote! {
            fn #method(&self) -> ::core::option::Option<::std::string::String> {
                ::core::option::Option::Some(__jobs::key(&[#(#values),*]))
            }
        }
    })
}

/// The older types, whose errors are reported once.
fn old_types(model: &Model<'_>) -> TokenStream {
    let types = olds(model).map(|(alias, old)| {
        quote_spanned! {first_span(old)=>
            type #alias =
                <__jobs::Checked<{ __jobs::is_job::<#old>() }, #old> as __jobs::Is>::Type;
        }
    });
    types.collect()
}

fn olds<'a>(model: &Model<'a>) -> impl Iterator<Item = (Ident, &'a Type)> + Clone {
    let types = model.options.upgrade_from.as_ref();
    let types = types.map(|(_, types)| &types[..]).unwrap_or_default();
    let named = types.iter().enumerate();
    named.map(|(idx, old)| (format_ident!("__Old{idx}", span = first_span(old)), old))
}

fn upgrade(model: &Model<'_>) -> Option<TokenStream> {
    let arms = olds(model).map(|(alias, old)| {
        quote_spanned! {first_span(old)=>
            if __version == <#alias as __jobs::Job>::VERSION {
                let __old: #alias = __jobs::from_json(__payload)?;
                return ::core::result::Result::Ok(
                    <Self as ::core::convert::From<#alias>>::from(__old),
                );
            }
        }
    });
    model.options.upgrade_from.as_ref()?;
    Some(quote! {
        fn upgrade(
            __version: u32,
            __payload: &str,
        ) -> ::core::result::Result<Self, __jobs::BoxError> {
            #(#arms)*
            __jobs::from_json(__payload)
        }
    })
}

/// Constants that compare the older types with the job, and with the file.
fn upgrade_checks(model: &Model<'_>) -> TokenStream {
    let JobOptions { name, version, .. } = model.options;
    let mut checks = TokenStream::new();
    let mut before: Option<(Ident, String)> = None;
    for (alias, old) in olds(model) {
        let shown = source_text(old);
        let other = format!(
            "`{shown}` is no version of the job `{name}`: write `#[job(\"{name}\", version = ..)]` on it"
        );
        let high = format!(
            "the version of `{shown}` is not below {version}, the version of `{}`: lower one or raise the other",
            model.name
        );
        let order = before.as_ref().map(|(before, shown_before)| {
            let message = format!(
                "`{shown_before}` does not have a lower version than `{shown}`: list the types from the lowest version"
            );
            quote!(if <#before as __jobs::Job>::VERSION >= <#alias as __jobs::Job>::VERSION {
                ::core::panic!("{}", #message);
            })
        });
        checks.extend(quote_spanned! {first_span(old)=>
            const _: () = {
                if !__jobs::same_text(<#alias as __jobs::Job>::NAME, #name) {
                    ::core::panic!("{}", #other);
                }
                if <#alias as __jobs::Job>::VERSION >= #version {
                    ::core::panic!("{}", #high);
                }
                #order
            };
        });
        before = Some((alias, shown));
    }
    checks.extend(coverage(model));
    checks
}

/// Constants that check that the older versions in the file are read.
fn coverage(model: &Model<'_>) -> TokenStream {
    let Some((option, _)) = &model.options.upgrade_from else {
        return TokenStream::new();
    };
    let checks = model.unread.iter().map(|Unread { version, message }| {
        let aliases = olds(model).map(|(alias, _)| alias);
        quote_spanned! {option.span()=>
            const _: () = if #(<#aliases as __jobs::Job>::VERSION != #version)&&* {
                ::core::panic!("{}", #message);
            };
        }
    });
    checks.collect()
}
