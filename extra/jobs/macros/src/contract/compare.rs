//! Compares a version in the file with the type.

use proc_macro2::TokenStream;

use super::{Field, Section, Variant, kind};

/// A difference that is an error.
pub(crate) struct Difference {
    /// The tokens of the user that the error is about, or none for the type itself.
    pub(crate) at: Option<TokenStream>,
    pub(crate) cause: String,
    /// The way out if the version remains.
    pub(crate) cure: Option<String>,
    /// Whether older values have to be converted. Otherwise a new version is enough.
    pub(crate) needs_conversion: bool,
}

/// Compares the type with the same version in the file, or with an older one.
///
/// The values of an older version have to be read. Within one version, processes with the older code and with the newer
/// code run at the same time during a deploy, so each also reads what the other writes.
pub(crate) fn differences(old: &Section, new: &Section) -> Vec<Difference> {
    let mut compare = Compare {
        old,
        new,
        is_same_version: old.version == new.version,
        list: Vec::new(),
    };
    if old.marks == new.marks {
        compare.fields(&old.fields, &new.fields, is_list(&old.marks));
        compare.variants();
    } else {
        let (version, was, is) = (old.version, kind(&old.marks), kind(&new.marks));
        compare.add(
            None,
            format!("jobs of version {version} are {was}, and the type is {is}"),
            Some("keep the kind of the type".to_owned()),
        );
    }
    compare.list
}

struct Compare<'a> {
    old: &'a Section,
    new: &'a Section,
    is_same_version: bool,
    list: Vec<Difference>,
}

