//! The arguments of an operation, and the statements that put them into a request.

use std::collections::BTreeSet;

use highball::describe::{InputInfo, InputKind};

use super::{
    context::Context,
    rust_type::RustType,
    text::{camel, field_name},
};
use crate::operation;

/// The arguments of an operation.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// The names and types of a function's arguments.
    pub(crate) list: Vec<(String, String)>,
    /// Calls of methods of `Call`: the method and its arguments.
    pub(crate) calls: Vec<(&'static str, Vec<String>)>,
    /// The fields of the struct with the headers: the name, whether it is required, and a description.
    pub(crate) headers: Vec<(String, bool, String)>,
    /// The security schemes.
    pub(crate) schemes: Vec<String>,
}

/// Names of arguments that path parameters cannot have.
const TAKEN: [&str; 6] = ["body", "call", "headers", "query", "answer", "types"];

/// A body that a client can send, the better formats first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Format {
    Json,
    Form,
    Text,
    /// Bytes with a media type.
    Bytes(&'static str),
    /// Bytes whose media type the caller states.
    Raw,
}

impl Format {
    fn of(media_type: &'static str) -> Self {
        match media_type {
            "application/json" => Self::Json,
            "application/x-www-form-urlencoded" => Self::Form,
            "multipart/form-data" | "*/*" => Self::Raw,
            "text/plain" => Self::Text,
            other => Self::Bytes(other),
        }
    }
}

impl Arguments {
    /// Returns the arguments of an operation with this path.
    pub(crate) fn new(path: &str, inputs: &[InputInfo], id: &str, context: &mut Context) -> Self {
        let mut arguments = Self::default();
        arguments.add_path(path, inputs, context);
        arguments.add_queries(inputs, id, context);
        arguments.add_headers(inputs, id);
        arguments.add_body(inputs, id, context);
        for input in inputs {
            if let InputKind::Login(login) = &input.kind {
                let scheme = operation::scheme_name(login);
                context.logins.insert(*login);
                if !arguments.schemes.contains(&scheme) {
                    arguments.schemes.push(scheme);
                }
            }
        }
        arguments
    }

    fn add_path(&mut self, path: &str, inputs: &[InputInfo], context: &Context) {
        for piece in pieces(path) {
            let (name, method) = match piece {
                Piece::Static(text) => {
                    self.calls.push(("path", vec![format!("{text:?}")]));
                    continue;
                }
                Piece::Param(name) => (name, "param"),
                Piece::Rest(name) => (name, "rest"),
            };
            let found = inputs.iter().find_map(|input| match input.kind {
                InputKind::Param { name: other, ty } if other == name => Some(ty()),
                _ => None,
            });
            let argument = self.free_name(&name);
            self.calls
                .push((method, vec![format!("{name:?}"), argument.clone()]));
            let ty = found.and_then(RustType::parse);
            self.list.push((argument, param_type(ty.as_ref(), context)));
        }
    }

    /// Returns a name for an argument that no other has.
    fn free_name(&self, name: &str) -> String {
        let (mut name, _) = field_name(name);
        let is_taken =
            |name: &str| TAKEN.contains(&name) || self.list.iter().any(|(known, _)| known == name);
        while is_taken(&name) {
            name.push('_');
        }
        name
    }

    fn add_queries(&mut self, inputs: &[InputInfo], id: &str, context: &mut Context) {
        let mut seen = BTreeSet::new();
        for input in inputs {
            let InputKind::Query { ty, .. } = input.kind else {
                continue;
            };
            if !seen.insert(ty()) {
                continue;
            }
            let ty = context.request_type(ty(), &format!("{}Query", camel(id)));
            let name = match self.list.iter().any(|(name, _)| name == "query") {
                true => format!("query{}", seen.len()),
                false => "query".to_owned(),
            };
            self.add_value("query", name, &borrowed(&ty), input.is_required);
        }
    }

    /// Adds an argument that `Call` takes as an option.
    fn add_value(&mut self, method: &'static str, name: String, ty: &str, is_required: bool) {
        let (ty, value) = match is_required {
            true => (ty.to_owned(), format!("Some({name})")),
            false => (format!("Option<{ty}>"), name.clone()),
        };
        self.list.push((name, ty));
        self.calls.push((method, vec![value]));
    }

    fn add_headers(&mut self, inputs: &[InputInfo], id: &str) {
        let mut required: Vec<(&'static str, &'static str, bool)> = Vec::new();
        for input in inputs {
            let (method, name) = match input.kind {
                // A credential or the format of the body.
                InputKind::Header("authorization" | "content-type") => continue,
                InputKind::Header(name) => ("header", name),
                InputKind::Cookie(name) => ("cookie", name),
                _ => continue,
            };
            match required
                .iter_mut()
                .find(|known| (known.0, known.1) == (method, name))
            {
                Some(known) => known.2 |= input.is_required,
                None => required.push((method, name, input.is_required)),
            }
        }
        for (method, name, is_required) in required {
            let prefix = if method == "cookie" { "cookie_" } else { "" };
            let (mut field, _) = field_name(&format!("{prefix}{name}"));
            while self.headers.iter().any(|(known, ..)| *known == field) {
                field.push('_');
            }
            let value = match is_required {
                true => format!("Some(headers.{field})"),
                false => format!("headers.{field}"),
            };
            self.calls.push((method, vec![format!("{name:?}"), value]));
            self.headers
                .push((field, is_required, format!("The {method} `{name}`.")));
        }
        if !self.headers.is_empty() {
            let ty = format!("{}Headers<'_>", camel(id));
            self.list.push(("headers".to_owned(), ty));
        }
    }

