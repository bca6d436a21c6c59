//! Reports the differences between a job and its file.

use highball_macro_stages::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Section, compare, compare::Difference, file::File, parse::parse};

/// The job that is compared.
pub(crate) struct Subject<'a> {
    /// The type.
    pub(crate) name: &'a Ident,
    pub(crate) section: &'a Section,
    /// Whether it has `upgrade_from(..)`.
    pub(crate) upgrades: bool,
}

/// An older version whose values the type cannot read, so that a type in `upgrade_from(..)` has to. Which versions
/// these types have is known to rustc only.
pub(crate) struct Unread {
    pub(crate) version: u32,
    /// The error, if none of the types has the version.
    pub(crate) message: String,
}

/// Compares the job with the file, and returns the versions that `upgrade_from(..)` has to read.
pub(crate) fn check(subject: &Subject<'_>, file: &File, errors: &mut Errors) -> Vec<Unread> {
    let Some(text) = &file.text else {
        return Vec::new();
    };
    let sections = match parse(text) {
        Ok(sections) => sections,
        Err(cause) => {
            let message = format!(
                "`{}` is not a contract, because {cause}; restore the file, or write it again with `{ACCEPT}`",
                file.path
            );
            errors.at(subject.name, message);
            return Vec::new();
        }
    };
    let mut unread = Vec::new();
    let own = subject.section.version;
    let newest = sections.iter().map(|old| old.version).max();
    let next = newest.unwrap_or_default().max(own).saturating_add(1);
    for old in sections.iter().filter(|old| old.version <= own) {
        let differences = compare::differences(old, subject.section);
        if old.version < own && subject.upgrades {
            let first = differences.first();
            unread.extend(first.map(|first| to_unread(subject, old.version, first)));
            continue;
        }
        for difference in differences {
            let message = match old.version < own {
                true => of_older(old.version, &difference, file),
                false => of_same(own, next, &difference, file),
            };
            report(difference.at, subject.name, message, errors);
        }
    }
    unread
}

/// The command that writes the files of a program again.
const ACCEPT: &str = "HIGHBALL_CONTRACTS=accept cargo run -- contracts accept";

/// `next` is the first version that the file does not have.
fn of_same(version: u32, next: u32, difference: &Difference, file: &File) -> String {
    let (cause, cure) = (&difference.cause, or(difference));
    let upgrade = match difference.needs_conversion {
        true => " and `upgrade_from(..)`",
        false => "",
    };
    format!(
        "{cause}: {cure}write `version = {next}`{upgrade}; if version {version} is not in use yet, write `{}` again with \
         `{ACCEPT}`",
        file.path
    )
}

fn of_older(version: u32, difference: &Difference, file: &File) -> String {
    let (cause, cure) = (&difference.cause, or(difference));
    format!(
        "{cause}: {cure}write `upgrade_from(..)` with a type of version {version}; if no job of version {version} is left, \
         remove it from `{}`",
        file.path
    )
}

fn to_unread(subject: &Subject<'_>, version: u32, difference: &Difference) -> Unread {
    let (name, cause) = (subject.name, &difference.cause);
    Unread {
        version,
        message: format!(
            "no type in `upgrade_from(..)` has version {version}, which `{name}` cannot read, because {cause}: add the type \
             of version {version}"
        ),
    }
}

fn or(difference: &Difference) -> String {
    let cure = difference.cure.as_ref();
    cure.map(|cure| format!("{cure}, or ")).unwrap_or_default()
}

fn report(at: Option<TokenStream>, name: &Ident, message: String, errors: &mut Errors) {
    errors.at(at.unwrap_or_else(|| quote!(#name)), message);
}
