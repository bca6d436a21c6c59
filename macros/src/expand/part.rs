//! The code that guards, middleware and observers share: a type that stores the configuration and calls the function.

use highball_macro_stages::{
    function::{Arg, ArgKind, Function},
    runtime_path::private,
    types::{contains_impl_trait, first_span, source_text},
};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, ReturnType, Type};

use super::{args, args::Generic, check_name};
use crate::{attr::PartArgs, check};

/// A guard, a middleware or an observer, with everything that its code depends on.
pub(super) struct PartImpl<'a> {
    pub(super) function: &'a Function,
    pub(super) attr: &'a PartArgs,
    pub(super) args: &'a [Arg],
    /// The type of the value that it provides to the rest of the chain.
    pub(super) provides: Type,
    /// The variant of the runtime's `PartKind`.
    pub(super) kind: TokenStream,
    /// Whether it is a guard that can run in parallel with others, as an expression.
    pub(super) shares: TokenStream,
    /// Whether it is a guard, whose return type shows its responses.
    pub(super) rejects: bool,
    /// The body of `Middleware::run`, and the method of `Guard` for a guard that can run in parallel.
    pub(super) around: TokenStream,
    pub(super) check: Option<TokenStream>,
    /// The impl of `Observer`, which replaces the other two.
    pub(super) observe: Option<TokenStream>,
}

/// Returns the items for a part with an error. They satisfy all other code that uses the part, so that the error is
/// the only one.
pub(crate) fn stub(function: &Function, list: &[Arg], attr: &PartArgs) -> TokenStream {
    // A lifetime parameter of the block has already been reported.
    let name = match &function.owner {
        Some(owner) => args::with_lifetime(owner, "'static"),
        None => function.type_name(),
    };
    let cfgs = function.cfgs();
    let private = private(attr.krate.as_ref());
    let (marker, site) = own_items(function, list);
    let (params, bounds) = block_generics(function);
    quote! {
        #marker
        #(#cfgs)*
        const _: () = {
            use #private as __hb;
            #site
            impl<#params> __hb::ChainPart for #name where #bounds {
                const NAME: &'static ::core::primitive::str = "";
                const PART: __hb::PartInfo = __hb::PartInfo::BROKEN;
            }
            impl<__S: __hb::SharedValue, #params> __hb::Middleware<__S> for #name where #bounds {
                type Passes = ();
                fn run<'request>(
                    &'static self,
                    __cx: &mut __hb::Context<'_>,
                    _: __hb::Call<'request, __S>,
                    __next: impl __hb::Next,
                ) -> impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send {
                    __hb::Next::pass(__next, __cx)
                }
            }
        };
    }
}

/// Returns the parameters of a part's impl block, without lifetimes, which are rejected. Also returns the bounds:
/// those of the block and those that every part requires.
pub(super) fn block_generics(function: &Function) -> (TokenStream, TokenStream) {
    let (name, generics) = (function.type_name(), &function.generics);
    if generics.params.is_empty() || generics.lifetimes().next().is_some() {
        return Default::default();
    }
    let params = generics.params.iter();
    let types = generics.type_params().map(|param| &param.ident);
    let own = generics.where_clause.iter().flat_map(|own| &own.predicates);
    let bounds = quote! {
        #name: ::core::marker::Send + ::core::marker::Sync + 'static,
        #(#types: 'static,)*
        #(#own,)*
    };
    (quote!(#(#params,)*), bounds)
}

/// Returns the type that represents a function, and its impls. A method uses the type of its impl block.
fn own_items(function: &Function, list: &[Arg]) -> (TokenStream, TokenStream) {
    match function.owner {
        None => (marker_type(function, list), site_impl(function, list)),
        Some(_) => Default::default(),
    }
}

/// Returns the type of the part. It is a struct with braces, since a unit struct would also define a value of that
/// name.
fn marker_type(function: &Function, list: &[Arg]) -> TokenStream {
    let cfgs = function.cfgs();
    let (vis, name) = (&function.vis, &function.sig.ident);
    let (fields, types): (Vec<_>, Vec<_>) = args::config_fields(list).into_iter().unzip();
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(deprecated, non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
        #vis struct #name { #(#fields: #types),* }
    }
}

/// Returns the impls by which the part is used in a chain, with its configuration if it has one.
fn site_impl(function: &Function, list: &[Arg]) -> TokenStream {
    let (vis, name) = (&function.vis, &function.sig.ident);
    let (fields, types): (Vec<_>, Vec<_>) = args::config_fields(list).into_iter().unzip();
    let plain = fields.is_empty().then(|| {
        quote! {
            #[automatically_derived]
            impl __hb::ConfiguredPart for #name {
                type Part = Self;
                fn part() -> &'static Self {
                    &Self {}
                }
            }
        }
    });
    quote! {
        #plain
        #[automatically_derived]
        impl #name {
            #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
            #vis const fn configured(#(#fields: #types),*) -> Self {
                Self { #(#fields),* }
            }
        }
    }
}

