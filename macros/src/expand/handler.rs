//! The code for a handler: the data of its route, and the call.

use highball_macro_stages::{
    function::{Arg, Function, output_span},
    pattern::Pattern,
    runtime_path::private,
    types::{contains_impl_trait, mentions},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, ReturnType, Type, ext::IdentExt};

use super::{
    args,
    args::Generic,
    check_name,
    definition::definition,
    lifetimes::has_lifetime,
    links, payloads, slo,
    sources::{Site, Sources, sources},
    with::{self, Steps},
};
use crate::{attr::RouteArgs, check};

/// A handler or a fallback, with everything that its code depends on.
pub(crate) struct Handler<'a> {
    pub(crate) function: &'a Function,
    pub(crate) args: Vec<Arg>,
    pub(crate) attr: &'a RouteArgs,
    /// The pattern, or `None` for a fallback.
    pub(crate) pattern: Option<&'a Pattern>,
    /// The type that represents the route: named after the function, or a hidden one for a method.
    pub(crate) name: Ident,
    /// The expression that names the function: `name` or `Type::method`.
    pub(crate) call: TokenStream,
    pub(crate) krate: Option<&'a Path>,
}

impl Handler<'_> {
    /// Returns all items that are generated next to the function.
    pub(crate) fn expand(&self) -> TokenStream {
        let private = private(self.krate);
        let cfgs = self.function.cfgs();
        let marker = self.marker();
        let with = with::build_steps(&self.attr.with, "", &[]);
        let with_items = (!with.is_empty()).then(|| {
            let items = &with.items;
            quote!(use __hb::NoPart as _; #items)
        });
        let none = Pattern::empty();
        let site = Site {
            pattern: self.pattern.unwrap_or(&none),
            type_params: self.type_params(),
            has_no_body: self.attr.has_no_body(),
        };
        let sources = sources(&self.args, &site);
        let (unused, payloads) = (self.unused_params(), payloads::of_handler(self));
        let slo = slo::items(self);
        let impls = if self.is_plain(&with) {
            self.plain(&sources)
        } else {
            self.general(&sources, &with)
        };
        quote! {
            #(#cfgs)*
            #marker
            #(#cfgs)*
            #[allow(deprecated, private_bounds, unused_imports, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery)]
            const _: () = {
                use #private as __hb;
                use __hb::NoExtractor as _;
                #payloads
                #unused
                #slo
                #with_items
                #impls
            };
        }
    }

    fn generic(&self) -> Generic {
        match self.type_params().is_empty() {
            true => Generic::No,
            false => Generic::Yes,
        }
    }

    pub(super) fn type_params(&self) -> Vec<&Ident> {
        let params = self.function.sig.generics.type_params();
        params.map(|param| &param.ident).collect()
    }

    /// Returns whether nothing of the handler needs more than `PlainFn`, which costs less compile time.
    fn is_plain(&self, with: &Steps) -> bool {
        let borrows = |arg: &Arg| {
            let is_reference = matches!(arg.ty, Type::Reference(_));
            !arg.is_owned() || is_reference || has_lifetime(arg.ty.to_token_stream())
        };
        self.pattern.is_some()
            && with.is_empty()
            && self.generic() == Generic::No
            && !self.args.iter().any(borrows)
    }

    /// Returns the type of the route. It is a struct with braces, since a unit struct would also define a value of
    /// that name.
    fn marker(&self) -> TokenStream {
        let (vis, name, types) = (&self.function.vis, &self.name, self.type_params());
        let body = if types.is_empty() {
            quote!({})
        } else {
            quote!(<#(#types),*> { __types: ::core::marker::PhantomData<fn() -> (#(#types,)*)> })
        };
        quote! {
            #[doc(hidden)]
            #[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
            #vis struct #name #body
        }
    }

    /// Returns the generics of the impls: the parameters with their bounds, the arguments, and the other bounds.
    pub(super) fn generics(&self) -> (TokenStream, TokenStream, TokenStream) {
        let generics = &self.function.sig.generics;
        let params = generics.type_params().map(|param| {
            let (ident, bounds) = (&param.ident, &param.bounds);
            quote!(#ident: ::core::marker::Send + ::core::marker::Sync + 'static + #bounds)
        });
        let params: Vec<_> = params.collect();
        let types = self.type_params();
        if types.is_empty() {
            return Default::default();
        }
        let bounds = args::where_bounds(generics);
        (quote!(<#(#params),*>), quote!(<#(#types),*>), bounds)
    }

    /// Returns the items for a handler with an error. They satisfy all other code that uses the handler, so that the
    /// error is the only one.
    pub(crate) fn stub(&self) -> TokenStream {
        let private = private(self.krate);
        let cfgs = self.function.cfgs();
        let (marker, name) = (self.marker(), &self.name);
        let (params, types, bounds) = self.generics();
        let (links, payloads) = (links::stub(self), payloads::of_stub(self));
        let endpoint = self.endpoint(&quote!(__hb::NoRoute));
        let fallback = self
            .pattern
            .is_none()
            .then(|| quote!(impl #params __hb::Fallback for #name #types where #bounds {}));
        quote! {
            #(#cfgs)*
            #marker
            #(#cfgs)*
            const _: () = {
                use #private as __hb;
                #links
                #payloads
                impl #params __hb::Entry for #name #types where #bounds {
                    const NODE: &'static __hb::Node = &__hb::Node::BROKEN;
                    type Link = __hb::NoLink;
                }
                #endpoint
                #fallback
            };
        }
    }

    /// Returns the checks that the path parameters are used, which depend on the types of the extractors.
    fn unused_params(&self) -> TokenStream {
        let mut out = TokenStream::new();
        let Some(pattern) = self.pattern.filter(|_| self.generic() == Generic::No) else {
            return out;
        };
        let extractors = self.args.iter().filter(|arg| arg.is_extract());
        let taken: Vec<_> = extractors
            .map(|arg| {
                let ty = args::with_lifetime(&arg.ty, "'static");
                quote!((__hb::Probe::<#ty>::KIND, __hb::ProbeAsync::<#ty>::KIND))
            })
            .collect();
        if check::has_context(&self.args) || taken.is_empty() {
            return out;
        }
        for name in check::unused_params(&self.args, pattern) {
            let message = check::unused_param_message(name, pattern);
            let check = check_name(name);
            out.extend(quote_spanned! {pattern.span=>
                #[allow(dead_code)]
                const #check: () = __hb::assert_taken(#name, &[#(#taken),*], #message);
            });
        }
        out
    }

    /// Returns the call of the function, as a future.
    fn call(&self, values: &[TokenStream]) -> TokenStream {
        let (call, types) = (&self.call, self.type_params());
        let turbofish = (!types.is_empty()).then(|| quote!(::<#(#types),*>));
        let call = quote!(#call #turbofish (#(#values),*));
        match self.function.sig.asyncness {
            Some(_) => call,
            None => quote!(::core::future::ready(#call)),
        }
    }

    /// Returns the private type that has the types of the handler. It is not the type of the route, which may be public
    /// where those types are private.
    fn own_type(&self) -> TokenStream {
        let types = self.type_params();
        match types.is_empty() {
            true => quote!(
                struct __Own;
            ),
            false => {
                quote!(struct __Own<#(#types),*>(::core::marker::PhantomData<fn() -> (#(#types,)*)>);)
            }
        }
    }

    /// Returns the name of the type of the arguments. The compiler prints it where the check of an argument fails:
    /// "evaluation of `_::arguments_of_create::{constant#0}` failed here".
    fn args_name(&self) -> Ident {
        let function = self.function.sig.ident.unraw();
        format_ident!("arguments_of_{function}", span = Span::call_site())
    }

    /// Returns the impls for a function that only has to be called: its arguments borrow from nothing.
    fn plain(&self, sources: &Sources) -> TokenStream {
        let definition = definition(self, &Steps::default());
        let (name, args, types) = (&self.name, self.args_name(), &sources.types);
        let response = self.response_info();
        let entry =
            self.entry(&quote!(__hb::Node::route(#definition, __hb::known::<#args>(), #response)));
        let call = &self.call;
        let function = match self.function.sig.asyncness {
            Some(_) => quote!(#call),
            None => quote!(__hb::Ready(#call)),
        };
        let state = super::state_param(&[&name.to_token_stream()]);
        // rustc reports here what the function or its return type is not.
        let chain = quote_spanned!(output_span(&self.function.sig)=> impl __hb::Chain<#state>);
        // rustc points at these two if the state has no value for an argument.
        let endpoint = quote_spanned!(name.span()=> __hb::Endpoint<#state>);
        let sources_from = quote_spanned!(name.span()=> for<'r> __hb::SourcesFrom<'r, #state>);
        quote! {
            #[allow(non_camel_case_types)]
            type #args = (#(#types,)*);
            #entry
            #[automatically_derived]
            impl<#state: __hb::SharedValue> #endpoint for #name
            where
                #args: #sources_from,
            {
                fn chain() -> #chain {
                    __hb::plain::<#args, _>(#function)
                }
            }
        }
    }

    /// Returns the function that returns the facts and the answers of the response.
    fn response_info(&self) -> TokenStream {
        let ty = self.returned_type();
        let of_type = quote!(__hb::ResponseProbe::<#ty>::response);
        match &self.attr.answers {
            Some(answers) => {
                let answers = answers.expand();
                // Only in a constant can a list of answers be a temporary value.
                quote!(|| {
                    const STATED: __hb::Answers = #answers;
                    #of_type().stated(&STATED)
                })
            }
            None => of_type,
        }
    }

    /// Returns the return type as far as it can be named, or else that of any response.
    pub(super) fn returned_type(&self) -> TokenStream {
        let ReturnType::Type(_, ty) = &self.function.sig.output else {
            return quote!(());
        };
        let is_unnamed = matches!(**ty, Type::Never(_)) || contains_impl_trait(ty);
        if is_unnamed || mentions(ty, &self.type_params()) {
            return quote!(__hb::Response);
        }
        args::with_lifetime(ty, "'static")
    }

    /// Returns the impl by which a group lists the handler.
    fn entry(&self, node: &TokenStream) -> TokenStream {
        let name = &self.name;
        let (params, types, bounds) = self.generics();
        let (link, method) = links::link(self);
        quote! {
            #method
            #[automatically_derived]
            impl #params __hb::Entry for #name #types where #bounds {
                const NODE: &'static __hb::Node = &#node;
                #link
            }
        }
    }

    /// Returns the impl that runs the handler in an app with any state.
    fn endpoint(&self, chain: &TokenStream) -> TokenStream {
        let name = &self.name;
        let (params, types, bounds) = self.generics();
        super::endpoint(&quote!(#name #types), &params, &bounds, chain)
    }

    /// Returns the impls for any other handler.
    fn general(&self, sources: &Sources, with: &Steps) -> TokenStream {
        let name = &self.name;
        let (params, types, bounds) = self.generics();
        let definition = definition(self, with);
        let entry = match self.pattern {
            Some(_) => {
                let route = match check::has_context(&self.args) {
                    true => quote!(route_with_context),
                    false => quote!(route),
                };
                let response = self.response_info();
                self.entry(&quote!(__hb::Node::#route(#definition, __hb::known::<<__Own #types as __hb::Handler>::Args<'static>>(), #response)))
            }
            None => quote! {
                #[automatically_derived]
                impl #params __hb::Fallback for #name #types where #bounds {
                    const ARGUMENTS: &'static [__hb::ArgumentFacts] =
                        __hb::known::<<__Own #types as __hb::Handler>::Args<'static>>();
                }
            },
        };
        let endpoint = self.endpoint(&with.around(quote!(__hb::HandlerEnd<__Own #types>)));
        let Sources {
            types: list,
            names,
            values,
        } = sources;
        let (own, call) = (self.own_type(), self.call(values));
        let (alias, args) = match self.generic() {
            Generic::Yes => (TokenStream::new(), quote!((#(#list,)*))),
            Generic::No => {
                let name = self.args_name();
                let alias = quote! {
                    #[allow(non_camel_case_types)]
                    type #name<'request> = (#(#list,)*);
                };
                (alias, quote!(#name<'request>))
            }
        };
        // Each of the two bounds has the span of the code that can violate it: the return type, and the function.
        let sig = &self.function.sig;
        let response = quote_spanned!(output_span(sig)=> impl __hb::IntoResponse);
        let future = quote_spanned! {sig.ident.span()=>
            impl ::core::future::Future<Output = #response> + ::core::marker::Send
        };
        quote! {
            #own
            #alias
            #entry
            #endpoint
            #[automatically_derived]
            impl #params __hb::Handler for __Own #types where #bounds {
                type Args<'request> = #args;
                #[allow(unused_variables)]
                fn call<'request>(
                    __cx: &mut __hb::Context<'_>,
                    (#(#names,)*): <Self::Args<'request> as __hb::Sources>::Values,
                ) -> #future {
                    #call
                }
            }
        }
    }
}
