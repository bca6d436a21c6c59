//! The code for a group: the list of its routes, its checks and its dispatch.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Generics, Path, Type};

use super::{
    args::generated_ident,
    cfg::{Cfg, alias},
    route_options, segments,
    with::{self, Steps},
};
use crate::{
    attr::GroupArgs,
    entry::Entry,
    pattern::{Pattern, Segment},
    runtime_path::private,
    types::first_span,
};

/// Returns the items for a group with an error. They satisfy all other code that uses the group, so that the error is
/// the only one.
pub(crate) fn stub(krate: Option<&Path>, generics: &Generics, ty: &Type) -> TokenStream {
    let private = private(krate);
    let params = generics.params.iter();
    let bounds = quote!(#ty: ::core::marker::Send + ::core::marker::Sync + 'static);
    let (params, of_state) = (quote!(#(#params),*), generics.params.iter());
    quote! {
        const _: () = {
            use #private as __hb;
            impl<#params> __hb::Entry for #ty where #bounds {
                const ROUTES: &'static [__hb::Mounted] = &[];
                const BROKEN: ::core::primitive::bool = true;
            }
            impl<__S: ::core::marker::Send + ::core::marker::Sync + 'static, #(#of_state),*>
                __hb::Endpoint<__S> for #ty where #bounds {
                    type Args = ();
                }
            impl<#params> __hb::App for #ty where #bounds {
                const TABLE: __hb::Table = __hb::NO_TABLE;
                const LISTING: &'static [__hb::Route] = &[];
                const RENDER: __hb::Render = __hb::problem;
            }
            impl<#params> #ty {
                #[allow(dead_code, unreachable_pub)]
                pub const ROUTES: &'static [__hb::Route] = &[];
            }
        };
    }
}

