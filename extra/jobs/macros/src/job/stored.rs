//! Reads the stored form of a job from its type.

use highball_macro_stages::{errors::Errors, similar_name, types::last_name};
use proc_macro2::Ident;
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DataEnum, DataStruct, DeriveInput, Fields, Type, ext::IdentExt};

use super::{case, serde::Serde};
use crate::contract::{ENUM, Field, Section, Variant, is_name, type_text::type_text};

/// The stored form of a type.
pub(crate) struct Stored {
    pub(crate) section: Section,
    /// The names of the secret fields in the stored form.
    pub(crate) secrets: Vec<String>,
    /// The fields of the source, and whether each is secret. An enum has none.
    pub(crate) members: Vec<(String, bool)>,
}

/// Reads the type. The version is that of the job.
pub(crate) fn read(input: &DeriveInput, version: u32, errors: &mut Errors) -> Stored {
    let serde = Serde::read(&input.attrs, errors);
    let mut stored = Stored {
        section: Section {
            version,
            rejects_unknown: serde.rejects_unknown,
            marks: Vec::new(),
            fields: Vec::new(),
            variants: Vec::new(),
        },
        secrets: Vec::new(),
        members: Vec::new(),
    };
    match &input.data {
        Data::Struct(data) => read_struct(&input.ident, data, serde, &mut stored, errors),
        Data::Enum(data) => read_enum(data, serde, &mut stored, errors),
        Data::Union(data) => errors.at(data.union_token, "a job is a struct or an enum"),
    }
    stored
}

fn read_struct(
    name: &Ident,
    data: &DataStruct,
    serde: Serde,
    stored: &mut Stored,
    errors: &mut Errors,
) {
    stored.section.marks = match serde.is_transparent {
        true => vec!["newtype".to_owned()],
        false => kind(&data.fields),
    };
    if !serde.marks.is_empty() {
        // `#[serde(tag = "..")]` on a struct stores the name of the type.
        let name = serde.rename.clone().unwrap_or_else(|| name.to_string());
        stored.section.marks.extend(serde.marks.iter().cloned());
        stored.section.marks.push(format!("name = {name:?}"));
    }
    stored.members = members(&data.fields);
    let rename_all = serde.rename_all.as_deref();
    let mut fields = read_fields(&data.fields, rename_all, serde.is_default, stored, errors);
    if let ([field], true) = (&mut fields[..], serde.is_transparent) {
        field.name = "0".to_owned();
    }
    stored.section.fields = fields;
}

fn read_enum(data: &DataEnum, serde: Serde, stored: &mut Stored, errors: &mut Errors) {
    stored.section.marks = vec![ENUM.to_owned()];
    stored.section.marks.extend(serde.marks);
    for variant in &data.variants {
        let own = Serde::read(&variant.attrs, errors);
        for attr in variant
            .attrs
            .iter()
            .filter(|attr| attr.path().is_ident("job"))
        {
            errors.at(attr, "`#[job(..)]` is an attribute of the type or of a field: remove it from the variant");
        }
        if own.is_skipped {
            continue;
        }
        let plain = variant.ident.unraw().to_string();
        let rule = serde.rename_all.as_deref();
        let name = own.rename.unwrap_or_else(|| match rule {
            Some(rule) => case::variant(rule, &plain),
            None => plain,
        });
        check_name(&name, &variant.ident, errors);
        let mut marks = kind(&variant.fields);
        marks.extend(own.marks);
        let rename_all = own
            .rename_all
            .as_deref()
            .or(serde.rename_all_fields.as_deref());
        let fields = read_fields(&variant.fields, rename_all, false, stored, errors);
        stored.section.variants.push(Variant {
            name,
            marks,
            fields,
            aliases: own.aliases,
            at: variant.ident.to_token_stream(),
        });
    }
}

/// Returns the mark of the kind of a struct or a variant. Named fields have none.
fn kind(fields: &Fields) -> Vec<String> {
    let kind = match fields {
        Fields::Named(_) => return Vec::new(),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => "newtype",
        Fields::Unnamed(_) => "tuple",
        Fields::Unit => "unit",
    };
    vec![kind.to_owned()]
}

