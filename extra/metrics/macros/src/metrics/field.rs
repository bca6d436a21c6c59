//! A field of a struct of metrics.

use highball_macro_stages::errors::Errors;
use proc_macro2::Span;
use quote::{ToTokens, format_ident};
use syn::{Field, GenericArgument, Ident, PathArguments, Token, Type, punctuated::Punctuated};

use super::Setting;
use crate::{buckets, doc, name};

/// The message about a name that Prometheus does not accept.
pub(super) const INVALID: &str = "the name of a metric has only `a-z`, `A-Z`, `0-9`, `_` and `:`, and begins with no \
                                  digit: write another one, `#[metric(name = \"..\")]`";

/// The types of metrics, with the functions that create them.
const KINDS: [(&str, &str); 3] = [
    ("Counter", "counter"),
    ("Gauge", "gauge"),
    ("Histogram", "histogram"),
];

/// A metric, as its field describes it.
pub(super) struct MetricField<'f> {
    pub(super) ident: &'f Ident,
    /// Where an error about the name is.
    pub(super) place: Span,
    pub(super) name: String,
    pub(super) help: String,
    /// The function that creates it.
    pub(super) constructor: Ident,
    /// The type of its labels, unless it is `()`.
    pub(super) labels: Option<&'f Type>,
    pub(super) unit: Option<&'f Type>,
    pub(super) series: Option<u64>,
    /// The bounds of a histogram.
    pub(super) bounds: Option<Vec<f64>>,
}

impl<'f> MetricField<'f> {
    /// Reads a field, or adds errors.
    pub(super) fn read(field: &'f Field, prefix: &str, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let help = help(field, ident, errors);
        let options = Options::read(field, errors);
        let (kind, arguments) = kind(field, errors)?;
        let bounds = bounds(field, ident, kind, errors);
        let name = options
            .name
            .unwrap_or_else(|| format!("{prefix}_{}", name::snake(ident)));
        if !name::is_metric(&name) {
            errors.at(ident, INVALID);
        }
        let mut arguments = arguments.into_iter();
        Some(Self {
            ident,
            place: options.place.unwrap_or_else(|| ident.span()),
            name,
            help,
            constructor: format_ident!("{kind}"),
            labels: arguments.next().filter(|ty| !is_unit_type(ty)),
            unit: arguments.next(),
            series: options.series,
            bounds,
        })
    }
}

fn help(field: &Field, ident: &Ident, errors: &mut Errors) -> String {
    let help = doc::first_paragraph(&field.attrs);
    if help.is_empty() {
        let message = format!(
            "the metric `{ident}` has no help: write a doc comment above it, such as `/// Orders that were paid.`"
        );
        errors.at(ident, message);
    }
    help
}

/// Returns the kind of a metric, and the types of its labels and its unit.
fn kind<'f>(field: &'f Field, errors: &mut Errors) -> Option<(&'static str, Vec<&'f Type>)> {
    let last = match &field.ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let kind = last.and_then(|last| KINDS.iter().find(|(name, _)| last.ident == name));
    let (Some((_, kind)), Some(last)) = (kind, last) else {
        let message = format!(
            "`{}` is not a metric: write `Counter`, `Gauge` or `Histogram`, such as `Counter<Channel>`",
            field.ty.to_token_stream()
        );
        errors.at(&field.ty, message);
        return None;
    };
    let arguments = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter(),
        _ => return Some((kind, Vec::new())),
    };
    let types = arguments.filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some((kind, types.collect()))
}

/// Returns the bounds of a histogram, which no other metric has.
fn bounds(field: &Field, ident: &Ident, kind: &str, errors: &mut Errors) -> Option<Vec<f64>> {
    let mut attrs = field.attrs.iter();
    let attr = attrs.find(|attr| attr.path().is_ident("buckets"));
    let bounds = attr.map(|attr| buckets::read(attr, errors));
    let is_histogram = kind == "histogram";
    if is_histogram && bounds.is_none() {
        let message = format!(
            "the histogram `{ident}` has no bounds: write `#[buckets(5.0, 20.0, 50.0)]` above it, with a bound at each \
             value that an alert compares"
        );
        errors.at(ident, message);
    }
    if !is_histogram && bounds.is_some() {
        let message =
            format!("`{ident}` has bounds but is a {kind}: remove them, or write `Histogram`");
        errors.at(ident, message);
    }
    bounds
}

fn is_unit_type(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// The options of `#[metric(..)]`.
#[derive(Default)]
struct Options {
    name: Option<String>,
    place: Option<Span>,
    series: Option<u64>,
}

impl Options {
    fn read(field: &Field, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let attrs = field.attrs.iter();
        for attr in attrs.filter(|attr| attr.path().is_ident("metric")) {
            let list = attr.parse_args_with(Punctuated::<Setting, Token![,]>::parse_terminated);
            for setting in errors.keep(list).into_iter().flatten() {
                match setting {
                    Setting::Name(name) => {
                        options.place = Some(name.span());
                        options.name = Some(name.value());
                    }
                    Setting::Series(_, series) => options.series = Some(series),
                    Setting::Prefix(text) => {
                        errors.at(text, "`prefix` is an option of the struct: write `#[metrics(prefix = \"..\")]` above it");
                    }
                }
            }
        }
        options
    }
}
