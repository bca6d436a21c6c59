//! The types of a client: imported, or written from their schemas.

use std::collections::{BTreeMap, BTreeSet};

use highball::describe::{InputKind, Login};
use serde_json::Value;

use super::{
    own_types::{OwnTypes, outside},
    rust_type::{Prefixes, RustType},
};
use crate::{
    common::Common,
    described::DescribedOperation,
    error::Error,
    operation,
    schemas::{Direction, Schemas, reference_name},
};

/// The types of a client.
pub(crate) struct Context {
    pub(crate) prefixes: Prefixes,
    pub(crate) own: OwnTypes,
    /// The security schemes of the operations so far.
    pub(crate) logins: BTreeSet<Login>,
    /// The schemas by the names of their types.
    answers: BTreeMap<&'static str, Value>,
    requests: BTreeMap<&'static str, Value>,
}

impl Context {
    /// Returns the types of these operations.
    pub(crate) fn new(
        prefixes: Prefixes,
        operations: &[DescribedOperation],
        common: Common,
        mut schemas: Schemas,
    ) -> Result<Self, Error> {
        let (mut answers, mut requests) = (BTreeMap::new(), BTreeMap::new());
        for DescribedOperation { route, .. } in operations {
            let place = operation::place(route);
            for ty in common
                .answers(route)
                .iter()
                .filter_map(|answer| answer.type_name())
            {
                let schema = schemas.of(ty, Direction::Answer, &place);
                answers.extend(schema.map(|schema| (ty, schema)));
            }
            for input in route.inputs() {
                let (InputKind::Query { ty, .. } | InputKind::Body { ty: Some(ty), .. }) =
                    input.kind
                else {
                    continue;
                };
                let schema = schemas.of(ty(), Direction::Request, &place);
                requests.extend(schema.map(|schema| (ty(), schema)));
            }
        }
        schemas.check()?;
        let mut context = Self {
            prefixes,
            own: OwnTypes::new(schemas.into_named()),
            logins: BTreeSet::new(),
            answers,
            requests,
        };
        context.import_all();
        Ok(context)
    }

    /// Records which schemas are those of imported types, so that types that are written can refer to them.
    fn import_all(&mut self) {
        let all = self.answers.iter().chain(&self.requests);
        for (ty, schema) in all {
            if let Some(ty) = RustType::parse(ty) {
                import(&ty, schema, &self.prefixes, &mut self.own);
            }
        }
    }

    /// Returns the type of an answer's body. `hint` names a type that has no name.
    pub(crate) fn answer_type(&mut self, ty: &str, hint: &str) -> String {
        let schema = self.answers.get(ty).cloned();
        self.find(ty, schema.as_ref(), hint)
    }

    /// Returns the type of a request's body or query.
    pub(crate) fn request_type(&mut self, ty: &str, hint: &str) -> String {
        let schema = self.requests.get(ty).cloned();
        self.find(ty, schema.as_ref(), hint)
    }

    fn find(&mut self, ty: &str, schema: Option<&Value>, hint: &str) -> String {
        let imported = RustType::parse(ty).and_then(|ty| self.prefixes.name(&ty));
        imported.unwrap_or_else(|| outside(&self.own.of(schema.unwrap_or(&Value::Null), hint)))
    }
}

fn import(ty: &RustType, schema: &Value, prefixes: &Prefixes, own: &mut OwnTypes) {
    let reference = schema.get("$ref").and_then(Value::as_str);
    if let (Some(path), Some(name)) = (prefixes.imported(ty), reference.and_then(reference_name)) {
        return own.import(name, path);
    }
    let options = schema.get("anyOf").and_then(Value::as_array);
    let inner = schema
        .get("items")
        .or_else(|| schema.get("additionalProperties"))
        .or_else(|| options?.iter().find(|option| option.get("$ref").is_some()))
        .unwrap_or(schema);
    if let Some(item) = ty.item() {
        import(item, inner, prefixes, own);
    }
}
