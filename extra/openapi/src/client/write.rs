//! The source of a client, in the order of the file.

use std::collections::BTreeMap;

use highball::describe::Login;

use super::{
    answers,
    arguments::Arguments,
    context::Context,
    own_types::OwnTypes,
    rust_type::Prefixes,
    text::{Lines, camel, field_name},
};
use crate::{
    common::Common,
    described::{Described, DescribedOperation},
    error::Error,
    operation,
};

/// The parts of every client: the transport, errors, problem details and the state of the client.
const SUPPORT: &str = include_str!("support.rs");
/// The part that builds requests and reads answers.
const CALL: &str = include_str!("call.rs");

const HEAD: &str = "//!
//! `highball_openapi::client::rust` has written this file from the declarations of the server. Do not edit it.
//!
//! Each method of [`Client`] is an operation, and returns an enum with a variant for each documented answer. A request
//! is sent once, by a [`Transport`]. Only credentials that an operation accepts are sent with it.

#![allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
#![allow(deprecated, unreachable_pub, unused_qualifications)]

use std::{collections::BTreeMap, fmt, future::Future};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
";

/// Names of methods that an operation cannot have.
const TAKEN: [&str; 5] = [
    "new",
    "send_call",
    "with_credential",
    "with_traceparent",
    "fmt",
];

/// Returns the source of a client.
pub(crate) fn source(described: Described, prefixes: Prefixes) -> Result<String, Error> {
    let Described {
        info,
        operations,
        schemas,
        common,
        ..
    } = described;
    check_names(&operations)?;
    let mut context = Context::new(prefixes, &operations, common, schemas)?;
    let (mut methods, mut types) = (Lines::default(), Lines::default());
    for (i, operation) in operations.iter().enumerate() {
        if i > 0 {
            methods.blank();
        }
        write_operation(operation, common, &mut methods, &mut types, &mut context);
    }
    let title: Vec<_> = info.title.split_whitespace().collect();
    let mut lines = Lines::default();
    lines.push(
        0,
        format!("//! A client of the API \"{}\".", title.join(" ")),
    );
    lines.text(HEAD);
    lines.blank();
    lines.text(SUPPORT);
    write_credentials(&mut lines, context.logins.iter());
    if !operations.is_empty() {
        lines.blank();
        lines.push(0, "/// The operations.".to_owned());
        lines.push(0, "impl<T: Transport> Client<T> {".to_owned());
        lines.append(&methods);
        lines.push(0, "}".to_owned());
    }
    lines.append(&types);
    write_types(&mut lines, context.own);
    lines.blank();
    lines.text(CALL);
    Ok(lines.into_string())
}

/// Returns an error if two operations have the same name in Rust.
fn check_names(operations: &[DescribedOperation]) -> Result<(), Error> {
    let mut known: BTreeMap<String, &DescribedOperation> = BTreeMap::new();
    let mut messages = Vec::new();
    for operation in operations {
        if let Some(first) = known.insert(camel(&operation.id), operation) {
            messages.push(format!(
                "two operations have the name `{}` in a client: {} and {}; rename one of the handlers",
                method_name(&operation.id),
                operation::place(first.route),
                operation::place(operation.route),
            ));
        }
    }
    match messages.is_empty() {
        true => Ok(()),
        false => Err(Error::new(messages)),
    }
}

/// Returns the name of an operation's method.
pub(crate) fn method_name(id: &str) -> String {
    let (name, _) = field_name(id);
    match TAKEN.contains(&name.as_str()) || name.starts_with("with_") {
        true => format!("{name}_"),
        false => name,
    }
}

fn write_operation(
    operation: &DescribedOperation,
    common: Common,
    methods: &mut Lines,
    types: &mut Lines,
    context: &mut Context,
) {
    let DescribedOperation { route, id, .. } = operation;
    let name = method_name(id);
    let arguments = Arguments::new(route.path(), &route.inputs(), id, context);
    write_doc(operation, methods);
    let list = arguments
        .list
        .iter()
        .map(|(name, ty)| format!("{name}: {ty}"));
    let list: Vec<_> = std::iter::once("&self".to_owned()).chain(list).collect();
    let returns = format!("Result<{}Answer, ClientError<T::Error>>", camel(id));
    methods.function(1, &format!("pub async fn {name}"), &list, &returns);
    let method = operation.method.to_uppercase();
    methods.push(2, format!("let mut call = Call::new({method:?});"));
    for (function, values) in &arguments.calls {
        methods.call(2, &format!("call.{function}"), values, ";");
    }
    for scheme in &arguments.schemes {
        methods.push(2, format!("call.accepts({scheme:?});"));
    }
    methods.push(2, "let answer = self.send_call(call).await?;".to_owned());
    methods.push(2, format!("Ok({}Answer::read(answer)?)", camel(id)));
    methods.push(1, "}".to_owned());
    let all = common.answers(route);
    answers::write(types, id, &name, &all, context);
    if !arguments.headers.is_empty() {
        write_headers(types, id, &name, &arguments.headers);
    }
}

