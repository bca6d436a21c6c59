//! The code for `with(..)`: a type for each step, and the data of its parts.

use highball_macro_stages::types::{first_span, source_text};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, Expr, ext::IdentExt};

use super::{
    args::generated_ident,
    cfg::{Cfg, alias},
    check_name, shown_name,
};
use crate::attr::{Condition, PartConfig, PartExpr, StepExpr, WithItem};

/// The steps of one `with(..)`.
#[derive(Default)]
pub(crate) struct Steps {
    /// The items that the types refer to.
    pub(crate) items: TokenStream,
    /// The type of each step, outermost first.
    types: Vec<TokenStream>,
    /// Each part, for the checks of the chain.
    parts: Vec<KnownPart>,
    /// The condition of the entry that the steps belong to.
    pub(super) cfg: Option<Cfg>,
}

/// A part as the checks of a chain see it.
struct KnownPart {
    /// Its data.
    info: TokenStream,
    /// How it is written, and where.
    text: String,
    span: Span,
}

impl KnownPart {
    fn new(written: &impl ToTokens, info: TokenStream) -> Self {
        Self {
            info,
            text: source_text(written),
            span: first_span(written),
        }
    }
}

/// Returns the steps. `name` makes their types unique in the block that contains them.
pub(crate) fn build_steps(list: &[WithItem], name: &str, cfgs: &[Attribute]) -> Steps {
    let mut steps = Steps {
        cfg: Cfg::from_attrs(cfgs),
        ..Steps::default()
    };
    for (idx, with) in list.iter().enumerate() {
        steps.add(&format!("{name}_{idx}"), with);
    }
    steps.check_order(name);
    steps
}

/// The names of the types that are generated for a part.
struct PartTypes {
    /// The alias of the part's own type.
    part: Ident,
    /// The part with its configuration.
    site: Ident,
    /// An expression: the kind of the part, or an error if it cannot be used like this. It is in the type of the step,
    /// so that its error is the only one.
    mode: TokenStream,
    /// The end of the names that rustc prints: `_0_of_limit`. The numbers make it unique.
    shown: String,
    span: Span,
}

