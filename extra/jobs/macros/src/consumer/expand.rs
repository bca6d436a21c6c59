//! The code of a consumer.

use highball_macro_stages::{
    function::{Function, output_span},
    types::first_span,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

use super::{Args, args::with_static};
use crate::private;

/// A consumer that is expanded.
pub(crate) struct Model<'a> {
    pub(crate) function: &'a Function,
    pub(crate) source: Source,
    pub(crate) args: Args,
    /// The fields of `Options` that are set.
    pub(crate) settings: TokenStream,
    /// Whether there was no error, after which a call of the function would be a second one.
    pub(crate) is_sound: bool,
}

/// Where the jobs of a consumer come from.
pub(crate) enum Source {
    Job {
        /// None after an error.
        job: Option<Box<Type>>,
        is_outside: bool,
    },
    /// A schedule, as an expression.
    Schedule(TokenStream),
}

/// A model without errors in its arguments.
struct Call<'a> {
    job: Option<&'a Type>,
    args: &'a [Type],
}

/// Returns the type with the name of the function, and its impls. Its braces keep the name of the function free.
pub(crate) fn expand(model: &Model<'_>) -> TokenStream {
    let jobs = private();
    let Function { sig, .. } = model.function;
    let (name, cfgs) = (&sig.ident, model.function.cfgs());
    let (types, info, run) = (types(model), info(model), run(model));
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
        pub struct #name {}
        #(#cfgs)*
        #[allow(
            deprecated,
            private_bounds,
            private_interfaces,
            unused_qualifications,
            clippy::all,
            clippy::pedantic,
            clippy::nursery
        )]
        const _: () = {
            use #jobs as __jobs;
            #types
            #info
            #run
        };
    }
}

impl Model<'_> {
    fn call(&self) -> Option<Call<'_>> {
        let args = self.args.as_deref()?;
        let job = match &self.source {
            Source::Job { job, .. } => Some(job.as_deref()?),
            Source::Schedule(_) => None,
        };
        Some(Call { job, args })
    }

    fn name(&self) -> &Ident {
        &self.function.sig.ident
    }
}