fn write_doc(operation: &DescribedOperation, lines: &mut Lines) {
    let DescribedOperation { route, method, .. } = operation;
    if !route.doc().is_empty() {
        lines.doc(1, route.doc().to_owned());
        lines.doc(1, "\n".to_owned());
    }
    lines.doc(1, format!("`{} {}`", method.to_uppercase(), route.path()));
    let unknown = route.unknown_answers();
    if !unknown.is_empty() {
        let unknown: Vec<_> = unknown.iter().map(|source| format!("`{source}`")).collect();
        lines.doc(
            1,
            format!(
                "\nThe server does not document all answers of {}.",
                unknown.join(", ")
            ),
        );
    }
    match route.deprecated() {
        None => {}
        Some("") => lines.push(1, "#[deprecated]".to_owned()),
        Some(note) => lines.push(1, format!("#[deprecated = {note:?}]")),
    }
}

fn write_headers(lines: &mut Lines, id: &str, name: &str, fields: &[(String, bool, String)]) {
    let has_default = fields.iter().all(|(_, is_required, _)| !is_required);
    let default = if has_default { ", Default" } else { "" };
    lines.blank();
    lines.doc(0, format!("The headers of [`{name}`](Client::{name})."));
    lines.push(0, format!("#[derive(Debug, Clone, Copy{default})]"));
    lines.push(0, format!("pub struct {}Headers<'a> {{", camel(id)));
    for (field, is_required, doc) in fields {
        let ty = if *is_required {
            "&'a str"
        } else {
            "Option<&'a str>"
        };
        lines.doc(1, doc.clone());
        lines.push(1, format!("pub {field}: {ty},"));
    }
    lines.push(0, "}".to_owned());
}

/// Writes a method for each security scheme.
fn write_credentials<'a>(lines: &mut Lines, logins: impl Iterator<Item = &'a Login>) {
    let mut logins = logins.peekable();
    if logins.peek().is_none() {
        return;
    }
    lines.blank();
    lines.push(0, "/// The credentials.".to_owned());
    lines.push(0, "impl<T> Client<T> {".to_owned());
    for (i, login) in logins.enumerate() {
        if i > 0 {
            lines.blank();
        }
        write_credential(lines, login);
    }
    lines.push(0, "}".to_owned());
}

fn write_credential(lines: &mut Lines, login: &Login) {
    let scheme = operation::scheme_name(login);
    let (what, argument, header, value) = match login {
        Login::Basic => (
            "a user and a password (`Authorization: Basic`)".to_owned(),
            "user: &str, password: &str",
            "authorization".to_owned(),
            "format!(\"Basic {}\", base64(&format!(\"{user}:{password}\")))",
        ),
        Login::Bearer { format } => (
            match *format {
                "" => "a token (`Authorization: Bearer`)".to_owned(),
                format => format!("a token in the format {format} (`Authorization: Bearer`)"),
            },
            "token: &str",
            "authorization".to_owned(),
            "format!(\"Bearer {token}\")",
        ),
        Login::Header(name) => (
            format!("a key in the header `{name}`"),
            "key: &str",
            (*name).to_owned(),
            "key.to_owned()",
        ),
        Login::Cookie(name) => (
            format!("the cookie `{name}`"),
            "value: &str",
            format!("cookie:{name}"),
            "value.to_owned()",
        ),
        _ => return,
    };
    let method = format!("pub fn with_{}", field_name(&scheme).0);
    lines.doc(
        1,
        format!("Returns a client that sends {what}, to operations that accept it."),
    );
    lines.push(1, "#[must_use]".to_owned());
    lines.function(
        1,
        &method,
        &["self".to_owned(), argument.to_owned()],
        "Self",
    );
    lines.push(2, format!("let value = {value};"));
    let arguments = [
        format!("{scheme:?}"),
        format!("{header:?}"),
        "value".to_owned(),
    ];
    lines.call(2, "self.with_credential", &arguments, "");
    lines.push(1, "}".to_owned());
}

/// Writes the module of the types that are not imported.
fn write_types(lines: &mut Lines, own: OwnTypes) {
    let mut types = own.into_written().peekable();
    if types.peek().is_none() {
        return;
    }
    lines.blank();
    lines.push(0, "/// Types of bodies and queries.".to_owned());
    lines.push(0, "pub mod types {".to_owned());
    lines.text("    #[allow(unused_imports)]\n    use std::collections::BTreeMap;\n\n");
    lines.text("    use serde::{Deserialize, Serialize};\n");
    for ty in types {
        lines.blank();
        lines.append(&ty);
    }
    lines.push(0, "}".to_owned());
}
