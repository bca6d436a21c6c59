//! The code for a handler: the data of its route, and the call.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Path, ReturnType, Type};

use super::{
    args,
    args::Generic,
    methods, route_options, segments,
    with::{self, Steps},
};
use crate::{
    attr::RouteArgs,
    check,
    function::{Arg, ArgKind, Function, output_span},
    pattern::Pattern,
    runtime_path::private,
    types::source_text,
};

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
        let generic = self.generic();
        let marker = self.marker();
        let modes = match generic {
            Generic::No => args::mode_items(
                &self.args,
                Some(self.pattern.unwrap_or(&Pattern::empty())),
                false,
            ),
            Generic::Yes => TokenStream::new(),
        };
        let checks = self.checks();
        let types = self.function.sig.generics.type_params();
        let types: Vec<_> = types.map(|param| &param.ident).collect();
        let params = args::param_checks(&self.args, &types);
        let with = with::build_steps(&self.attr.with, "", &[]);
        let with_items = (!with.is_empty()).then(|| {
            let items = &with.items;
            quote!(use __hb::NoPart as _; #items)
        });
        let entry = match self.pattern {
            Some(pattern) => self.entry(pattern, &with),
            None => self.fallback(),
        };
        let endpoint = self.endpoint(generic, &with);
        quote! {
            #(#cfgs)*
            #marker
            #(#cfgs)*
            #[allow(deprecated, unused_imports, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery)]
            const _: () = {
                use #private as __hb;
                use __hb::NoExtractor as _;
                #modes
                #params
                #checks
                #with_items
                #entry
                #endpoint
            };
        }
    }

    fn generic(&self) -> Generic {
        let mut params = self.function.sig.generics.type_params();
        if params.next().is_some() {
            Generic::Yes
        } else {
            Generic::No
        }
    }

    /// Returns the type of the route. It is a struct with braces, since a unit struct would also define a value of
    /// that name.
    fn marker(&self) -> TokenStream {
        let (vis, name) = (&self.function.vis, &self.name);
        let types: Vec<_> = self
            .function
            .sig
            .generics
            .type_params()
            .map(|p| &p.ident)
            .collect();
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

    /// Returns the generics of the impls: the types of the function, with the state `__S` if `state` is set.
    fn generics(&self, state: bool) -> (TokenStream, TokenStream, TokenStream) {
        let generics = &self.function.sig.generics;
        let params = generics.type_params().map(|param| {
            let (ident, bounds) = (&param.ident, &param.bounds);
            quote!(#ident: ::core::marker::Send + ::core::marker::Sync + 'static + #bounds)
        });
        let params: Vec<_> = params.map(|tokens| tokens.to_token_stream()).collect();
        let state =
            state.then(|| quote!(__S: ::core::marker::Send + ::core::marker::Sync + 'static,));
        let types: Vec<_> = generics.type_params().map(|param| &param.ident).collect();
        let ty = if types.is_empty() {
            TokenStream::new()
        } else {
            quote!(<#(#types),*>)
        };
        let bounds = args::where_bounds(generics);
        (quote!(<#state #(#params),*>), ty, bounds)
    }

    /// Returns the items for a handler with an error. They satisfy all other code that uses the handler, so that the
    /// error is the only one.
    pub(crate) fn stub(&self) -> TokenStream {
        let private = private(self.krate);
        let cfgs = self.function.cfgs();
        let (marker, name) = (self.marker(), &self.name);
        let (params, types, bounds) = self.generics(false);
        let (state_params, ..) = self.generics(true);
        let none = Pattern::empty();
        let links = self.links(self.pattern.unwrap_or(&none));
        let is_fallback = self.pattern.is_none();
        let fallback = is_fallback
            .then(|| quote!(impl #params __hb::Fallback for #name #types where #bounds {}));
        quote! {
            #(#cfgs)*
            #marker
            #(#cfgs)*
            const _: () = {
                use #private as __hb;
                impl #params #name #types where #bounds {
                    #links
                }
                impl #params __hb::Entry for #name #types where #bounds {
                    const ROUTES: &'static [__hb::Mounted] = &[];
                    const BROKEN: ::core::primitive::bool = true;
                }
                #fallback
                impl #state_params __hb::Endpoint<__S> for #name #types where #bounds {
                    type Args = ();
                }
            };
        }
    }

    /// Returns the checks that the path parameters are used, which depend on the types of the extractors.
    fn checks(&self) -> TokenStream {
        let Some(pattern) = self.pattern.filter(|_| self.generic() == Generic::No) else {
            return TokenStream::new();
        };
        let mut out = TokenStream::new();
        let mut taken = Vec::new();
        for (idx, arg) in self
            .args
            .iter()
            .enumerate()
            .filter(|(_, arg)| arg.is_extract())
        {
            let mode = args::mode_type(idx, Generic::No);
            let ty = args::with_lifetime(&arg.ty, "'static");
            taken.push(quote!((#mode::IS, __hb::Probe::<#ty>::PARAMS)));
        }
        if check::has_context(&self.args) || taken.is_empty() {
            return out;
        }
        for name in check::unused_params(&self.args, pattern) {
            let message = check::unused_param_message(name, pattern);
            out.extend(quote_spanned! {pattern.span=>
                const _: () = __hb::assert_taken(#name, &[#(#taken),*], #message);
            });
        }
        out
    }

    /// Returns the route's data and its link function.
    fn entry(&self, pattern: &Pattern, with: &Steps) -> TokenStream {
        let name = &self.name;
        let definition = self.definition(pattern, with);
        let links = self.links(pattern);
        let (params, types, bounds) = self.generics(false);
        quote! {
            #[automatically_derived]
            impl #params #name #types where #bounds {
                #links
            }
            #[automatically_derived]
            impl #params __hb::Entry for #name #types where #bounds {
                const DEFINITION: &'static __hb::Definition = &#definition;
            }
        }
    }

    /// Returns the impl that marks a handler without a path.
    fn fallback(&self) -> TokenStream {
        let name = &self.name;
        let (params, types, bounds) = self.generics(false);
        quote! {
            #[automatically_derived]
            impl #params __hb::Fallback for #name #types where #bounds {}
        }
    }

    fn definition(&self, pattern: &Pattern, with: &Steps) -> TokenStream {
        let span = self.function.sig.ident.span();
        let name = source_text(&self.call);
        let methods = methods(self.attr.methods.as_deref());
        let (path, segments) = (&pattern.text, segments(pattern));
        let doc = self.function.doc();
        let (with, options) = (with.parts(), route_options(self.attr.options));
        let outer = self
            .args
            .iter()
            .filter(|arg| matches!(arg.kind, ArgKind::OuterParam));
        let outer = outer.map(|arg| &arg.name);
        let arguments = self.args.iter().map(|arg| {
            let (name, ty) = (&arg.name, source_text(&arg.ty));
            quote!(__hb::ArgumentInfo::new(#name, #ty))
        });
        let needs = args::needed_locals(&self.args, self.generic());
        let returns = match &self.function.sig.output {
            ReturnType::Default => "()".to_owned(),
            ReturnType::Type(_, ty) => source_text(ty),
        };
        let place = quote_spanned! {span=>
            handler: ::core::concat!(::core::module_path!(), "::", #name),
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
        };
        quote! {
            __hb::Definition {
                methods: #methods,
                path: #path,
                segments: #segments,
                #place
                doc: #doc,
                with: &[#with],
                needs: #needs,
                outer_params: &[#(#outer),*],
                arguments: &[#(#arguments),*],
                returns: #returns,
                options: #options,
            }
        }
    }

    /// Returns `show::path(42)`, which `url!` also calls.
    fn links(&self, pattern: &Pattern) -> TokenStream {
        let params: Vec<_> = pattern.names().map(|name| self.link_param(name)).collect();
        let idents: Vec<_> = params.iter().map(|(ident, _)| ident).collect();
        let types: Vec<_> = params.iter().map(|(_, ty)| ty).collect();
        let by_value = params
            .iter()
            .map(|(_, ty)| ty)
            .filter(|ty| ty.to_string() != "& str");
        // Without a lifetime in the bound, rustc would check it at the definition and not where a link is written.
        let bounds = quote!(#(for<'__l> #by_value: __hb::LinkParam<'__l>,)*);
        let vis = &self.function.vis;
        let doc = format!(
            "Writes the path of `{}` within its group: `{}`.",
            self.name, pattern.text
        );
        quote! {
            #[doc = #doc]
            #[must_use]
            #[allow(unreachable_pub, clippy::too_many_arguments)]
            #vis fn path(#(#idents: #types),*) -> __hb::String where #bounds {
                __hb::write_link(<Self as __hb::Entry>::DEFINITION.segments, &[], &[#(&#idents),*])
            }
        }
    }

    /// Returns the name and type of a link's argument: those of the handler, or text if the handler does not take it.
    fn link_param(&self, name: &str) -> (Ident, TokenStream) {
        let span = self.function.sig.ident.span();
        let ident = syn::parse_str::<Ident>(name).unwrap_or_else(|_| Ident::new_raw(name, span));
        let arg = self
            .args
            .iter()
            .find(|arg| matches!(arg.kind, ArgKind::Param { .. }) && arg.name == name);
        let ty = match arg.map(|arg| &arg.ty) {
            Some(ty)
                if !matches!(ty, Type::Reference(_) | Type::ImplTrait(_))
                    && source_text(ty) != "String" =>
            {
                ty.to_token_stream()
            }
            _ => quote!(&str),
        };
        (ident, ty)
    }

    /// Returns the impl that extracts the arguments and calls the function.
    fn endpoint(&self, generic: Generic, steps: &Steps) -> TokenStream {
        let name = &self.name;
        let (params, types, own_bounds) = self.generics(true);
        let bounds = args::state_bounds(&self.args, generic);
        let with = steps.bounds();
        let list = args::args_type(&self.args, generic);
        let values = args::value_exprs(&self.args, generic);
        let values = self.args.iter().zip(values).map(|(arg, value)| {
            if arg.is_extract() {
                quote!(#value?)
            } else {
                value
            }
        });
        let sig = &self.function.sig;
        let turbofish: Vec<_> = sig
            .generics
            .type_params()
            .map(|param| &param.ident)
            .collect();
        let turbofish = (!turbofish.is_empty()).then(|| quote!(::<#(#turbofish),*>));
        let call = &self.call;
        let call = quote!(#call #turbofish (#(#values),*));
        let call = if sig.asyncness.is_some() {
            call
        } else {
            quote!(::core::future::ready(#call))
        };
        let run = self.run(steps);
        let check_head = self.check_head(generic);
        // Each of the two bounds has the span of the code that can violate it: the return type, and the function.
        let response = quote_spanned!(output_span(sig)=> impl __hb::IntoResponse);
        let future = quote_spanned! {sig.ident.span()=>
            impl ::core::future::Future<Output = #response> + ::core::marker::Send
        };
        quote! {
            #[automatically_derived]
            impl #params __hb::Endpoint<__S> for #name #types where #own_bounds #bounds #with {
                type Args = #list;
                #[allow(unused_variables)]
                fn call_handler<'__r>(
                    __cx: &mut __hb::Context<'_>,
                    __env: __hb::Call<'__r, __S>,
                ) -> __hb::Result<#future, __hb::Rejection> {
                    __hb::Ok(#call)
                }
                #check_head
                #run
            }
        }
    }

    /// Returns the method that parses the path parameters before the body is read. Whether an extractor reads the
    /// body depends on its type, which the macro cannot see.
    fn check_head(&self, generic: Generic) -> Option<TokenStream> {
        let params = args::parsed_params(&self.args, generic);
        (!params.is_empty() && !self.attr.is_bodiless()).then(|| quote! {
            fn check_head<'__r>(__env: __hb::Call<'__r, __S>) -> __hb::Result<(), __hb::Rejection> {
                #(let _ = #params;)*
                <Self::Args as __hb::Args<__S>>::check_head(__env)
            }
        })
    }

    /// Returns the method that runs the handler's own middleware.
    fn run(&self, with: &Steps) -> TokenStream {
        if with.is_empty() {
            return TokenStream::new();
        }
        let chain = with.around(quote!(__hb::HandlerEnd::<Self>::NEW));
        quote! {
            fn run<'__r>(
                __cx: &mut __hb::Context<'_>,
                __env: __hb::Call<'__r, __S>,
            ) -> impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send {
                __hb::Chain::<__S>::run(#chain, __cx, __env)
            }
        }
    }
}
