//! The grammar of patterns and prefixes. No other file parses paths.
//!
//! A pattern is split at its slashes, and each segment is parsed separately, so that each segment with a mistake gets
//! its own error. Static text is percent-encoded here, in one spelling: texts with the same meaning are equal in the
//! parsed pattern.

use proc_macro2::Span;
use syn::LitStr;

use crate::errors::Errors;

mod segment;

pub use segment::Segment;

/// The limits of `highball::table`. They are checked here for one pattern, and in the app for a whole path.
pub const MAX_PARAMS: usize = 16;
const MAX_SEGMENTS: usize = 32;

/// A parsed pattern.
pub struct Pattern {
    /// The text that the user wrote, or empty if there is no prefix.
    pub text: String,
    pub span: Span,
    pub segments: Vec<Segment>,
}

impl Pattern {
    /// Parses the pattern of a route.
    pub fn route(literal: &LitStr, errors: &mut Errors) -> Self {
        let pattern = Self::parse(literal, errors);
        // The last segment may be a catch-all.
        for segment in pattern.segments.iter().rev().skip(1) {
            if let Segment::CatchAll { name } = segment {
                errors.at(
                    literal,
                    format!("`{{*{name}}}` takes the rest of the path, so it must be at the end"),
                );
            }
        }
        pattern
    }

    /// Parses the prefix of a group.
    pub fn prefix(literal: &LitStr, errors: &mut Errors) -> Self {
        let text = literal.value();
        if text.trim_matches('/').is_empty() {
            errors.at(literal, "an empty prefix adds nothing: leave it out");
            return Self::empty();
        }
        if text.len() > 1 && text.ends_with('/') {
            // Both mistakes at once, so that the correction is not rejected next.
            let (rule, fixed) = match text.trim_end_matches('/') {
                fixed if fixed.starts_with('/') => ("ends without a slash", fixed.to_owned()),
                fixed => ("begins with `/` and ends without it", format!("/{fixed}")),
            };
            errors.at(literal, format!("a prefix {rule}: write `\"{fixed}\"`"));
            return Self::empty();
        }
        let pattern = Self::parse(literal, errors);
        for segment in &pattern.segments {
            if let Segment::CatchAll { name } = segment {
                errors.at(
                    literal,
                    format!("a prefix cannot hold the rest of the path, `{{*{name}}}`: move it into the routes"),
                );
            }
        }
        pattern
    }

    /// Returns the pattern of a missing prefix or path.
    pub fn empty() -> Self {
        Self {
            text: String::new(),
            span: Span::call_site(),
            segments: Vec::new(),
        }
    }

    /// Returns the names of the parameters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(Segment::name)
    }

    fn parse(literal: &LitStr, errors: &mut Errors) -> Self {
        let text = literal.value();
        let Some(rest) = strip_leading_slash(&text, literal, errors) else {
            return Self {
                text,
                span: literal.span(),
                segments: Vec::new(),
            };
        };
        let mut segments = Vec::new();
        // `/` alone is the path of the group itself and adds no segment.
        for text in rest.split('/').filter(|_| !rest.is_empty()) {
            match segment::parse_segment(text) {
                Ok(segment) => segments.push(segment),
                Err(message) => errors.at(literal, message),
            }
        }
        let mut pattern = Self {
            text,
            span: literal.span(),
            segments,
        };
        pattern.check_segments(literal, errors);
        pattern
    }

    /// Checks the rules that involve more than one segment.
    fn check_segments(&mut self, literal: &LitStr, errors: &mut Errors) {
        let mut names: Vec<String> = Vec::new();
        // A name that stays twice would be an error of the generated code, too.
        self.segments.retain(|segment| {
            let Some(name) = segment.name() else {
                return true;
            };
            let is_new = names.iter().all(|earlier| earlier != name);
            if !is_new {
                errors.at(
                    literal,
                    format!("the parameter `{{{name}}}` occurs twice in the path"),
                );
            }
            names.push(name.to_owned());
            is_new
        });
        if names.len() > MAX_PARAMS {
            errors.at(
                literal,
                format!("a path has at most {MAX_PARAMS} parameters"),
            );
        }
        if self.segments.len() > MAX_SEGMENTS {
            errors.at(
                literal,
                format!("a path has at most {MAX_SEGMENTS} segments"),
            );
        }
    }
}

/// Returns the text after the leading slash.
fn strip_leading_slash<'a>(
    text: &'a str,
    literal: &LitStr,
    errors: &mut Errors,
) -> Option<&'a str> {
    if text.is_empty() {
        errors.at(
            literal,
            "a path begins with `/`: write `\"/\"` for the group's own path",
        );
        return None;
    }
    if let Some((path, _)) = text
        .split_once(['?', '#'])
        .filter(|(path, _)| !path.contains('{'))
    {
        errors.at(
            literal,
            format!("a path has no query and no fragment: write `\"{path}\"` and take the query as an argument, `Query<T>`"),
        );
        return None;
    }
    let Some(rest) = text.strip_prefix('/') else {
        // Of a full URL, only the path is meant.
        let path = text.split_once("://").map_or(text, |(_, rest)| {
            rest.split_once('/').map_or("", |(_, path)| path)
        });
        errors.at(
            literal,
            format!("a path begins with `/`: write `\"/{path}\"`"),
        );
        return None;
    };
    Some(rest)
}

#[cfg(test)]
mod tests;