impl Steps {
    /// Returns the type of a chain of the steps around `end`.
    pub(crate) fn around(&self, end: TokenStream) -> TokenStream {
        let types = self.types.iter().rev();
        types.fold(end, |rest, ty| quote!(__hb::Around<#ty, #rest>))
    }

    /// Returns the data of the parts, as items of a list.
    pub(crate) fn parts(&self) -> TokenStream {
        let parts = self.parts.iter().map(|part| &part.info);
        quote!(#(#parts,)*)
    }

    /// Adds the check of the order in this list. A group around it cannot make a wrong order right, so the error is
    /// here, at the part that comes too early.
    fn check_order(&mut self, name: &str) {
        if self.parts.len() < 2 {
            return;
        }
        let (parts, check) = (self.parts(), check_name(format_args!("order{name}")));
        let texts = self.parts.iter().map(|part| &part.text);
        let calls = self.parts.iter().enumerate().map(|(idx, part)| {
            let [parts, texts] =
                ["__parts", "__texts"].map(|name| generated_ident(name, part.span));
            quote_spanned!(part.span=> __hb::assert_order(#parts, #texts, #idx);)
        });
        self.items.extend(quote! {
            #[allow(dead_code)]
            const #check: () = {
                let __parts: &[__hb::PartInfo] = &[#parts];
                let __texts: &[&::core::primitive::str] = &[#(#texts),*];
                #(#calls)*
            };
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    fn add(&mut self, name: &str, with: &WithItem) {
        match with {
            WithItem::Step(one) => {
                let (ty, known) = self.step(name, one);
                self.types.push(ty);
                self.parts.extend(known);
            }
            WithItem::Parallel(guards) => {
                let types: Vec<_> = guards
                    .iter()
                    .enumerate()
                    .map(|(idx, guard)| {
                        self.parallel_guard(&format!("{name}_{idx}"), idx as u8, guard)
                    })
                    .collect();
                self.types.push(quote!(__hb::Parallel<(#(#types,)*)>));
            }
            WithItem::When(condition, one) => {
                let condition = self.condition(&format!("{name}_if"), condition);
                let (ty, known) = self.step(name, one);
                self.types.push(quote!(__hb::IfStep<#condition, #ty>));
                self.parts.extend(known.map(|mut known| {
                    let info = known.info;
                    known.info = quote!(#info.maybe());
                    known
                }));
            }
        }
    }

    /// Returns the type of a step, and its data if it is a part or a layer.
    fn step(&mut self, name: &str, one: &StepExpr) -> (TokenStream, Option<KnownPart>) {
        match one {
            StepExpr::Part(part) => {
                let (ty, info) = self.part_step(name, part);
                (ty, Some(KnownPart::new(&part.path, info)))
            }
            StepExpr::Layer(layer) => {
                let info = self.layer_info(layer);
                (self.layer(name, layer), Some(KnownPart::new(layer, info)))
            }
        }
    }

    /// Returns the data of a tower layer: its source text.
    fn layer_info(&self, layer: &Expr) -> TokenStream {
        let text = source_text(layer);
        let known = quote!(__hb::PartInfo::layer(#text));
        match &self.cfg {
            None => known,
            Some(Cfg { holds, fails }) => quote! {{
                #holds
                const __LAYER: __hb::PartInfo = #known;
                #fails
                const __LAYER: __hb::PartInfo = __hb::PartInfo::NONE;
                __LAYER
            }},
        }
    }

    /// Generates a type for a tower layer, since the type of the layer is not spelled out here.
    fn layer(&mut self, name: &str, layer: &Expr) -> TokenStream {
        let span = first_span(layer);
        let ty = format_ident!("__Layer{name}", span = span);
        let (holds, absent) = match &self.cfg {
            None => (None, None),
            Some(cfg) => {
                let (holds, fails) = (&cfg.holds, &cfg.fails);
                let absent = quote! {
                    #fails
                    #[allow(non_camel_case_types)]
                    type #ty = __hb::PartStep<__hb::Absent, __hb::Mode<0>>;
                };
                (Some(holds), Some(absent))
            }
        };
        let service = quote_spanned!(span=> || MADE.service(|| #layer));
        self.items.extend(quote_spanned! {span=>
            #absent
            #holds
            #[allow(non_camel_case_types)]
            struct #ty;
            #holds
            #[automatically_derived]
            impl<__S: __hb::SharedValue> __hb::Step<__S> for #ty {
                fn run<'request, __C: __hb::Chain<__S>>(
                    __cx: &mut __hb::Context<'_>,
                    __env: __hb::Call<'request, __S>,
                    __rest: __C,
                ) -> impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send {
                    static MADE: __hb::LayerCell = __hb::LayerCell::new();
                    __hb::run_layer(#service, __cx, __env, __rest)
                }
            }
        });
        quote!(#ty)
    }

    /// Returns the type of a step that is one part, and the data of the part.
    fn part_step(&mut self, name: &str, part: &PartExpr) -> (TokenStream, TokenStream) {
        let is_option = matches!(part.config, PartConfig::Calls(_));
        let PartTypes {
            part,
            site,
            mode,
            shown,
            span,
        } = self.part_types(name, part);
        let step_ty = shown_name("step", &shown);
        self.items.extend(quote_spanned! {span=>
            #[allow(non_camel_case_types)]
            type #step_ty = __hb::PartStep<#site, __hb::Mode<{ #mode }>>;
        });
        let facts = is_option.then(|| {
            let facts = self.value_facts(&shown, &part, &site);
            quote_spanned!(span=> .stating(&#facts))
        });
        (
            quote!(#step_ty),
            quote_spanned!(span=> __hb::PartProbe::<(#part,)>::PART #facts),
        )
    }

    /// Returns the type of a guard that runs in parallel with others, at this index.
    fn parallel_guard(&mut self, name: &str, count: u8, guard: &PartExpr) -> TokenStream {
        let assert = quote_spanned!(first_span(&guard.path)=> parallel_mode);
        let ty = self.shared_guard(name, guard, &assert);
        let part = format_ident!("__Part{name}");
        let info = quote!(__hb::PartProbe::<(#part,)>::PART.beside(#count));
        self.parts.push(KnownPart::new(&guard.path, info));
        ty
    }

    /// Returns the type of a guard that shares the context with others.
    fn shared_guard(&mut self, name: &str, guard: &PartExpr, assert: &TokenStream) -> TokenStream {
        let text = source_text(&guard.path);
        let PartTypes {
            part,
            site,
            mode,
            shown,
            span,
        } = self.part_types(name, guard);
        let step_ty = shown_name("step", &shown);
        self.items.extend(quote_spanned! {span=>
            #[allow(non_camel_case_types)]
            type #step_ty = __hb::PartStep<#site, __hb::Mode<{
                __hb::#assert(#text, #mode, &__hb::PartProbe::<(#part,)>::PART)
            }>>;
        });
        quote!(#step_ty)
    }

    /// Generates the types of a part, and the check that it is one.
    fn part_types(&mut self, name: &str, part: &PartExpr) -> PartTypes {
        let PartExpr { path, config } = part;
        let span = first_span(path);
        let ty = format_ident!("__Part{name}", span = span);
        // The alias is the only use of the path, so a type that does not exist is reported once.
        self.items
            .extend(alias(self.cfg.as_ref(), &ty, &quote!(#path)));
        let text = source_text(path);
        let last = path.segments.last().expect("a path has a segment");
        let shown = format!("{name}_of_{}", last.ident.unraw());
        let value = match config {
            PartConfig::None => None,
            PartConfig::Args(args) => Some(quote_spanned!(span=> #ty::configured #args)),
            PartConfig::Value(value) => Some(value.clone()),
            PartConfig::Calls(calls) => Some(quote_spanned!(span=> #ty::new() #calls)),
        };
        let layer = part.layer_text();
        let (site, shared) = match value {
            None => (ty.clone(), None),
            Some(value) => {
                let site = format_ident!("__With{name}", span = span);
                let value = match layer {
                    // The value of a tower layer is no constant, which must not be a second error.
                    Some(_) => quote_spanned! {span=>
                        ::std::sync::LazyLock<#ty> = ::std::sync::LazyLock::new(|| #value)
                    },
                    None => quote_spanned!(span=> #ty = #value),
                };
                self.configured_site(&site, &ty, &shown, &value);
                // rustc reports a value that cannot be a static.
                (site, Some(quote!(* __hb::SharedProbe::<#ty>::IS)))
            }
        };
        let mode = match layer {
            Some(layer) => quote_spanned! {span=>
                __hb::no_layer_mode(#text, #layer, __hb::PartProbe::<(#ty,)>::IS)
            },
            None => quote_spanned! {span=>
                __hb::part_mode(
                    #text,
                    __hb::PartProbe::<(#ty,)>::IS,
                    __hb::ConfiguredPartProbe::<#site>::IS,
                )
            },
        };
        PartTypes {
            part: ty,
            site,
            mode: quote!(#mode #shared),
            shown,
            span,
        }
    }

    /// Generates a type without size that represents a configured part. `value` is the type and the value, which is a
    /// static, so it may hold state that requests share, such as a counter or a semaphore.
    fn configured_site(&mut self, site: &Ident, ty: &Ident, shown: &str, value: &TokenStream) {
        let span = site.span();
        let value_name = shown_name("value", shown);
        let (holds, absent) = (
            self.cfg.as_ref().map(|cfg| &cfg.holds),
            self.cfg.as_ref().map(|cfg| cfg.absent(site)),
        );
        self.items.extend(quote_spanned! {span=>
            #absent
            #holds
            #[allow(non_camel_case_types)]
            struct #site;
            // It is outside the impl, since rustc prints its path: "evaluation of `_::value_0_of_limit` failed here".
            #holds
            static #value_name: #value;
            #holds
            #[automatically_derived]
            impl __hb::ConfiguredPart for #site {
                type Part = #ty;
                fn part() -> &'static #ty {
                    &#value_name
                }
            }
        });
    }

    /// Returns the type of a condition.
    fn condition(&mut self, name: &str, condition: &Condition) -> TokenStream {
        let holds = match condition {
            Condition::Guard(guard) => {
                let assert = quote_spanned!(first_span(&guard.path)=> condition_mode);
                let guard = self.shared_guard(name, guard, &assert);
                return quote!(__hb::GuardPasses<#guard>);
            }
            Condition::Closure(closure) => quote!(__hb::run_predicate(#closure, __cx)),
            Condition::Value(value) => quote!(#value),
        };
        let ty = format_ident!("__When{name}");
        let present = self.cfg.as_ref().map(|cfg| &cfg.holds);
        let otherwise = self.cfg.as_ref().map(|cfg| {
            let fails = &cfg.fails;
            quote!(#fails { false })
        });
        self.items.extend(quote! {
            #[allow(non_camel_case_types)]
            struct #ty;
            #[automatically_derived]
            impl __hb::PredicateFn for #ty {
                #[allow(unused_variables)]
                fn is_met(__cx: &__hb::Context<'_>) -> ::core::primitive::bool {
                    #present { #holds }
                    #otherwise
                }
            }
        });
        quote!(__hb::Predicate<#ty>)
    }
}