impl Compare<'_> {
    /// Adds a difference that a conversion of older values cures.
    fn add(&mut self, at: Option<&TokenStream>, cause: String, cure: Option<String>) {
        self.list.push(Difference {
            at: at.cloned(),
            cause,
            cure,
            needs_conversion: true,
        });
    }

    /// Adds a difference that another number of the version cures.
    fn add_for_older_code(&mut self, at: &TokenStream, cause: String, cure: Option<&str>) {
        self.list.push(Difference {
            at: Some(at.clone()),
            cause,
            cure: cure.map(str::to_owned),
            needs_conversion: false,
        });
    }

    fn variants(&mut self) {
        let (version, new) = (self.old.version, self.new);
        for old in &self.old.variants {
            match new.variants.iter().find(|new| reads_variant(new, old)) {
                Some(new) => self.variant(old, new),
                None => self.add(
                    None,
                    format!(
                        "jobs of version {version} may be the variant `{}`",
                        old.name
                    ),
                    Some("keep it".to_owned()),
                ),
            }
        }
        let is_new = |new: &&Variant| !self.old.variants.iter().any(|old| old.name == new.name);
        if self.is_same_version {
            for variant in new.variants.iter().filter(is_new).collect::<Vec<_>>() {
                let name = &variant.name;
                let cause = format!(
                    "running consumers of version {version} cannot read the new variant `{name}`"
                );
                self.add_for_older_code(&variant.at, cause, None);
            }
        }
    }

    fn variant(&mut self, old: &Variant, new: &Variant) {
        if old.marks == new.marks {
            return self.fields(&old.fields, &new.fields, is_list(&old.marks));
        }
        let (version, was) = (self.old.version, kind(&old.marks));
        self.add(
            Some(&new.at),
            format!(
                "the variant `{}` is {was} in jobs of version {version}",
                old.name
            ),
            Some("keep its kind".to_owned()),
        );
    }

    fn fields(&mut self, old: &[Field], new: &[Field], is_list: bool) {
        let renamed = renamed(old, new).filter(|_| !is_list);
        for field in new {
            match old.iter().find(|old| reads(field, old)) {
                Some(old) => self.field(old, field),
                None => {
                    let before = renamed.filter(|(_, now)| now.name == field.name);
                    self.new_field(field, before.map(|(before, _)| before), is_list);
                }
            }
        }
        // Within a version the older code reads all of its fields. Any other reader skips a field that it does not
        // have.
        if !is_list && !self.is_same_version && !self.new.rejects_unknown {
            return;
        }
        for lost in lost(old, new) {
            if renamed.is_none_or(|(before, _)| before.name != lost.name) {
                let (version, name) = (self.old.version, &lost.name);
                let cause = match self.is_same_version {
                    true => format!(
                        "running consumers of version {version} read the field `{name}`, which is lost"
                    ),
                    false => {
                        format!("jobs of version {version} have `{name}`, which is rejected now")
                    }
                };
                self.add(None, cause, Some("keep it".to_owned()));
            }
        }
    }

    /// Checks a field that the older values do not have. `before` is the field that it was, if it seems to be renamed.
    fn new_field(&mut self, field: &Field, before: Option<&Field>, is_list: bool) {
        let (version, name) = (self.old.version, &field.name);
        let at = Some(&field.at);
        if let Some(before) = before {
            let before = &before.name;
            let attr = if self.is_same_version {
                "rename"
            } else {
                "alias"
            };
            let cause = format!(
                "`{name}` seems to be `{before}` of version {version}, and `{before}` is lost"
            );
            return self.add(
                at,
                cause,
                Some(format!("write `#[serde({attr} = \"{before}\")]`")),
            );
        }
        if !field.is_optional {
            let cause = format!("jobs of version {version} have no `{name}`");
            let cure = match is_list {
                true => "give it `#[serde(default)]`",
                false => "make it an `Option`, give it `#[serde(default)]`",
            };
            self.add(at, cause, Some(cure.to_owned()));
        } else if self.is_same_version && (self.old.rejects_unknown || is_list) {
            let cause =
                format!("running consumers of version {version} reject the new field `{name}`");
            self.add_for_older_code(&field.at, cause, None);
        }
    }

    /// Compares a field that both have.
    fn field(&mut self, old: &Field, new: &Field) {
        let (version, name, ty) = (self.old.version, &new.name, &old.ty);
        let (at, is_optional_now) = (Some(&new.at), format!("Option<{ty}>") == new.ty);
        if *ty != new.ty && !is_optional_now {
            let cause = format!("`{name}` is `{ty}` in jobs of version {version}");
            self.add(at, cause, Some("keep that type".to_owned()));
        } else if old.is_optional && !new.is_optional {
            let cause = format!("jobs of version {version} may have no `{name}`");
            let cure = "make it an `Option`, give it `#[serde(default)]`";
            self.add(at, cause, Some(cure.to_owned()));
        } else if self.is_same_version && is_optional_now {
            let cause = format!(
                "`{name}` is `{ty}` for running consumers of version {version}, which reject `null`"
            );
            self.add_for_older_code(&new.at, cause, Some("keep that type"));
        } else if self.is_same_version && new.is_left_out && !old.is_optional {
            let cause =
                format!("running consumers of version {version} reject a job without `{name}`");
            self.add_for_older_code(&new.at, cause, Some("remove `skip_serializing_if`"));
        }
    }
}

fn is_list(marks: &[String]) -> bool {
    marks.iter().any(|mark| mark == "tuple")
}

fn reads(new: &Field, old: &Field) -> bool {
    new.name == old.name || new.aliases.contains(&old.name)
}

fn reads_variant(new: &Variant, old: &Variant) -> bool {
    new.name == old.name || new.aliases.contains(&old.name)
}

/// Returns the older fields that are not read.
fn lost<'a>(old: &'a [Field], new: &[Field]) -> impl Iterator<Item = &'a Field> {
    old.iter()
        .filter(|old| !new.iter().any(|new| reads(new, old)))
}

/// Returns the only lost field and the only new one, if they have one type and could be one field.
fn renamed<'a>(old: &'a [Field], new: &'a [Field]) -> Option<(&'a Field, &'a Field)> {
    let mut lost = lost(old, new);
    let mut added = new
        .iter()
        .filter(|new| !old.iter().any(|old| reads(new, old)));
    let pair = (lost.next()?, added.next()?);
    let is_one = lost.next().is_none() && added.next().is_none();
    (is_one && pair.0.ty == pair.1.ty && !pair.1.is_optional).then_some(pair)
}
