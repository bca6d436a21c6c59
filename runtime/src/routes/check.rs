//! Checks the entries of a group and composes the compile errors.

use crate::{
    const_text::{ErrorText, contains, equal},
    routes::{
        check_locals::{self, LocalProblem},
        definition::{Field, MAX_DEPTH, Mounted},
        segment::{Methods, STANDARD, Segment},
        shape::{MAX_PARAMS, MAX_SEGMENTS},
    },
};

/// The result of checking one field of a group.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// The index of the field.
    step: u16,
    /// The first mistake, if there is one.
    problem: Option<Problem>,
    /// The fields of the group, to compose the message.
    fields: &'static [Field],
}

/// A mistake in a field of a group.

#[derive(Debug, Clone, Copy)]
enum Problem {
    /// Both routes match the same requests.
    Clash(&'static Mounted, &'static Mounted),
    /// The pattern has two parameters of this name.
    TwiceNamed(&'static Mounted, &'static str),
    TooManyParams(&'static Mounted),
    TooManySegments(&'static Mounted),
    /// The groups are nested too deeply.
    TooDeep(&'static Mounted),
    /// The route needs a parameter that no prefix has.
    NoOuterParam(&'static Mounted, &'static str),
    /// The chain of the route has a mistake in its locals.
    Locals(&'static Mounted, LocalProblem),
}

/// Checks the routes of a group against each other and against the limits.
///
/// Each mistake is reported once, by the innermost group in which it is visible. `root` adds the
/// checks that need the complete chain and all prefixes.
pub const fn check<const FIELDS: usize>(
    fields: &'static [Field],
    routes: &'static [Mounted],
    clashes: &[Option<u16>],
    root: bool,
) -> [Report; FIELDS] {
    let mut reports = [Report {
        step: 0,
        problem: None,
        fields,
    }; FIELDS];
    let (mut at, mut i) = (0, 0);
    while i < FIELDS {
        reports[i].step = fields[i].context.step;
        let start = at;
        while at < start + fields[i].routes.len() {
            if reports[i].problem.is_none() {
                reports[i].problem =
                    find_problem(fields, &fields[i], routes, start, at, clashes[at], root);
            }
            at += 1;
        }
        i += 1;
    }
    reports
}

/// Returns the first mistake of the route with the index `at`. `start` is the index of the first
/// route in the same field.
const fn find_problem(
    fields: &'static [Field],
    field: &Field,
    routes: &'static [Mounted],
    start: usize,
    at: usize,
    clash: Option<u16>,
    root: bool,
) -> Option<Problem> {
    let route = &routes[at];
    if route.field_path.len() == MAX_DEPTH + 1 {
        return Some(Problem::TooDeep(route));
    }
    if let Some(problem) = check_limits(field, route) {
        return Some(problem);
    }
    // The group in the field has already reported a clash inside the field.
    if let Some(other) = clash
        && (other as usize) < start
    {
        return Some(Problem::Clash(&routes[other as usize], route));
    }
    if !root {
        return None;
    }
    if let Some(problem) = check_locals::check(fields, route) {
        return Some(Problem::Locals(route, problem));
    }
    find_missing_param(route)
}

/// Checks the limits that the prefix of this field exceeds. A limit that was already exceeded
/// without the prefix was reported by the inner group.
const fn check_limits(field: &Field, route: &'static Mounted) -> Option<Problem> {
    let prefix = field.context.segments;
    if prefix.is_empty() {
        return None;
    }
    if route.segments.len() > MAX_SEGMENTS && route.segments.len() - prefix.len() <= MAX_SEGMENTS {
        return Some(Problem::TooManySegments(route));
    }
    let (all, added) = (count_params(route.segments), count_params(prefix));
    if all > MAX_PARAMS && all - added <= MAX_PARAMS {
        return Some(Problem::TooManyParams(route));
    }
    let mut i = 0;
    while i < prefix.len() {
        if let Some(name) = prefix[i].name()
            && has_param(route.segments.split_at(prefix.len()).1, name)
        {
            return Some(Problem::TwiceNamed(route, name));
        }
        i += 1;
    }
    None
}

/// Returns the first parameter that the handler needs of a prefix and that no prefix has.
const fn find_missing_param(route: &'static Mounted) -> Option<Problem> {
    let wanted = route.definition.outer_params;
    let mut i = 0;
    while i < wanted.len() {
        let outer = route.segments.len() - route.definition.segments.len();
        if !has_param(route.segments.split_at(outer).0, wanted[i]) {
            return Some(Problem::NoOuterParam(route, wanted[i]));
        }
        i += 1;
    }
    None
}

const fn count_params(segments: &[Segment]) -> usize {
    let (mut n, mut i) = (0, 0);
    while i < segments.len() {
        if segments[i].name().is_some() {
            n += 1;
        }
        i += 1;
    }
    n
}

const fn has_param(segments: &[Segment], name: &str) -> bool {
    let mut i = 0;
    while i < segments.len() {
        if let Some(other) = segments[i].name()
            && equal(other, name)
        {
            return true;
        }
        i += 1;
    }
    false
}

/// Panics, which is a compile error, if the field with the index `step` has a mistake.
#[track_caller]
pub const fn fail_if_reported(reports: &[Report], step: u16) {
    let mut i = 0;
    while i < reports.len() {
        if reports[i].step == step
            && let Some(problem) = reports[i].problem
        {
            let text = problem.text(reports[i].fields);
            panic!("{}", text.as_str());
        }
        i += 1;
    }
}

impl Problem {
    /// Composes the message.
    const fn text(self, fields: &'static [Field]) -> ErrorText {
        match self {
            Self::Clash(first, second) => {
                let text = ErrorText::EMPTY.with("two routes match the same requests: ");
                let method = shared_method(first.definition.methods, second.definition.methods);
                let text = with_place(with_route(text, method, first, fields), first).with(" and ");
                with_place(with_route(text, method, second, fields), second)
                    .with("; change the path or the method of one, or list only one")
            }
            Self::TwiceNamed(mounted, name) => {
                let text = ErrorText::EMPTY.with("the parameter `{").with(name);
                let text = text.with("}` stands twice in ");
                let text = with_place(
                    with_path(text.with("`"), mounted, fields).with("`"),
                    mounted,
                );
                text.with("; rename it in the prefix or in the route")
            }
            Self::TooManyParams(mounted) => {
                over_limit(mounted, fields, " has more than ", MAX_PARAMS)
                    .with(" parameters; take the rest from a catch-all or from the query")
            }
            Self::TooManySegments(mounted) => {
                over_limit(mounted, fields, " has more than ", MAX_SEGMENTS)
                    .with(" segments; take the rest from a catch-all")
            }
            Self::TooDeep(mounted) => over_limit(mounted, fields, " stands more than ", MAX_DEPTH)
                .with(" groups deep; list its group further out and join the prefixes"),
            Self::Locals(mounted, problem) => {
                let text = ErrorText::EMPTY.with("`");
                let text = with_place(with_path(text, mounted, fields).with("`"), mounted);
                problem.text(text, fields)
            }
            Self::NoOuterParam(mounted, name) => {
                let text = ErrorText::EMPTY.with("no prefix of ");
                let text = with_place(
                    with_path(text.with("`"), mounted, fields).with("`"),
                    mounted,
                );
                text.with(" has the parameter `{")
                    .with(name)
                    .with("}` that the handler takes as `#[param]`; write it in the prefix of a group around it")
            }
        }
    }
}

const fn over_limit(
    mounted: &Mounted,
    fields: &'static [Field],
    what: &str,
    limit: usize,
) -> ErrorText {
    let text = with_path(ErrorText::EMPTY.with("`"), mounted, fields).with("`");
    with_place(text, mounted)
        .with(what)
        .with_number(limit as u32)
}

const fn with_route(
    text: ErrorText,
    method: &str,
    mounted: &Mounted,
    fields: &'static [Field],
) -> ErrorText {
    with_path(text.with("`").with(method).with(" "), mounted, fields).with("`")
}

/// Appends the handler of the route and its place in the source.
const fn with_place(text: ErrorText, mounted: &Mounted) -> ErrorText {
    let definition = mounted.definition;
    let text = text
        .with(" of `")
        .with(definition.handler)
        .with("` (")
        .with(definition.file);
    text.with(":").with_number(definition.line).with(")")
}

/// Appends the pattern, with the prefixes up to the group that is checked.
const fn with_path(mut text: ErrorText, mounted: &Mounted, fields: &'static [Field]) -> ErrorText {
    let mut depth = 0;
    while let Some(field) = mounted.field_path.field(fields, depth) {
        text = text.with(field.context.prefix);
        depth += 1;
    }
    let own = mounted.definition.path;
    if equal(own, "/") && depth > 0 && !mounted.segments.is_empty() {
        text
    } else {
        text.with(own)
    }
}

const fn shared_method(a: Methods, b: Methods) -> &'static str {
    let mut i = 0;
    while i < STANDARD.len() {
        if (a.bits() & b.bits()) >> i & 1 == 1 {
            return STANDARD[i];
        }
        i += 1;
    }
    let mut i = 0;
    while i < a.extensions().len() {
        if contains(b.extensions(), a.extensions()[i]) {
            return a.extensions()[i];
        }
        i += 1;
    }
    "ANY"
}
