//! The contract of a job: the form in which its values are stored, as a text that a committed file contains.

use std::fmt;

use proc_macro2::TokenStream;

pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod file;
pub(crate) mod parse;
pub(crate) mod type_text;

/// The form of one version of a job.
pub(crate) struct Section {
    pub(crate) version: u32,
    /// Whether `#[serde(deny_unknown_fields)]` rejects a field that the version does not have.
    pub(crate) rejects_unknown: bool,
    /// The kind of the type, if it is no struct with names: `unit`, `newtype`, `tuple`, `enum`, `tag = "kind"`.
    pub(crate) marks: Vec<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) variants: Vec<Variant>,
}

/// A field, by its name in the stored form.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: String,
    /// Whether a value without the field can be read.
    pub(crate) is_optional: bool,
    /// Whether a value may be written without the field. A file does not contain this.
    pub(crate) is_left_out: bool,
    /// Other names that are read. A file does not contain them.
    pub(crate) aliases: Vec<String>,
    /// The type where the user wrote it.
    pub(crate) at: TokenStream,
}

/// A variant of an enum, by its name in the stored form.
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) marks: Vec<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) aliases: Vec<String>,
    /// The name where the user wrote it.
    pub(crate) at: TokenStream,
}

pub(crate) const ENUM: &str = "enum";
pub(crate) const REJECTS_UNKNOWN: &str = "deny_unknown_fields";
pub(crate) const OPTIONAL: &str = ", optional";

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {}", self.version)?;
        for mark in &self.marks {
            write!(f, ", {mark}")?;
        }
        if self.rejects_unknown {
            write!(f, ", {REJECTS_UNKNOWN}")?;
        }
        writeln!(f)?;
        write_fields(f, "  ", &self.fields)?;
        let mut variants: Vec<_> = self.variants.iter().collect();
        variants.sort_by_key(|variant| &variant.name);
        for variant in variants {
            write!(f, "  {}", variant.name)?;
            for mark in &variant.marks {
                write!(f, ", {mark}")?;
            }
            writeln!(f)?;
            write_fields(f, "    ", &variant.fields)?;
        }
        Ok(())
    }
}

/// Writes the fields in the order of their names, so that a change of their order in the source changes no file.
fn write_fields(f: &mut fmt::Formatter<'_>, indent: &str, fields: &[Field]) -> fmt::Result {
    let mut fields: Vec<_> = fields.iter().collect();
    // The names of a tuple are numbers.
    fields.sort_by_key(|field| (field.name.parse::<usize>().ok(), &field.name));
    for field in fields {
        let (name, ty) = (&field.name, &field.ty);
        let optional = if field.is_optional { OPTIONAL } else { "" };
        writeln!(f, "{indent}{name}: {ty}{optional}")?;
    }
    Ok(())
}

/// Returns how the kind of a type is named in messages.
pub(crate) fn kind(marks: &[String]) -> String {
    match marks {
        [] => "a struct with named fields".to_owned(),
        marks => format!("`{}`", marks.join(", ")),
    }
}

/// Returns whether a file can contain the name.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|sign: char| sign.is_whitespace() || sign == ',')
}
