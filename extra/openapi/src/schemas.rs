//! The schemas of an app's types: collected from its routes, and given names that do not collide.

use std::{any::type_name, collections::BTreeMap};

use highball::describe::{AcceptOpaque, Visit};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

use crate::{
    canonical::canonical,
    error::{Collision, Error},
    taken,
};

/// Where the schemas are in a document.
pub(crate) const PATH: &str = "/components/schemas";

/// The types of an app's bodies and queries.
///
/// It is a visitor: an app shows it the types of its routes, each of which implements `JsonSchema`.
///
/// # Examples
/// ```
/// use highball::{describe::RoutePayloads, prelude::*};
/// use highball_openapi::Types;
///
/// #[get("/")]
/// async fn count() -> Json<u32> {
///     Json(1)
/// }
///
/// #[routes(app)]
/// struct Api(count);
///
/// # fn main() {
/// let mut types = Types::default();
/// Api::show_all(&mut types);
/// assert!(types.names().eq(["u32"]));
/// # }
/// ```
#[derive(Default)]
pub struct Types(BTreeMap<&'static str, Describe>);

type Describe = fn(&mut SchemaGenerator) -> schemars::Schema;

#[diagnostic::do_not_recommend]
impl<T: JsonSchema + ?Sized> Visit<T> for Types {
    fn visit(&mut self) {
        self.0
            .insert(type_name::<T>(), SchemaGenerator::subschema_for::<T>);
    }
}

#[diagnostic::do_not_recommend]
impl<T> AcceptOpaque<T> for Types {}

impl Types {
    /// Returns the names of the types, as `std::any::type_name` writes them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}

impl std::fmt::Debug for Types {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The types of an app whose answers are all known.
///
/// [`Document::strict`](crate::Document::strict) uses it. It does not accept a handler whose return type, such as
/// `Response`, does not state its answers.
///
/// # Examples
/// ```compile_fail
/// use highball::{describe::RoutePayloads, prelude::*};
/// use highball_openapi::StrictTypes;
///
/// #[get("/")]
/// async fn any() -> Response {
///     ().into_response()
/// }
///
/// #[routes(app)]
/// struct Api(any);
///
/// Api::show_all(&mut StrictTypes::default());
/// # fn main() {}
/// ```
#[derive(Debug, Default)]
pub struct StrictTypes(pub(crate) Types);

#[diagnostic::do_not_recommend]
impl<T: JsonSchema + ?Sized> Visit<T> for StrictTypes {
    fn visit(&mut self) {
        Visit::<T>::visit(&mut self.0);
    }
}

/// The direction of a body. With serde's defaults and skipped fields, the two schemas of a type may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Answer,
}

/// A schema, with the types that it refers to.
struct Tree {
    root: Value,
    definitions: BTreeMap<String, Value>,
}

/// The schemas of a document.
#[derive(Default)]
pub(crate) struct Schemas {
    types: Types,
    /// The schemas by their names in the document.
    named: BTreeMap<String, Value>,
    /// The route that has needed each name first.
    first_use: BTreeMap<String, String>,
    collisions: Vec<Collision>,
}

impl Schemas {
    pub(crate) fn new(types: Types) -> Self {
        Self {
            types,
            ..Self::default()
        }
    }

    /// Returns the schema of a type that the app has shown. `place` is the route, for errors.
    ///
    /// The types of all answers come first. A type whose schema as a request differs then gets another name.
    pub(crate) fn of(&mut self, ty: &str, direction: Direction, place: &str) -> Option<Value> {
        let describe = *self.types.0.get(ty)?;
        let mut tree = generate(describe, direction);
        for name in numbered_names(&tree, describe, direction) {
            self.collide(name, place.to_owned(), place);
        }
        if direction == Direction::Request {
            let answer = generate(describe, Direction::Answer);
            tree = self.rename_differing(tree, &answer);
        }
        for (name, schema) in tree.definitions {
            self.add(name, schema, place);
        }
        Some(tree.root)
    }

    /// Returns an error if two types have the same name.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.collisions.is_empty() {
            true => Ok(()),
            false => Err(Error::of(&self.collisions)),
        }
    }

    /// Returns the schemas by their names.
    pub(crate) fn into_named(self) -> BTreeMap<String, Value> {
        self.named
    }

    /// Returns the schema of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Value> {
        self.named.get(name)
    }

    fn add(&mut self, name: String, schema: Value, place: &str) {
        match self.named.get(&name) {
            Some(known) if *known == schema => {}
            Some(_) => {
                let first = self.first_use.get(&name).cloned().unwrap_or_default();
                self.collide(name, first, place);
            }
            None => {
                self.first_use.insert(name.clone(), place.to_owned());
                self.named.insert(name, schema);
            }
        }
    }

    fn collide(&mut self, name: String, first: String, second: &str) {
        let collision = Collision::new(name, first, second.to_owned());
        if !self.collisions.contains(&collision) {
            self.collisions.push(collision);
        }
    }

    /// Adds `Input` to the name of each type whose request differs from its answer.
    fn rename_differing(&self, tree: Tree, answer: &Tree) -> Tree {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        // A type differs if one that it refers to does.
        loop {
            let differs = |(name, schema): &(&String, &Value)| {
                let of_answers = self.named.get(*name);
                !names.contains_key(*name)
                    && of_answers.is_some_and(|known| *known != with_names(schema, &names))
                    && of_answers == answer.definitions.get(*name)
            };
            let found = tree.definitions.iter().filter(differs);
            let found: Vec<String> = found.map(|(name, _)| name.clone()).collect();
            if found.is_empty() {
                break;
            }
            let renamed = found.into_iter();
            names.extend(renamed.map(|name| (name.clone(), format!("{name}Input"))));
        }
        let definitions = tree.definitions.into_iter().map(|(name, schema)| {
            let schema = with_names(&schema, &names);
            (names.get(&name).cloned().unwrap_or(name), schema)
        });
        Tree {
            root: with_names(&tree.root, &names),
            definitions: definitions.collect(),
        }
    }
}

