//! The options of `#[job(..)]`.

use highball_macro_stages::{errors::Errors, similar_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Data, DeriveInput, Expr, Lit, LitStr, Member, Type, parse::Parse};

use crate::{
    options::{Known, Options, split},
    values::{check_count, check_time},
};

pub(crate) const KNOWN: Known = Known {
    attr: "job",
    has_text: true,
    options: &[
        ("version", "version = 2"),
        ("upgrade_from", "upgrade_from(EmailV1)"),
        ("ordered_by", "ordered_by(customer)"),
        ("limited_by", "limited_by(customer)"),
        ("limit", "limit = 3"),
        ("unique", "unique(order)"),
        ("unique_for", "unique_for = mins(10)"),
        ("max_waiting", "max_waiting = 10_000"),
    ],
};

/// The options, as they were read and checked.
pub(crate) struct JobOptions {
    pub(crate) name: String,
    pub(crate) version: u32,
    /// The types of the older versions, and the word `upgrade_from`.
    pub(crate) upgrade_from: Option<(Ident, Vec<Type>)>,
    pub(crate) ordered_by: Vec<Member>,
    pub(crate) limited_by: Vec<Member>,
    pub(crate) limit: Option<Expr>,
    pub(crate) unique: Vec<Member>,
    pub(crate) unique_for: Option<Expr>,
    pub(crate) max_waiting: Option<Expr>,
}

/// Reads the options. Whether the fields exist is checked with the fields.
pub(crate) fn read(input: &DeriveInput, errors: &mut Errors) -> JobOptions {
    let mut options = Options::default();
    for attr in input
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("job"))
    {
        if let Some(args) = errors.keep(attr.parse_args_with(TokenStream::parse)) {
            options.read(args, &KNOWN, errors);
        }
    }
    let name = name(&input.ident, &options, errors);
    let version = version(&options, errors);
    let upgrade_from = upgrade_from(version, &options, errors);
    let unique_for = options.value("unique_for");
    if let Some((option, time)) = unique_for {
        check_time(option, time, "mins(10)", errors);
        if options.name("unique").is_none() {
            errors.at(
                option,
                "`unique_for` is the time of a unique key: add `unique(..)` with its fields",
            );
        }
    }
    let max_waiting = options.value("max_waiting");
    if let Some((option, count)) = max_waiting {
        check_count(option, count, "10_000", errors);
    }
    let limit = limit(&options, errors);
    JobOptions {
        name,
        version,
        upgrade_from,
        ordered_by: members("ordered_by", &options, errors),
        limited_by: members("limited_by", &options, errors),
        limit,
        unique: members("unique", &options, errors),
        unique_for: unique_for.map(|(_, time)| time.clone()),
        max_waiting: max_waiting.map(|(_, count)| count.clone()),
    }
}

/// Reads how many jobs of a key run at once.
fn limit(options: &Options, errors: &mut Errors) -> Option<Expr> {
    let limit = options.value("limit");
    let limited_by = options.name("limited_by");
    if let Some((option, count)) = limit {
        check_count(option, count, "3", errors);
        if limited_by.is_none() {
            errors.at(
                option,
                "`limit` is the number of jobs of a key that run at once: add `limited_by(..)` with its fields; for all \
                 jobs, the consumer has `at_once`",
            );
        }
    }
    if let Some(option) = limited_by {
        if options.name("ordered_by").is_some() {
            errors.at(
                option,
                "`ordered_by` already runs one job of a key at a time: remove `limited_by` or `ordered_by`",
            );
        } else if limit.is_none() {
            errors.at(
                option,
                "`limited_by` needs the number of jobs of a key that run at once: add `limit = 3`",
            );
        }
    }
    limit.map(|(_, count)| count.clone())
}

fn name(ty: &Ident, options: &Options, errors: &mut Errors) -> String {
    match &options.text {
        Some(name) => {
            check_name(name, errors);
            name.value()
        }
        None => {
            if !options.has_mistake {
                let example = example(ty);
                errors.at(
                    ty,
                    format!(
                        "the job `{ty}` has no name: write `#[job(\"{example}\")]`; the name identifies it in the queue, so \
                         it must not change with the type's name"
                    ),
                );
            }
            example(ty)
        }
    }
}

