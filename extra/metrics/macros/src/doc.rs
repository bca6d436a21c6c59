//! The help of a metric: its doc comment.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// Returns the first paragraph of a doc comment in one line.
pub(crate) fn first_paragraph(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(line);
    // A block comment is one attribute with several lines.
    let lines: Vec<_> = lines.collect();
    let lines = lines
        .iter()
        .flat_map(|text| text.split('\n'))
        .map(str::trim);
    let lines = lines.skip_while(|line| line.is_empty());
    let lines: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join(" ")
}

fn line(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attr.meta else {
        return None;
    };
    match &meta.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if meta.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}