/// Returns the names that two types of one tree have. schemars adds a number to the second.
fn numbered_names(tree: &Tree, describe: Describe, direction: Direction) -> Vec<String> {
    let names = tree.definitions.keys();
    let candidates = names.filter_map(|name| {
        let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_numbered = base.len() < name.len() && tree.definitions.contains_key(base);
        is_numbered.then_some((name, base))
    });
    let is_collision = |(name, _): &(&String, &str)| {
        // If the name is taken, a type that has it gets a number behind it, and schemars counts on for any other.
        let mut generator = generator(direction);
        taken::take(&mut generator, name);
        describe(&mut generator);
        !generator.definitions().contains_key(&format!("{name}2"))
    };
    let collisions = candidates.filter(is_collision);
    collisions.map(|(_, base)| base.to_owned()).collect()
}

/// Generates the schema of a type.
fn generate(describe: Describe, direction: Direction) -> Tree {
    let mut generator = generator(direction);
    let root = canonical(&describe(&mut generator).to_value());
    let definitions = generator.take_definitions(true);
    Tree {
        root,
        definitions: definitions
            .into_iter()
            .map(|(name, schema)| (name, canonical(&schema)))
            .collect(),
    }
}

fn generator(direction: Direction) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = PATH.into();
        settings.meta_schema = None;
    });
    let settings = match direction {
        Direction::Request => settings.for_deserialize(),
        Direction::Answer => settings.for_serialize(),
    };
    settings.into_generator()
}

/// Returns a schema in which the references have other names.
fn with_names(schema: &Value, names: &BTreeMap<String, String>) -> Value {
    match schema {
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| {
                let reference = match (key.as_str(), value) {
                    ("$ref", Value::String(reference)) => reference_name(reference),
                    _ => None,
                };
                let renamed = reference.and_then(|name| names.get(name));
                let value = match renamed {
                    Some(name) => Value::String(reference_to(name)),
                    None => with_names(value, names),
                };
                (key.clone(), value)
            });
            Value::Object(entries.collect())
        }
        Value::Array(items) => items.iter().map(|item| with_names(item, names)).collect(),
        other => other.clone(),
    }
}

/// Returns the name of the schema that a reference points to.
pub(crate) fn reference_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// Returns a reference to the schema of this name.
pub(crate) fn reference_to(name: &str) -> String {
    format!("#{PATH}/{name}")
}
