//! The check of an entry in the list of a group, in constant evaluation.

use crate::{
    chain::argument::SYNC,
    const_text::ErrorText,
    routes::{Report, fail_if_reported},
};

/// Returns the mode of an entry. Fails to compile if the type has no route, or if its routes have a mistake.
///
/// `part` is not 0 for a guard, a middleware or an observer.
#[track_caller]
pub const fn entry_mode(
    shown: &str,
    is_entry: bool,
    is_fallback: bool,
    part: u8,
    reports: &[Report],
    step: usize,
) -> u8 {
    if !is_entry {
        panic!("{}", no_entry(shown, is_fallback, part).as_str())
    }
    fail_if_reported(reports, step);
    SYNC
}

const fn no_entry(shown: &str, is_fallback: bool, part: u8) -> ErrorText {
    let text = ErrorText::EMPTY.with("`").with(shown);
    if is_fallback {
        let text = text.with("` is a fallback, which is not listed: write `#[routes(fallback = ");
        return text.with(shown).with(")]`");
    }
    if part != 0 {
        let text = text
            .with("` is a guard, a middleware or an observer, which is not listed: write `with(");
        return text
            .with(shown)
            .with(")` in the attribute of a route or a group");
    }
    if let [.., b'>'] = shown.as_bytes() {
        return text.with("` is not a route: one of its types does not implement the traits that the function requires, or the function has no `#[get(..)]` (or another method)");
    }
    text.with("` is not a route and not a group: put `#[get(\"/path\")]` (or another method) on the function, or `#[routes]` on the struct")
}
