//! One of the two documents: its references and its operations.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::Value;

/// The methods of a path item, in the order in which changes are reported.
const METHODS: [&str; 9] = [
    "get", "head", "post", "put", "patch", "delete", "options", "trace", "query",
];

/// A document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document<'d> {
    root: &'d Value,
}

/// An operation, and the path item that it is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'d> {
    pub(super) method: &'static str,
    pub(super) path: &'d str,
    pub(super) item: &'d Value,
    pub(super) value: &'d Value,
}

/// Identifies an operation in both documents: its path without the names of parameters, and the index of its method.
pub(super) type OperationKey = (String, usize);

impl<'d> Document<'d> {
    pub(super) fn new(root: &'d Value) -> Self {
        Self { root }
    }

    pub(super) fn root(self) -> &'d Value {
        self.root
    }

    /// Returns a field of the document.
    pub(super) fn get(self, name: &str) -> Option<&'d Value> {
        self.root.get(name)
    }

    /// Returns the target of a reference such as `#/components/schemas/Todo`, if it is in the document.
    pub(super) fn lookup(self, reference: &str) -> Option<&'d Value> {
        let pointer = reference.strip_prefix('#')?;
        self.root.pointer(&decode_percent(pointer))
    }

    /// Follows the references of an object other than a schema.
    pub(super) fn resolve(self, value: &'d Value) -> &'d Value {
        let mut target = value;
        let mut followed = Vec::new();
        while let Some(reference) = target.get("$ref").and_then(Value::as_str) {
            if followed.contains(&reference) {
                return &Value::Null;
            }
            followed.push(reference);
            target = self.lookup(reference).unwrap_or(&Value::Null);
        }
        target
    }

    /// Returns the operations, in a stable order.
    pub(super) fn operations(self) -> BTreeMap<OperationKey, Operation<'d>> {
        let paths = self.get("paths").and_then(Value::as_object);
        let operations = paths.into_iter().flatten().flat_map(|(path, item)| {
            let item = self.resolve(item);
            let template = template(path);
            METHODS
                .iter()
                .enumerate()
                .filter_map(move |(index, method)| {
                    let value = item.get(method)?;
                    let operation = Operation {
                        method,
                        path,
                        item,
                        value,
                    };
                    Some(((template.clone(), index), operation))
                })
        });
        operations.collect()
    }
}

/// Returns a path without the names of its parameters.
fn template(path: &str) -> String {
    let mut pieces = path.split('{');
    let mut template = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        template.push_str("{}");
        template.push_str(piece.split_once('}').map_or("", |(_, rest)| rest));
    }
    template
}

/// Returns the names of the parameters in a path.
pub(super) fn parameter_names(path: &str) -> Vec<&str> {
    let pieces = path.split('{').skip(1);
    pieces
        .map(|piece| piece.split('}').next().unwrap_or(piece))
        .collect()
}

/// Decodes a JSON pointer that is a fragment of a URI (RFC 6901 §6).
fn decode_percent(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits
            .and_then(|two| u8::from_str_radix(two, 16).ok())
            .filter(|_| first == b'%')
        {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}
