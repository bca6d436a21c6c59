//! The code for a group: the list of its routes, its checks and its dispatch.

use highball_macro_stages::{
    runtime_path::private,
    types::{first_span, source_text},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Generics, Path, Type, ext::IdentExt};

use super::{
    cfg::{Cfg, alias},
    check_name, endpoint, jobs,
    pattern::prefix,
    payloads, route_options,
    with::{self, Steps},
};
use crate::{attr::GroupArgs, entry::Entry};

/// Returns the items for a group with an error. They satisfy all other code that uses the group, so that the error is
/// the only one.
pub(crate) fn stub(krate: Option<&Path>, generics: &Generics, ty: &Type) -> TokenStream {
    let private = private(krate);
    let params = generics.params.iter();
    let (params, bounds) = (quote!(#(#params),*), quote!(#ty: 'static));
    let endpoint = endpoint(
        &quote!(#ty),
        &quote!(<#params>),
        &bounds,
        &quote!(__hb::NoRoute),
    );
    quote! {
        const _: () = {
            use #private as __hb;
            impl<#params> __hb::Entry for #ty where #bounds {
                const NODE: &'static __hb::Node = &__hb::Node::BROKEN;
                type Link = __hb::NoLink;
            }
            #endpoint
            impl<#params> __hb::Root<Self> for #ty where #bounds {}
            impl<#params> __hb::App for #ty where #bounds {
                type Sizes = __hb::NoRoutes;
                const RENDER: __hb::Render = __hb::problem;
            }
            impl<#params> __hb::Consumers for #ty where #bounds {
                type List = ();
                const INFOS: &'static [__hb::ConsumerInfo] = &[];
                const ELSEWHERE: &'static [&'static ::core::primitive::str] = &[];
            }
        };
    }
}