    fn add_body(&mut self, inputs: &[InputInfo], id: &str, context: &mut Context) {
        let bodies = inputs.iter().filter_map(|input| match input.kind {
            InputKind::Body { media_type, ty } => {
                Some((Format::of(media_type), ty.map(|ty| ty()), input.is_required))
            }
            _ => None,
        });
        let bodies: Vec<_> = bodies.collect();
        let Some(format) = bodies.iter().map(|(format, ..)| *format).min() else {
            return;
        };
        let is_required = bodies.iter().any(|(.., is_required)| *is_required);
        let types = bodies.iter().filter(|(other, ..)| *other == format);
        let types: BTreeSet<_> = types.filter_map(|(_, ty, _)| *ty).collect();
        let types: Vec<_> = types.into_iter().collect();
        let body = "body".to_owned();
        match format {
            Format::Json | Format::Form => {
                let ty = match types[..] {
                    [ty] => context.request_type(ty, &format!("{}Body", camel(id))),
                    // One of several types: the caller decides.
                    _ => "serde_json::Value".to_owned(),
                };
                let method = if format == Format::Json {
                    "json"
                } else {
                    "form"
                };
                self.add_value(method, body, &borrowed(&ty), is_required);
            }
            Format::Text => {
                self.list.push((body.clone(), "&str".to_owned()));
                self.calls.push(("text", vec![body]));
            }
            Format::Bytes(media_type) => {
                self.list
                    .push((body.clone(), "impl Into<Bytes>".to_owned()));
                self.calls.push((
                    "bytes",
                    vec![format!("{media_type:?}"), "body.into()".to_owned()],
                ));
            }
            Format::Raw => {
                self.list.push((body, "RawBody".to_owned()));
                self.calls.push((
                    "bytes",
                    vec!["&body.content_type".to_owned(), "body.body".to_owned()],
                ));
            }
        }
    }
}

/// Returns the type of an argument that is serialized.
fn borrowed(ty: &str) -> String {
    match ty
        .strip_prefix("Vec<")
        .and_then(|item| item.strip_suffix('>'))
    {
        Some(item) => format!("&[{item}]"),
        None if ty == "String" => "&str".to_owned(),
        None => format!("&{ty}"),
    }
}

/// Returns the type of an argument for a path parameter. A client writes types that it cannot import as text.
fn param_type(ty: Option<&RustType>, context: &Context) -> String {
    match ty {
        Some(ty) if ty.is_scalar() => context.prefixes.name(ty),
        Some(RustType::Path(..)) => {
            let imported = ty.and_then(|ty| context.prefixes.imported(ty));
            imported.map(|path| format!("&{path}"))
        }
        _ => None,
    }
    .unwrap_or_else(|| "&str".to_owned())
}

/// A part of a path.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// Text, percent-encoded.
    Static(String),
    Param(String),
    Rest(String),
}

/// Splits a pattern.
fn pieces(pattern: &str) -> Vec<Piece> {
    let (mut pieces, mut text) = (Vec::new(), String::new());
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            text.push_str(if c == '{' { "%7B" } else { "%7D" });
            rest = after;
            continue;
        }
        match after.split_once('}') {
            Some((name, after)) if c == '{' => {
                if !text.is_empty() {
                    pieces.push(Piece::Static(std::mem::take(&mut text)));
                }
                pieces.push(match name.strip_prefix('*') {
                    Some(name) => Piece::Rest(name.to_owned()),
                    None => Piece::Param(name.to_owned()),
                });
                rest = after;
            }
            _ => {
                push_encoded(&mut text, c);
                rest = after;
            }
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Static(text));
    }
    pieces
}

/// Appends a character of a pattern. Escapes are kept, and so are the characters of a path (RFC 3986 §3.3).
fn push_encoded(text: &mut String, c: char) {
    if c.is_ascii_alphanumeric() || "/%-._~!$&'()*+,;=:@".contains(c) {
        return text.push(c);
    }
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        text.push_str(&format!("%{byte:02X}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_split_and_encoded() {
        let text = |text: &str| Piece::Static(text.to_owned());
        let param = |name: &str| Piece::Param(name.to_owned());
        assert_eq!(pieces("/"), [text("/")]);
        assert_eq!(
            pieces("/v{a}/{b}.json"),
            [text("/v"), param("a"), text("/"), param("b"), text(".json")]
        );
        assert_eq!(
            pieces("/f/{*rest}"),
            [text("/f/"), Piece::Rest("rest".to_owned())]
        );
        assert_eq!(
            pieces("/{{id}}/a%20b/ä c"),
            [text("/%7Bid%7D/a%20b/%C3%A4%20c")]
        );
    }
}