fn check_name(name: &LitStr, errors: &mut Errors) {
    let text = name.value();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if text.is_empty() || text.len() > 64 || !text.bytes().all(is_plain) {
        errors.at(
            name,
            "the name of a job is one to 64 of the characters `a-z`, `A-Z`, `0-9`, `-`, `_` and `.`",
        );
    } else if text.starts_with("cron.") {
        errors.at(
            name,
            "the names that begin with `cron.` are those of `#[cron]`: write another name",
        );
    }
}

/// Returns the name of a type as that of a job.
fn example(ty: &Ident) -> String {
    let mut name = String::new();
    for letter in ty.to_string().chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

fn version(options: &Options, errors: &mut Errors) -> u32 {
    let Some((_, value)) = options.value("version") else {
        return 1;
    };
    let number = match value {
        Expr::Lit(value) => match &value.lit {
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    };
    number.filter(|number| *number > 0).unwrap_or_else(|| {
        errors.at(
            value,
            "a version is a number from 1 to 4,294,967,295: write `version = 2`",
        );
        1
    })
}

fn upgrade_from(
    version: u32,
    options: &Options,
    errors: &mut Errors,
) -> Option<(Ident, Vec<Type>)> {
    let (option, list) = options.list("upgrade_from")?;
    let types = parse_each(list, errors);
    if types.is_empty() && list.is_empty() {
        errors.at(
            option,
            "name the types of the older versions: write `upgrade_from(EmailV1)`",
        );
    }
    if version == 1 && options.value("version").is_none() {
        errors.at(
            option,
            "`upgrade_from` needs a newer version: add `version = 2`",
        );
    } else if version == 1 {
        errors.at(
            option,
            "`upgrade_from` needs a version above 1, as there is none below it: raise `version`",
        );
    }
    Some((option.clone(), types))
}

fn members(name: &str, options: &Options, errors: &mut Errors) -> Vec<Member> {
    let Some((option, list)) = options.list(name) else {
        return Vec::new();
    };
    if list.is_empty() {
        errors.at(
            option,
            format!("name the fields of the key: write `{name}(order)`"),
        );
    }
    parse_each(list, errors)
}

fn parse_each<T: Parse>(list: &TokenStream, errors: &mut Errors) -> Vec<T> {
    let parts = split(list.clone()).into_iter();
    parts
        .filter_map(|part| errors.keep(syn::parse2(part)))
        .collect()
}

/// Checks the fields of the keys, and removes those that do not exist. `members` are those of the struct, and whether
/// each is secret.
pub(crate) fn check_members(
    input: &DeriveInput,
    options: &mut JobOptions,
    members: &[(String, bool)],
    errors: &mut Errors,
) {
    for (option, list) in [
        ("ordered_by", &mut options.ordered_by),
        ("limited_by", &mut options.limited_by),
        ("unique", &mut options.unique),
    ] {
        let mut seen = Vec::new();
        for member in &*list {
            if matches!(input.data, Data::Enum(_)) {
                let message = format!(
                    "`{option}` names a field, and an enum has none: make the job a struct, with the enum in a field"
                );
                errors.at(member, message);
            } else if seen.contains(&member) {
                errors.at(
                    member,
                    format!("`{}` occurs twice: remove one", text(member)),
                );
            } else {
                check_member(&input.ident, member, members, errors);
            }
            seen.push(member);
        }
        list.retain(|member| members.iter().any(|(name, _)| *name == text(member)));
    }
}

fn check_member(ty: &Ident, member: &Member, members: &[(String, bool)], errors: &mut Errors) {
    let text = text(member);
    match members.iter().find(|(name, _)| *name == text) {
        Some((_, true)) => errors.at(
            member,
            format!(
                "`{text}` is secret, and a key is stored and shown as text: name another field"
            ),
        ),
        Some((_, false)) => {}
        None => {
            let names = members.iter().map(|(name, _)| name.as_str());
            let instead = match (similar_name(&text, names.clone()), members) {
                (Some(similar), _) => format!("did you mean `{similar}`?"),
                (None, []) => "it has no fields".to_owned(),
                (None, _) => format!(
                    "its fields are `{}`",
                    names.collect::<Vec<_>>().join("`, `")
                ),
            };
            errors.at(member, format!("`{ty}` has no field `{text}`: {instead}"));
        }
    }
}

fn text(member: &Member) -> String {
    let text = member.to_token_stream().to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

/// Returns the span of a member, for the code that reads it.
pub(crate) fn span(member: &Member) -> Span {
    match member {
        Member::Named(name) => name.span(),
        Member::Unnamed(place) => place.span,
    }
}