/// Returns all items that are generated for a group.
pub(crate) fn expand(args: &GroupArgs, name: &Ident, ty: &Type, entries: &[Entry]) -> TokenStream {
    let private = private(args.krate.as_ref());
    let own = with::build_steps(&args.with, "", &[]);
    let (listed, items) = list_entries(entries);
    let (demand_items, demands) = demands(args, name);
    let (node, list) = (node(args, name, &own, &listed), entry_list(&listed));
    let list_name = format_ident!("entries_of_{}", name.unraw(), span = Span::call_site());
    let fallback_name = format_ident!("fallback_of_{}", name.unraw(), span = Span::call_site());
    let chain = chain(args, &own, &list_name, &fallback_name);
    let (n_entries, is_root) = (entries.len(), args.app);
    let endpoint = endpoint(
        &quote!(#ty),
        &TokenStream::new(),
        &TokenStream::new(),
        &chain,
    );
    let payloads = payloads::of_group(&quote!(#ty), &quote!(#list_name));
    let (own_items, root) = (&own.items, args.app.then(|| app_items(args, ty)));
    let jobs = args.jobs.as_ref();
    let with_jobs = jobs.map(|_| quote!(.with_jobs()));
    let admin = args.admin.then(|| quote!(.admin()));
    let reports = match jobs {
        Some(jobs) => jobs::reports(jobs, n_entries),
        None => {
            quote!(static __REPORTS: [__hb::Report; #n_entries] = __hb::check(&__NODE, #is_root);)
        }
    };
    let jobs = jobs.map(|list| jobs::of_app(list, ty));
    let fallback = args.fallback.as_ref();
    let fallback = fallback.map(|path| fallback_type(&fallback_name, path));
    quote! {
        #[allow(deprecated, private_bounds, unused_imports, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery)]
        const _: () = {
            use #private as __hb;
            use __hb::{NoEntry as _, NoPart as _};
            #items
            #own_items
            #demand_items
            #fallback
            // The compiler hashes a constant with everything that it refers to, and a static only by its name.
            static __NODE: __hb::Node = #node #demands #with_jobs #admin;
            #reports
            // Each entry has its check in its type, so that its error is the only one. The compiler prints the name:
            // "evaluation of `_::entries_of_Api::{constant#0}` failed here".
            #[allow(non_camel_case_types)]
            type #list_name = #list;
            #[automatically_derived]
            impl __hb::Entry for #ty {
                const NODE: &'static __hb::Node = &__NODE;
                type Link = __hb::NoLink;
            }
            #endpoint
            #payloads
            #root
            #jobs
        };
    }
}

/// An entry as the generated code names it.
struct ListedEntry {
    /// Its data.
    node: TokenStream,
    /// Its type, with the check of the entry.
    ty: TokenStream,
}

/// Returns the entries, and the items that they require.
fn list_entries(entries: &[Entry]) -> (Vec<ListedEntry>, TokenStream) {
    let mut items = TokenStream::new();
    let listed = entries.iter().enumerate().map(|(step, entry)| {
        let (ty, span) = (&entry.ty, first_span(&entry.ty));
        let (shown, mut ty) = (source_text(ty), quote!(#ty));
        if let Some(cfg) = Cfg::from_attrs(&entry.cfgs) {
            let name = format_ident!("__Entry{step}", span = span);
            items.extend(alias(Some(&cfg), &name, &ty));
            ty = quote!(#name);
        }
        let mut node = quote_spanned!(span=> __hb::EntryProbe::<(#ty,)>::NODE);
        let mut run = ty.clone();
        if entry.prefix.is_some() || !entry.with.is_empty() || entry.is_public {
            let field = format_ident!("__Field{step}", span = span);
            items.extend(field_items(entry, step, &field, &ty, &node));
            node = quote_spanned!(span=> <#field as __hb::Entry>::NODE);
            run = quote!(#field);
        }
        let ty = quote_spanned! {span=>
            __hb::Listed<__hb::Mode<{
                __hb::entry_mode(
                    #shown,
                    __hb::EntryProbe::<(#ty,)>::IS,
                    __hb::FallbackProbe::<(#ty,)>::IS,
                    __hb::PartProbe::<(#ty,)>::IS,
                    &__REPORTS,
                    #step,
                )
            }>, (#run,)>
        };
        ListedEntry { node, ty }
    });
    let listed: Vec<_> = listed.collect();
    (listed, items)
}

/// Returns a type that represents an entry which has a prefix or middleware in this group.
fn field_items(
    entry: &Entry,
    step: usize,
    field: &Ident,
    ty: &TokenStream,
    node: &TokenStream,
) -> TokenStream {
    let with = with::build_steps(&entry.with, &step.to_string(), &entry.cfgs);
    let (items, parts, prefix) = (&with.items, with.parts(), prefix(entry.prefix.as_ref()));
    let chain = with.around(quote_spanned!(field.span()=> __hb::EntryEnd<#ty>));
    let public = entry.is_public.then(|| quote!(.public()));
    let none = TokenStream::new();
    let endpoint = endpoint(&quote!(#field), &none, &none, &chain);
    let payloads = payloads::of_group(&quote!(#field), ty);
    quote! {
        #items
        #[allow(non_camel_case_types)]
        struct #field;
        #[automatically_derived]
        impl __hb::Entry for #field {
            const NODE: &'static __hb::Node = &__hb::Node::field(#prefix, &[#parts], #node) #public;
            type Link = __hb::NoLink;
        }
        #endpoint
        #payloads
    }
}

/// Returns the data of the group.
fn node(args: &GroupArgs, name: &Ident, own: &Steps, listed: &[ListedEntry]) -> TokenStream {
    let (name, prefix) = (name.to_string(), prefix(args.prefix.as_ref()));
    let (parts, options) = (own.parts(), route_options(&args.options));
    let nodes = listed.iter().map(|entry| &entry.node);
    let doc = (!args.doc.is_empty()).then(|| {
        let doc = &args.doc;
        quote!(.doc(#doc))
    });
    quote!(__hb::Node::group(#name, #prefix, &[#parts], #options, &[#(#nodes),*]) #doc)
}

/// Returns the items for `every(..)`, and the call that adds its demands to the data of the group.
fn demands(args: &GroupArgs, name: &Ident) -> (TokenStream, Option<TokenStream>) {
    let (mut items, mut demands) = (TokenStream::new(), Vec::new());
    for (idx, demand) in args.every.iter().enumerate() {
        let parts = demand.parts.iter().enumerate().map(|(part, path)| {
            let (span, text) = (first_span(path), source_text(path));
            let ty = format_ident!("__Every{idx}_{part}", span = span);
            items.extend(alias(None, &ty, &quote!(#path)));
            let check = check_name(format_args!("every_{idx}_{part}"));
            items.extend(quote_spanned! {span=>
                #[allow(dead_code)]
                const #check: () = __hb::assert_demanded(
                    #text,
                    __hb::PartProbe::<(#ty,)>::IS,
                    &__hb::PartProbe::<(#ty,)>::PART,
                );
            });
            quote_spanned!(span=> __hb::DemandedPart::new(#text, __hb::PartProbe::<(#ty,)>::PART))
        });
        let (parts, allows_public) = (parts.collect::<Vec<_>>(), demand.allows_public);
        let group = name.to_string();
        demands.push(quote!(__hb::Demand::new(#group, &[#(#parts),*], #allows_public)));
    }
    let call = (!demands.is_empty()).then(|| quote!(.every(&[#(#demands),*])));
    (items, call)
}

/// Returns the type of the fallback, with its check, like that of an entry.
fn fallback_type(name: &Ident, path: &Path) -> TokenStream {
    let shown = source_text(path);
    quote_spanned! {first_span(path)=>
        #[allow(non_camel_case_types)]
        type #name = __hb::Listed<__hb::Mode<{
            __hb::fallback_mode(
                #shown,
                __hb::FallbackProbe::<(#path,)>::IS,
                __hb::EntryProbe::<(#path,)>::IS,
                __hb::FallbackProbe::<(#path,)>::KEYED,
            )
        }>, (#path,)>;
    }
}

/// Returns the chain of the group: its middleware, its fallback, then the entry that the route table has found.
fn chain(args: &GroupArgs, own: &Steps, list: &Ident, fallback: &Ident) -> TokenStream {
    let end = quote!(__hb::Fields<#list>);
    let end = match &args.fallback {
        Some(_) => quote!(__hb::WithFallback<#fallback, #end>),
        None => end,
    };
    own.around(end)
}

/// Returns the list of the entries: a tuple, or lists of tuples, because a tuple of any length has no impl.
fn entry_list(listed: &[ListedEntry]) -> TokenStream {
    const TUPLE: usize = 16;
    let lists = listed.chunks(TUPLE).map(|entries| {
        let types = entries.iter().map(|entry| &entry.ty);
        quote!((#(#types,)*))
    });
    let mut lists: Vec<_> = lists.collect();
    for width in ["W16", "W256", "W4096"] {
        if lists.len() <= 1 {
            break;
        }
        let width = Ident::new(width, Span::call_site());
        lists = lists
            .chunks(TUPLE)
            .map(|lists| quote!(__hb::Chunks<(#(#lists,)*), __hb::#width>))
            .collect();
    }
    lists.pop().unwrap_or_else(|| quote!(()))
}

/// Returns the items of an app: the sizes of its table, and its options.
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
    let (root, admin) = match args.admin {
        false => (quote!(Root), None),
        true => {
            let admin = quote!(
                const IS_ADMIN: ::core::primitive::bool = true;
            );
            (quote!(AdminRoot), Some(admin))
        }
    };
    quote! {
        const __SIZE: __hb::Measure = __hb::measure(&__NODE);
        #[automatically_derived]
        impl __hb::#root<Self> for #ty {}
        #[automatically_derived]
        impl __hb::App for #ty {
            type Sizes = __hb::Sizes<
                { __SIZE.routes }, { __SIZE.groups }, { __SIZE.text },
                { __SIZE.nodes }, { __SIZE.slots }, { __SIZE.affixes }, { __SIZE.ends }, { __SIZE.plan() },
            >;
            const RENDER: __hb::Render = #render;
            #overrides
            #admin
        }
    }
}
