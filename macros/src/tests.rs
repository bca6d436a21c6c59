//! The pages of the attributes list exactly the arguments that the parser accepts.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    DERIVES,
    attr::{GroupArgs, options, with},
    derive, entry, main_fn, route_attrs, url,
};
use highball_macro_stages::{errors::Errors, function};

mod expansions;

/// Returns the rows below each header that begins with this cell, as cells.
fn rows(page: &str, first: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/attributes");
    let text = fs::read_to_string(path.join(format!("{page}.md"))).unwrap();
    let mut rows = Vec::new();
    let mut is_inside = false;
    for line in text.lines() {
        let cells = line
            .strip_prefix("| ")
            .and_then(|line| line.strip_suffix(" |"));
        let cells: Vec<String> = cells.map_or_else(Vec::new, |cells| {
            cells.split(" | ").map(str::to_owned).collect()
        });
        match cells.first() {
            Some(cell) if cell == first => is_inside = true,
            Some(_) if is_inside => rows.push(cells),
            Some(_) => {}
            None => is_inside &= line.starts_with("|---"),
        }
    }
    rows
}

/// Returns the name of the argument in a row: `timeout` of `` `timeout = secs(5)` ``, `path` of a text.
fn name(row: &[String]) -> String {
    let code = row[0].trim_matches('`');
    let code = code.trim_start_matches("#[");
    if code.starts_with('"') {
        return "path".to_owned();
    }
    let end = code.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    code[..end.unwrap_or(code.len())].to_owned()
}

fn names(page: &str, first: &str) -> BTreeSet<String> {
    rows(page, first).iter().map(|row| name(row)).collect()
}

fn check<'a>(page: &str, first: &str, expected: impl IntoIterator<Item = &'a str>) {
    let expected: BTreeSet<String> = expected.into_iter().map(str::to_owned).collect();
    assert_eq!(names(page, first), expected, "`{first}` in {page}.md");
}

fn known(attribute: &str) -> impl Iterator<Item = &'static str> {
    options::accepted_options(attribute)
        .iter()
        .map(|(name, _)| *name)
}

#[test]
fn tables_list_the_arguments_of_each_attribute() {
    for attribute in ["routes", "fallback", "guard", "middleware", "observer"] {
        check(attribute, "Argument", known(attribute));
    }
    check("route", "Argument", known("route"));
    for verb in route_attrs::ROUTE_ATTRS
        .into_iter()
        .filter(|verb| *verb != "route")
    {
        let of_some = ["methods", "body", "csrf"];
        check("route", "Argument", known(verb).chain(of_some));
    }
}

#[test]
fn tables_name_the_places_of_each_argument() {
    for page in ["route", "routes"] {
        for row in rows(page, "Argument") {
            let (name, places) = (name(&row), &row[2]);
            let takes = |attribute: &str| known(attribute).any(|other| other == name);
            let mut errors = Errors::default();
            GroupArgs::parse(row[0].trim_matches('`').parse().unwrap(), &mut errors);
            let is_of_groups = errors.into_tokens().is_empty() && name != "app";
            for (place, expected) in [
                ("route", takes("get") || takes("post")),
                ("group", is_of_groups),
                ("app", takes("routes")),
            ] {
                let is_listed = places.split(", ").any(|listed| listed == place);
                assert_eq!(is_listed, expected, "`{name}` in {page}.md: {place}");
            }
        }
    }
}

#[test]
fn tables_list_the_attributes_of_entries_and_arguments() {
    check("routes", "On an entry", entry::ENTRY_ATTRS);
    check("routes", "In `with(..)`", with::KEYWORDS);
    let pages = ["route", "guard", "middleware", "observer"];
    let listed: BTreeSet<String> = pages
        .iter()
        .flat_map(|page| names(page, "On an argument"))
        .collect();
    assert_eq!(listed, function::ARG_ATTRS.map(str::to_owned).into());
}

#[test]
fn tables_list_the_attributes_of_each_derive() {
    for (derive, attributes) in DERIVES {
        let page = match *derive {
            "IntoResponse" => "into_response",
            "Local" => "local",
            "PathFields" => "path_fields",
            "State" => "state",
            other => panic!("`{other}` has no page"),
        };
        let tables = ["On the type", "On a variant", "On a field"];
        let listed: BTreeSet<String> = tables.iter().flat_map(|table| names(page, table)).collect();
        let expected = attributes.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(listed, expected, "{page}.md");
    }
}

#[test]
fn only_crate_is_an_option_of_a_derive_and_of_main() {
    let mut errors = Errors::default();
    let attr = |text: &str| {
        let tokens: proc_macro2::TokenStream = text.parse().unwrap();
        syn::parse_quote!(#[highball(#tokens)])
    };
    assert!(derive::crate_path(&[attr("crate = path")], &mut errors).is_some());
    assert!(errors.is_empty());
    assert!(syn::parse_str::<main_fn::Args>("crate = path").is_ok());
    for name in ["routes", "guard", "route"].into_iter().flat_map(known) {
        let text = format!("{name} = path");
        let is_crate = name == "crate";
        assert_eq!(
            syn::parse_str::<main_fn::Args>(&text).is_ok(),
            is_crate,
            "{text}"
        );
    }
    check("main", "Argument", ["crate"]);
}

#[test]
fn table_lists_the_options_of_url() {
    check("url", "Argument", url::OPTIONS.into_iter().chain(["name"]));
}
