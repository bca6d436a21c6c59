//! A schema with its references and `allOf` resolved, but not those of the schemas in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    document::Document,
    limits::{Bound, Span, explicit_bounds},
    types::Types,
};

/// A schema. Schemas in it are the values of the document, or `allOf` of several.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Schema {
    pub(super) types: Types,
    /// The values of `enum` or `const`, without `null`, which is one of the types.
    pub(super) values: Option<Vec<Value>>,
    pub(super) formats: BTreeSet<String>,
    pub(super) patterns: BTreeSet<String>,
    pub(super) minimum: Option<Bound>,
    pub(super) maximum: Option<Bound>,
    pub(super) length: Span,
    pub(super) item_count: Span,
    pub(super) property_count: Span,
    pub(super) multiples: Vec<Value>,
    pub(super) is_unique: bool,
    pub(super) properties: BTreeMap<String, Value>,
    pub(super) required: BTreeSet<String>,
    pub(super) additional: Value,
    /// `unevaluatedProperties`, which applies after `allOf` and variants.
    pub(super) unevaluated: Value,
    pub(super) prefix: Vec<Value>,
    pub(super) items: Value,
    /// The members of each `anyOf` and `oneOf`.
    pub(super) unions: Vec<Vec<Value>>,
    /// Every other keyword that restricts values.
    pub(super) others: BTreeMap<String, Vec<Value>>,
    pub(super) default: Option<Value>,
    pub(super) is_deprecated: bool,
    pub(super) is_read_only: bool,
    pub(super) is_write_only: bool,
    /// The name of the component.
    pub(super) component: Option<String>,
    pub(super) title: Option<String>,
}

impl Schema {
    /// Returns the schema that allows every value.
    pub(super) fn any() -> Self {
        Self {
            types: Types::ALL,
            values: None,
            formats: BTreeSet::new(),
            patterns: BTreeSet::new(),
            minimum: None,
            maximum: None,
            length: Span::ANY,
            item_count: Span::ANY,
            property_count: Span::ANY,
            multiples: Vec::new(),
            is_unique: false,
            properties: BTreeMap::new(),
            required: BTreeSet::new(),
            additional: Value::Bool(true),
            unevaluated: Value::Bool(true),
            prefix: Vec::new(),
            items: Value::Bool(true),
            unions: Vec::new(),
            others: BTreeMap::new(),
            default: None,
            is_deprecated: false,
            is_read_only: false,
            is_write_only: false,
            component: None,
            title: None,
        }
    }

    /// Returns the schema that allows no value.
    pub(super) fn never() -> Self {
        Self {
            types: Types::NONE,
            ..Self::any()
        }
    }

    /// Returns the schema without its name, for a part of it.
    pub(super) fn unnamed(self) -> Self {
        Self {
            component: None,
            title: None,
            ..self
        }
    }

    /// Returns the schema with other types.
    pub(super) fn with_types(self, types: Types) -> Self {
        Self { types, ..self }
    }

    /// Returns whether every value is allowed, or every value but `null`.
    pub(super) fn is_any(&self) -> bool {
        self.types.or(Types::NULL) == Types::ALL && self.is_only_type()
    }

    /// Returns whether nothing but the type restricts values.
    pub(super) fn is_only_type(&self) -> bool {
        self.values.is_none() && self.has_no_limits()
    }

    /// Returns whether the values are listed, and nothing else restricts them.
    pub(super) fn is_enum(&self) -> bool {
        self.values.is_some() && self.has_no_limits()
    }

    /// Returns whether nothing but the type and the list of values restricts values.
    fn has_no_limits(&self) -> bool {
        let any = Self {
            types: self.types,
            values: self.values.clone(),
            default: self.default.clone(),
            is_deprecated: self.is_deprecated,
            is_read_only: self.is_read_only,
            is_write_only: self.is_write_only,
            component: self.component.clone(),
            title: self.title.clone(),
            ..Self::any()
        };
        *self == any
    }

    /// Returns the name of the component, or the title.
    pub(super) fn label(&self) -> Option<&String> {
        self.component.as_ref().or(self.title.as_ref())
    }

    /// Returns the schemas in this one.
    pub(super) fn inner(&self) -> impl Iterator<Item = &Value> {
        let properties = self
            .properties
            .values()
            .chain([&self.additional, &self.unevaluated]);
        let items = self.prefix.iter().chain([&self.items]);
        let others = self.unions.iter().chain(self.others.values()).flatten();
        properties.chain(items).chain(others)
    }

    /// Returns whether a schema, or one that it refers to, has an annotation.
    pub(super) fn is_annotated(document: Document<'_>, value: &Value, annotation: &str) -> bool {
        if value.get("$ref").is_none() && value.get("allOf").is_none() {
            return value.get(annotation) == Some(&Value::Bool(true));
        }
        let schema = Self::read(document, value);
        match annotation {
            "readOnly" => schema.is_read_only,
            _ => schema.is_write_only,
        }
    }

    /// Returns the schema of the properties that are not declared.
    pub(super) fn other_properties(&self) -> &Value {
        match self.additional {
            Value::Bool(true) => &self.unevaluated,
            _ => &self.additional,
        }
    }

    /// Removes what other keywords imply: values of other types, types without a value, bounds of a format.
    pub(super) fn settle(mut self) -> Self {
        if let Some(values) = self.values.take() {
            let types = self.types;
            let allowed: Vec<_> = values
                .into_iter()
                .filter(|value| types.has(Types::of(value)))
                .collect();
            self.types = allowed
                .iter()
                .fold(Types::NONE, |types, value| types.or(Types::of(value)));
            let values: Vec<_> = allowed
                .into_iter()
                .filter(|value| !value.is_null())
                .collect();
            self.values = (!values.is_empty()).then_some(values);
        }
        let format = self.formats.first();
        let (minimum, maximum) =
            explicit_bounds(self.types, format, self.minimum.take(), self.maximum.take());
        Self {
            minimum,
            maximum,
            ..self
        }
    }
}