impl PartImpl<'_> {
    pub(super) fn expand(&self) -> TokenStream {
        let Self { function, args, .. } = self;
        let private = private(self.attr.krate.as_ref());
        let cfgs = function.cfgs();
        let (marker, site) = own_items(function, args);
        // The types of a generic block are known only where it is listed, so they are checked there.
        let is_generic = self.generic() == Generic::Yes;
        let modes = (!is_generic).then(|| args::mode_items(args, self.attr.body));
        let takes_body = self
            .attr
            .body
            .then(|| args::assert_body(args, function.sig.ident.span()));
        let handed = (!is_generic).then(|| self.provides_check());
        let order = self.order_checks();
        let (data, behaviour) = (self.chain_part_impl(), self.trait_impls());
        let value_facts = self.value_facts();
        quote! {
            #marker
            #(#cfgs)*
            #[allow(deprecated, trivial_bounds, unused_imports, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery)]
            const _: () = {
                use #private as __hb;
                use __hb::{NoExtractor as _, NoLocal as _, NoPart as _};
                #order
                #modes
                #takes_body
                #handed
                #site
                #data
                #value_facts
                #behaviour
            };
        }
    }

    fn generic(&self) -> Generic {
        Generic::of_block(self.function)
    }

    fn provides_check(&self) -> TokenStream {
        let (provides, text) = (&self.provides, source_text(&self.provides));
        let check = check_name("the_value");
        quote_spanned! {first_span(provides)=>
            #[allow(dead_code)]
            const #check: () = __hb::assert_passed(#text, __hb::PassedLocalsProbe::<#provides>::IS);
        }
    }

    /// Returns the impl of `ChainPart`: the data that the checks of a chain use.
    fn chain_part_impl(&self) -> TokenStream {
        let (name, provides, shares) = (self.function.type_name(), &self.provides, &self.shares);
        let part_kind = &self.kind;
        // The parameters of a generic block are not part of the name that users read.
        let text = source_text(&name);
        let text = text.split('<').next().unwrap_or_default();
        let known = match self.observe {
            // An observer cannot require locals. `assert_observer` reports that at the argument. It reads a request
            // that is over, so nothing of the response depends on what it reads.
            Some(_) => quote!(&[]),
            None => args::known_arguments(self.args, self.generic()),
        };
        let (facts, answers) = (self.own_facts(), self.own_answers());
        let inputs = self.attr.inputs.as_ref();
        let inputs = inputs.map(|inputs| quote!(const INPUTS: __hb::Inputs = #inputs;));
        let names = |paths: &[Path]| {
            let names = paths.iter().map(|path| self.ordered_name(path));
            quote!(&[#(#names),*])
        };
        let kind = self.observe.as_ref().map(|_| {
            quote!(
                const KIND: ::core::primitive::u8 = 2;
            )
        });
        let (after, before) = (names(&self.attr.after), names(&self.attr.before));
        let provides = match self.generic() {
            Generic::No => quote!(__hb::PassedLocalsProbe::<#provides>::IDS),
            Generic::Yes => quote!(<#provides as __hb::PassedLocals>::IDS),
        };
        let (params, bounds) = block_generics(self.function);
        let is_generic = self.generic() == Generic::Yes;
        quote! {
            #[automatically_derived]
            impl<#params> __hb::ChainPart for #name where #bounds {
                const NAME: &'static ::core::primitive::str =
                    ::core::concat!(::core::module_path!(), "::", #text);
                const ARGUMENTS: &'static [__hb::ArgumentFacts] = #known;
                // Only in a separate constant can a list in the facts be a temporary value.
                const FACTS: __hb::Facts = #facts;
                #inputs
                const ANSWERS: __hb::Answers = #answers;
                const PART: __hb::PartInfo = __hb::PartInfo {
                    name: <Self as __hb::ChainPart>::NAME,
                    place: ::core::panic::Location::caller(),
                    is_generic: #is_generic,
                    kind: __hb::PartKind::#part_kind,
                    shares: #shares,
                    arguments: <Self as __hb::ChainPart>::ARGUMENTS,
                    facts: __hb::part_facts(
                        <Self as __hb::ChainPart>::ARGUMENTS,
                        <Self as __hb::ChainPart>::FACTS,
                    ),
                    stated: &[],
                    inputs: &<Self as __hb::ChainPart>::INPUTS,
                    answers: &<Self as __hb::ChainPart>::ANSWERS,
                    passes: #provides,
                    after: #after,
                    before: #before,
                    beside: 0,
                    is_conditional: false,
                    is_broken: false,
                };
                #kind
            }
        }
    }

    /// Returns the facts of the function's code: those that the user states, or else anything, if the function has the
    /// context.
    fn own_facts(&self) -> TokenStream {
        match &self.attr.facts {
            Some(facts) => quote!(#facts),
            None if check::has_context(self.args) && self.observe.is_none() => {
                quote!(__hb::Facts::OPAQUE)
            }
            None => quote!(__hb::Facts::NONE),
        }
    }

    /// Returns the answers of the function's code: those that the user states, or those of a guard's error. Those of a
    /// middleware are unknown.
    fn own_answers(&self) -> TokenStream {
        if let Some(answers) = &self.attr.answers {
            return answers.expand();
        }
        if self.observe.is_some() {
            return quote!(__hb::Answers::NONE);
        }
        // The status can be set through the context.
        let has_context = self
            .args
            .iter()
            .any(|arg| matches!(arg.kind, ArgKind::ContextMut));
        match (&self.function.sig.output, self.rejects && !has_context) {
            (ReturnType::Type(_, ty), true) if !contains_impl_trait(ty) => {
                let ty = args::with_lifetime(ty, "'static");
                quote!({
                    use __hb::NoAnswers as _;
                    __hb::GuardProbe::<#ty>::ANSWERS
                })
            }
            (ReturnType::Default, true) => quote!(__hb::Answers::NONE),
            _ => quote!(__hb::Answers::OPAQUE),
        }
    }

    /// Returns the name of a part that `after(..)` or `before(..)` names.
    fn ordered_name(&self, path: &Path) -> TokenStream {
        match self.generic() {
            Generic::No => quote_spanned!(first_span(path)=> __hb::PartProbe::<(#path,)>::NAME),
            Generic::Yes => quote_spanned!(first_span(path)=> <#path as __hb::ChainPart>::NAME),
        }
    }

    /// Returns the checks that `after(..)` and `before(..)` name parts.
    fn order_checks(&self) -> TokenStream {
        let paths = self.attr.after.iter().chain(&self.attr.before).enumerate();
        let checks = paths.map(|(idx, path)| {
            let (check, text) = (check_name(format_args!("order_{idx}")), source_text(path));
            quote_spanned! {first_span(path)=>
                #[allow(dead_code)]
                const #check: () = __hb::assert_ordered(#text, __hb::PartProbe::<(#path,)>::IS);
            }
        });
        match self.generic() {
            Generic::No => quote!(#(#checks)*),
            Generic::Yes => TokenStream::new(),
        }
    }

    /// Returns the impls that run the part.
    fn trait_impls(&self) -> TokenStream {
        if let Some(observe) = &self.observe {
            return observe.clone();
        }
        let (name, provides, around) = (self.function.type_name(), &self.provides, &self.around);
        let (params, own) = block_generics(self.function);
        let bounds = args::async_state_bounds(self.args, self.generic());
        let bounds = quote!(#own #bounds);
        let future = quote_spanned! {self.function.sig.ident.span()=>
            impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send
        };
        let check = self.check.as_ref().map(|check| {
            quote! {
                #[automatically_derived]
                impl<__S: __hb::SharedValue, #params> __hb::Guard<__S> for #name
                where #bounds
                {
                    type Value = #provides;
                    #[allow(unused_variables)]
                    #check
                }
            }
        });
        quote! {
            #[automatically_derived]
            impl<__S: __hb::SharedValue, #params> __hb::Middleware<__S> for #name
            where #bounds
            {
                type Passes = #provides;
                #[allow(unused_variables)]
                fn run<'request>(
                    &'static self,
                    __cx: &mut __hb::Context<'_>,
                    __env: __hb::Call<'request, __S>,
                    __next: impl __hb::Next<Self::Passes>,
                ) -> #future {
                    #around
                }
            }
            #check
        }
    }
}

/// Whether extractors may be awaited. They may not if several guards share the context.
#[derive(Clone, Copy)]
pub(super) enum Extraction {
    Async(Generic),
    Sync,
}

/// Returns the statements that extract the arguments, and the expressions of the arguments.
pub(super) fn extract_args(
    list: &[Arg],
    values: &[TokenStream],
    extraction: Extraction,
    refuse: &TokenStream,
) -> (TokenStream, Vec<TokenStream>) {
    let mut lets = TokenStream::new();
    let mut args = Vec::new();
    for (idx, (arg, value)) in list.iter().zip(values).enumerate() {
        if !arg.is_extract() {
            args.push(value.clone());
            continue;
        }
        let value = match extraction {
            Extraction::Async(generic) => args::async_value_expr(idx, arg, generic),
            Extraction::Sync => value.clone(),
        };
        let ident = format_ident!("__arg_{idx}");
        lets.extend(quote! {
            let #ident = match #value {
                __hb::Ok(__value) => __value,
                __hb::Err(__rejection) => #refuse,
            };
        });
        args.push(quote_spanned!(first_span(&arg.ty)=> #ident).to_token_stream());
    }
    (lets, args)
}