/// Returns all items that are generated for a group.
pub(crate) fn expand(args: &GroupArgs, name: &Ident, ty: &Type, entries: &[Entry]) -> TokenStream {
    let private = private(args.krate.as_ref());
    let (listed, listed_items) = list_entries(entries);
    let own = with::build_steps(&args.with, "", &[]);
    let own_items = &own.items;
    let fields = field_list(args, name, entries, &listed, &own);
    let checks = entry_checks(&listed);
    let prefix = args.prefix.as_ref().map_or_else(|| quote!(&[]), segments);
    let endpoint = endpoint(args, ty, &listed, &own);
    let (root, is_root) = (args.app.then(|| app_items(args, ty)), args.app);
    quote! {
        #[allow(deprecated, unused_imports, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery)]
        const _: () = {
            use #private as __hb;
            use __hb::NoPart as _;
            #listed_items
            #own_items
            const __FIELDS: &[__hb::Field] = #fields;
            const __N: usize = __hb::count_routes(__FIELDS);
            // These are statics because the compiler checks a constant again at each use.
            static __SEGMENTS: [__hb::Segment; __hb::count_segments(__FIELDS)] =
                __hb::segments(__FIELDS);
            static __ROUTES: [__hb::Mounted; __N] = __hb::mount(__FIELDS, &__SEGMENTS);
            static __GROUPS: [__hb::MountedGroup; __hb::count_groups(__FIELDS) + 1] =
                __hb::mount_groups(__FIELDS, &__SEGMENTS, __hb::Some(#prefix));
            static __SHAPES: [__hb::Shape; __N] = __hb::shapes(&__ROUTES);
            static __REPORTS: [__hb::Report; __FIELDS.len()] =
                __hb::check(__FIELDS, &__ROUTES, &__hb::clashes(&__SHAPES), #is_root);
            #checks
            #[automatically_derived]
            impl __hb::Entry for #ty {
                const FIELDS: &'static [__hb::Field] = __FIELDS;
                const ROUTES: &'static [__hb::Mounted] = &__ROUTES;
                const GROUPS: &'static [__hb::MountedGroup] = &__GROUPS;
                const BROKEN: ::core::primitive::bool = __hb::is_broken(__FIELDS);
            }
            #endpoint
            #root
        };
    }
}

/// An entry as the generated code names it: by its own type, or by an alias under a `#[cfg]`.
struct ListedEntry {
    ty: Type,
    with: Steps,
}

/// Returns the entries, and the aliases and steps that they require.
fn list_entries(entries: &[Entry]) -> (Vec<ListedEntry>, TokenStream) {
    let mut code = TokenStream::new();
    let listed = entries.iter().enumerate().map(|(step, entry)| {
        let ty = &entry.ty;
        let with = with::build_steps(&entry.with, &step.to_string(), &entry.cfgs);
        code.extend(with.items.clone());
        let Some(cfg) = Cfg::from_attrs(&entry.cfgs) else {
            return ListedEntry {
                ty: ty.clone(),
                with,
            };
        };
        let name = format_ident!("__Entry{step}", span = first_span(ty));
        code.extend(alias(Some(&cfg), &name, &quote!(#ty)));
        ListedEntry {
            ty: syn::parse_quote!(#name),
            with,
        }
    });
    let listed: Vec<_> = listed.collect();
    (listed, code)
}

/// Returns one `Field` for each entry, as constant data.
fn field_list(
    args: &GroupArgs,
    name: &Ident,
    entries: &[Entry],
    listed: &[ListedEntry],
    own: &Steps,
) -> TokenStream {
    let name = name.to_string();
    let options = route_options(args.options);
    let fields = entries
        .iter()
        .zip(listed)
        .enumerate()
        .map(|(step, (entry, alias))| {
            let (ty, step) = (&alias.ty, step as u16);
            let prefix = joined_prefix(args.prefix.as_ref(), entry.prefix.as_ref());
            let (text, segments) = (&prefix.text, segments(&prefix));
            let (outer, inner) = (own.parts(), alias.with.parts());
            let n_group = own.n_parts();
            let entry = quote_spanned!(first_span(ty)=> <#ty as __hb::Entry>);
            quote! {
                __hb::Field {
                    context: &__hb::FieldContext {
                        group: #name,
                        step: #step,
                        prefix: #text,
                        segments: #segments,
                        with: &[#outer #inner],
                        n_group: #n_group,
                        options: #options,
                    },
                    fields: #entry::FIELDS,
                    routes: #entry::ROUTES,
                    groups: #entry::GROUPS,
                    broken: #entry::BROKEN,
                }
            }
        });
    quote!(&[#(#fields),*])
}

/// Returns the prefix of the group followed by the prefix of the field.
fn joined_prefix(group: Option<&Pattern>, field: Option<&Pattern>) -> Pattern {
    let mut joined = Pattern::empty();
    for pattern in group.into_iter().chain(field) {
        joined.text.push_str(&pattern.text);
        joined.segments.extend(pattern.segments.iter().map(copy));
    }
    joined
}

fn copy(segment: &Segment) -> Segment {
    match segment {
        Segment::Static(text) => Segment::Static(text.clone()),
        Segment::Param {
            prefix,
            name,
            suffix,
        } => Segment::Param {
            prefix: prefix.clone(),
            name: name.clone(),
            suffix: suffix.clone(),
        },
        Segment::CatchAll { name } => Segment::CatchAll { name: name.clone() },
    }
}

/// Returns one check for each entry, located at the entry, so that its error is reported there.
fn entry_checks(listed: &[ListedEntry]) -> TokenStream {
    let checks = listed.iter().enumerate().map(|(step, alias)| {
        let step = step as u16;
        quote_spanned!(first_span(&alias.ty)=> const _: () = __hb::fail_if_reported(&__REPORTS, #step);)
    });
    checks.collect()
}

/// Returns the dispatch of the group: its middleware, then the field that the route table has found.
fn endpoint(args: &GroupArgs, ty: &Type, listed: &[ListedEntry], own: &Steps) -> TokenStream {
    let bounds = listed.iter().map(|alias| {
        let ty = &alias.ty;
        quote_spanned!(first_span(ty)=> #ty: __hb::Endpoint<__S>,)
    });
    let arms = listed
        .iter()
        .enumerate()
        .map(|(step, alias)| match_arm(step as u16, alias));
    let run = run_method(args, own);
    let with = own.bounds();
    let field_with = listed.iter().map(|alias| alias.with.bounds());
    let field_with: TokenStream = field_with.collect();
    let fallback = args
        .fallback
        .as_ref()
        .map(|path| quote_spanned!(first_span(path)=> #path: __hb::Endpoint<__S>,));
    let is_fallback = args.fallback.as_ref().map(|path| {
        quote_spanned! {first_span(path)=>
            const _: () = __hb::assert_fallback::<#path>();
        }
    });
    quote! {
        #is_fallback
        #[automatically_derived]
        impl<__S: ::core::marker::Send + ::core::marker::Sync + 'static> __hb::Endpoint<__S> for #ty
        where #(#bounds)* #with #field_with #fallback
        {
            type Args = ();
            #run
            fn run_handler<'__r>(
                __cx: &mut __hb::Context<'_>,
                mut __env: __hb::Call<'__r, __S>,
            ) -> impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send {
                async move {
                    match __env.next_field() {
                        #(#arms)*
                        _ => __hb::miss(__cx, __env).await,
                    }
                }
            }
        }
    }
}

fn match_arm(step: u16, alias: &ListedEntry) -> TokenStream {
    let ListedEntry { ty, with } = alias;
    if with.is_empty() {
        let span = first_span(ty);
        let [cx, env] = ["__cx", "__env"].map(|name| generated_ident(name, span));
        return quote_spanned! {span=>
            #step => <#ty as __hb::Endpoint<__S>>::run(#cx, #env).await,
        };
    }
    let chain = with.around(quote!(__hb::EntryEnd::<#ty>::NEW));
    quote!(#step => __hb::Chain::<__S>::run(#chain, __cx, __env).await,)
}

/// Returns the method that runs the group's own middleware and sets its fallback.
fn run_method(args: &GroupArgs, own: &Steps) -> TokenStream {
    if own.is_empty() && args.fallback.is_none() {
        return TokenStream::new();
    }
    let fallback = args
        .fallback
        .as_ref()
        .map(|path| quote!(let __env = __env.with_fallback(__hb::fallback::<#path, __S>);));
    let chain = own.around(quote!(__hb::HandlerEnd::<Self>::NEW));
    quote! {
        fn run<'__r>(
            __cx: &mut __hb::Context<'_>,
            __env: __hb::Call<'__r, __S>,
        ) -> impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send {
            #fallback
            __hb::Chain::<__S>::run(#chain, __cx, __env)
        }
    }
}

/// Returns the items of an app: the route table and the list of routes.
fn app_items(args: &GroupArgs, ty: &Type) -> TokenStream {
    let render = match &args.rejection {
        Some(path) => quote!(#path),
        None => quote!(__hb::problem),
    };
    let overrides = args.method_override.then(|| {
        quote!(
            const METHOD_OVERRIDE: ::core::primitive::bool = true;
        )
    });
    quote! {
        const __PLAN: __hb::Plan<{ __hb::capacity(&__SHAPES) }> = __hb::Plan::new(&__SHAPES);
        const __SIZE: __hb::Size = __PLAN.size();
        static __PARTS: __hb::Parts<
            { __SIZE.nodes }, { __SIZE.slots }, { __SIZE.affixes }, { __SIZE.ends },
        > = __PLAN.build();
        static __TEXT: [::core::primitive::u8; __hb::text_len(&__ROUTES)] = __hb::text(__FIELDS, &__ROUTES);
        static __LISTING: [__hb::Route; __N] = __hb::routes(__FIELDS, &__ROUTES, &__TEXT);
        #[automatically_derived]
        impl __hb::App for #ty {
            const TABLE: __hb::Table = __PARTS.table();
            const LISTING: &'static [__hb::Route] = &__LISTING;
            const RENDER: __hb::Render = #render;
            #overrides
        }
        #[automatically_derived]
        impl #ty {
            /// All routes of the app.
            #[allow(dead_code)]
            pub const ROUTES: &'static [__hb::Route] = &__LISTING;
        }
    }
}
