//! A type that takes a name, so that schemars cannot use it.

use std::{borrow::Cow, cell::RefCell};

use schemars::{JsonSchema, Schema, SchemaGenerator};

thread_local! {
    static NAME: RefCell<String> = const { RefCell::new(String::new()) };
}

struct Taken;

impl JsonSchema for Taken {
    fn schema_name() -> Cow<'static, str> {
        NAME.with_borrow(|name| name.clone().into())
    }

    fn schema_id() -> Cow<'static, str> {
        concat!(module_path!(), "::Taken").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Schema::default()
    }
}

/// Takes a name in a new generator.
pub(crate) fn take(generator: &mut SchemaGenerator, name: &str) {
    NAME.with_borrow_mut(|taken| name.clone_into(taken));
    generator.subschema_for::<Taken>();
}