/// Returns the fields as the source names them.
fn members(fields: &Fields) -> Vec<(String, bool)> {
    let named = fields.iter().enumerate().map(|(idx, field)| {
        let name = field.ident.as_ref().map(|name| name.unraw().to_string());
        let is_secret = field.attrs.iter().any(|attr| attr.path().is_ident("job"));
        (name.unwrap_or_else(|| idx.to_string()), is_secret)
    });
    named.collect()
}

fn read_fields(
    fields: &Fields,
    rename_all: Option<&str>,
    is_default: bool,
    stored: &mut Stored,
    errors: &mut Errors,
) -> Vec<Field> {
    let mut list = Vec::new();
    for field in fields {
        let mut serde = Serde::read(&field.attrs, errors);
        serde.is_default |= is_default;
        let secret = secret(&field.attrs, errors);
        if serde.is_skipped {
            continue;
        }
        let name = match &field.ident {
            Some(name) => stored_name(name, &serde, rename_all),
            None => list.len().to_string(),
        };
        check_left_out(&serde, &field.ty, errors);
        if let Some(attr) = secret {
            if field.ident.is_none() || serde.is_flat {
                errors.at(
                    attr,
                    "a secret is hidden by its name in the stored job: give the field a name",
                );
            }
            stored.secrets.push(name.clone());
        }
        check_name(&name, &quote!(#field), errors);
        list.push(to_field(name, &field.ty, field.ident.is_some(), serde));
    }
    list
}

fn stored_name(name: &Ident, serde: &Serde, rename_all: Option<&str>) -> String {
    let plain = name.unraw().to_string();
    if serde.is_flat {
        return format!("..{plain}");
    }
    match (&serde.rename, rename_all) {
        (Some(name), _) => name.clone(),
        (None, Some(rule)) => case::field(rule, &plain),
        (None, None) => plain,
    }
}

fn to_field(name: String, ty: &Type, is_named: bool, serde: Serde) -> Field {
    let mut text = type_text(ty.to_token_stream());
    for mark in &serde.marks {
        text.push_str(", ");
        text.push_str(mark);
    }
    Field {
        name,
        ty: text,
        is_optional: serde.is_default || is_named && is_absent_without(ty, &serde),
        is_left_out: serde.left_out.is_some(),
        aliases: serde.aliases,
        at: ty.to_token_stream(),
    }
}

/// Returns whether serde reads the field if it is absent, without `default`.
fn is_absent_without(ty: &Type, serde: &Serde) -> bool {
    let is_map = |name: &Ident| name == "HashMap" || name == "BTreeMap";
    last_name(ty).is_some_and(|name| match serde.is_flat {
        true => name == "Option" || is_map(name),
        false => name == "Option" && !serde.has_reader,
    })
}

/// A job that its own type cannot read would fail at each attempt.
fn check_left_out(serde: &Serde, ty: &Type, errors: &mut Errors) {
    if let Some(attr) = &serde.left_out
        && !serde.is_default
        && !is_absent_without(ty, serde)
    {
        errors.at(
            attr,
            "a job without this field could not be read: add `#[serde(default)]`",
        );
    }
}

fn check_name(name: &str, at: &impl ToTokens, errors: &mut Errors) {
    if !is_name(name) {
        errors.at(
            at,
            format!(
                "`{name}` cannot be a name in a stored job: write one without spaces and commas"
            ),
        );
    }
}

/// Returns the attribute that makes a field secret.
fn secret<'a>(attrs: &'a [Attribute], errors: &mut Errors) -> Option<&'a Attribute> {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("job"))?;
    let word = errors.keep(attr.parse_args::<Ident>())?;
    if word == "secret" {
        return Some(attr);
    }
    let instead = match similar_name(&word.to_string(), ["secret"]) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => "write `#[job(secret)]`".to_owned(),
    };
    errors.at(&word, format!("a field has no option `{word}`: {instead}"));
    None
}