/// The types of the arguments. If one is wrong, the check in its alias is the only error about it.
fn types(model: &Model<'_>) -> TokenStream {
    let Some(call) = model.call() else {
        return quote!(
            type __Job = __jobs::Tick;
            type __Arguments = ();
        );
    };
    let job = match call.job {
        Some(job) => checked(&format_ident!("__Job"), job, &quote!(is_job), &quote!(#job)),
        None => quote!(
            type __Job = __jobs::Tick;
        ),
    };
    let args = call.args.iter().zip(names(call.args));
    let args = args.map(|(ty, name)| checked(&name, ty, &quote!(is_argument), &with_static(ty)));
    let list = nested(names(call.args));
    quote!(#job #(#args)* type __Arguments = #list;)
}

fn checked(alias: &Ident, ty: &Type, check: &TokenStream, tokens: &TokenStream) -> TokenStream {
    quote_spanned! {first_span(ty)=>
        #[allow(non_camel_case_types)]
        type #alias = <__jobs::Checked<{ __jobs::#check::<#tokens>() }, #tokens> as __jobs::Is>::Type;
    }
}

/// The names of the arguments, which are those of their types, too.
fn names(args: &[Type]) -> impl DoubleEndedIterator<Item = Ident> + Clone {
    let spans: Vec<_> = args.iter().map(first_span).collect();
    spans
        .into_iter()
        .enumerate()
        .map(|(idx, span)| format_ident!("__{idx}", span = Span::mixed_site().located_at(span)))
}

/// Returns the list of pairs `(__0, (__1, ()))`.
fn nested(names: impl DoubleEndedIterator<Item = Ident>) -> TokenStream {
    names.rfold(quote!(()), |rest, name| quote!((#name, #rest)))
}

fn info(model: &Model<'_>) -> TokenStream {
    let name = model.name();
    let shown = name.to_string();
    let shown = shown.trim_start_matches("r#");
    let (job, kind) = match &model.source {
        Source::Job { is_outside, .. } => (
            quote!(<__Job as __jobs::Job>::NAME),
            is_outside.then(|| quote!(.from_outside())),
        ),
        Source::Schedule(_) => {
            let job = format!("cron.{shown}");
            (quote!(#job), Some(quote!(.scheduled())))
        }
    };
    let args = model.call().map(|call| call.args).unwrap_or_default();
    let args = names(args);
    // The line is that of the name, not that of the attribute.
    let line = quote_spanned!(name.span()=> ::core::line!());
    quote! {
        #[automatically_derived]
        impl __jobs::CoreConsumer for #name {
            const INFO: __jobs::ConsumerInfo =
                __jobs::ConsumerInfo::new(#shown, #job, ::core::file!(), #line)
                    .publishes(&[#(&<#args as __jobs::Argument>::FACTS),*])
                    #kind;
        }
    }
}

fn run(model: &Model<'_>) -> TokenStream {
    let (name, settings) = (model.name(), &model.settings);
    let schedule = match &model.source {
        Source::Schedule(schedule) => Some(quote! {
            const SCHEDULE: ::core::option::Option<__jobs::Schedule> =
                ::core::option::Option::Some(#schedule);
        }),
        Source::Job { .. } => None,
    };
    let has_job = model.call().is_some_and(|call| call.job.is_some());
    let contract = has_job.then(|| {
        quote! {
            const CONTRACT: ::core::option::Option<__jobs::Contract> =
                ::core::option::Option::Some(__jobs::contract_of::<__Job>());
        }
    });
    let body = body(model);
    // An error about the future is at the name of the function.
    let method = quote_spanned! {name.span()=>
        async fn run(
            __env: &__jobs::Env<__S>,
            __version: ::core::primitive::u32,
            __payload: &::core::primitive::str,
        ) -> ::core::result::Result<(), __jobs::Retry> {
            #body
        }
    };
    quote! {
        #[automatically_derived]
        impl<__S: ::core::marker::Send + ::core::marker::Sync + 'static> __jobs::Run<__S> for #name
        where
            __Arguments: __jobs::ArgumentsFrom<__S>,
        {
            const VERSION: ::core::primitive::u32 = <__Job as __jobs::Job>::VERSION;
            const LIMIT: ::core::primitive::u32 = <__Job as __jobs::Job>::LIMIT;
            const SECRET: &'static [&'static ::core::primitive::str] =
                <__Job as __jobs::Job>::SECRET;
            #contract
            const OPTIONS: __jobs::Options = __jobs::Options {
                #settings
                ..__jobs::Options::DEFAULT
            };
            #schedule
            #method
        }
    }
}

fn body(model: &Model<'_>) -> TokenStream {
    let Some(call) = model.call().filter(|_| model.is_sound) else {
        return quote!(::core::result::Result::Ok(()));
    };
    let (name, span) = (model.name(), model.name().span());
    let job = call.job.map(|_| quote_spanned!(span=> __job,));
    let read = call.job.map(
        |_| quote_spanned!(span=> let __job = __jobs::read_job::<__Job>(__version, __payload)?;),
    );
    let args = names(call.args);
    let pattern = nested(args.clone());
    // An error about the result is at the type that the function returns.
    let outcome = Ident::new(
        "__outcome",
        Span::mixed_site().located_at(output_span(&model.function.sig)),
    );
    let into = quote_spanned!(outcome.span()=> __jobs::Outcome::into_outcome(#outcome));
    quote_spanned! {span=>
        #read
        let mut __open = <__Arguments as __jobs::ArgumentsFrom<__S>>::open_all(__env).await?;
        if let ::core::option::Option::Some(__retry) = __jobs::repeated(__env) {
            let __result = ::core::result::Result::Err(__retry);
            return <__Arguments as __jobs::ArgumentsFrom<__S>>::close_all(__open, __env, __result).await;
        }
        let #pattern = <__Arguments as __jobs::Arguments>::lend(&mut __open);
        let #outcome = #name(#job #(#args),*).await;
        let __result = #into;
        <__Arguments as __jobs::ArgumentsFrom<__S>>::close_all(__open, __env, __result).await
    }
}
