//! What a group refuses of its entries, and the words for it.

use crate::{
    const_text::{Text, contains, equal},
    routes::{
        check_locals::{self, LocalProblem},
        definition::{Field, MAX_DEPTH, Mounted},
        segment::{Methods, STANDARD, Segment},
        shape::{MAX_PARAMS, MAX_SEGMENTS},
    },
};

/// What is wrong with one field of a group.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// The number of the field.
    step: u16,
    problem: Option<Problem>,
    /// The fields of the group that reports.
    fields: &'static [Field],
}

#[derive(Debug, Clone, Copy)]
enum Problem {
    /// Both routes match the same requests.
    Clash(&'static Mounted, &'static Mounted),
    /// The route's pattern has the name twice.
    TwiceNamed(&'static Mounted, &'static str),
    TooManyParams(&'static Mounted),
    TooManySegments(&'static Mounted),
    TooDeep(&'static Mounted),
    /// The route asks for a parameter that no prefix has.
    NoOuterParam(&'static Mounted, &'static str),
    /// What is around the route provides the wrong locals.
    Locals(&'static Mounted, LocalProblem),
}

/// Checks the routes of a group against each other and against the limits.
///
/// Only what the fields' own groups could not see is reported: each mistake once, in the
/// innermost group that sees it. `root` adds what only a root can know.
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
                    problem(fields, &fields[i], routes, start, at, clashes[at], root);
            }
            at += 1;
        }
        i += 1;
    }
    reports
}

/// Returns what is wrong with the route at `at`, in the field whose routes begin at `start`.
const fn problem(
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
    if let Some(problem) = limits(field, route) {
        return Some(problem);
    }
    // A clash inside one field was reported by the group that stands there.
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
    missing_param(route)
}

/// Checks what the prefix of this field adds; what was over the limit before was reported before.
const fn limits(field: &Field, route: &'static Mounted) -> Option<Problem> {
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

const fn missing_param(route: &'static Mounted) -> Option<Problem> {
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

/// Stops the compilation where the field `step` has a problem.
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

pub(crate) type ErrorText = Text<1024>;

impl Problem {
    const fn text(self, fields: &'static [Field]) -> ErrorText {
        match self {
            Self::Clash(first, second) => {
                let text = ErrorText::EMPTY.with("two routes match the same requests: ");
                let method = shared_method(first.definition.methods, second.definition.methods);
                let text = place(route(text, method, first, fields), first).with(" and ");
                place(route(text, method, second, fields), second)
                    .with("; change the path or the method of one, or list only one")
            }
            Self::TwiceNamed(mounted, name) => {
                let text = ErrorText::EMPTY.with("the parameter `{").with(name);
                let text = text.with("}` stands twice in ");
                let text = place(path(text.with("`"), mounted, fields).with("`"), mounted);
                text.with("; rename it in the prefix or in the route")
            }
            Self::TooManyParams(mounted) => over(mounted, fields, " has more than ", MAX_PARAMS)
                .with(" parameters; take the rest from a catch-all or from the query"),
            Self::TooManySegments(mounted) => {
                over(mounted, fields, " has more than ", MAX_SEGMENTS)
                    .with(" segments; take the rest from a catch-all")
            }
            Self::TooDeep(mounted) => over(mounted, fields, " stands more than ", MAX_DEPTH)
                .with(" groups deep; list its group further out and join the prefixes"),
            Self::Locals(mounted, problem) => {
                let text = ErrorText::EMPTY.with("`");
                let text = place(path(text, mounted, fields).with("`"), mounted);
                problem.text(text, fields)
            }
            Self::NoOuterParam(mounted, name) => {
                let text = ErrorText::EMPTY.with("no prefix of ");
                let text = place(path(text.with("`"), mounted, fields).with("`"), mounted);
                text.with(" has the parameter `{")
                    .with(name)
                    .with("}` that the handler takes as `#[param]`; write it in the prefix of a group around it")
            }
        }
    }
}

const fn over(mounted: &Mounted, fields: &'static [Field], what: &str, limit: usize) -> ErrorText {
    let text = path(ErrorText::EMPTY.with("`"), mounted, fields).with("`");
    place(text, mounted).with(what).with_number(limit as u32)
}

const fn route(
    text: ErrorText,
    method: &str,
    mounted: &Mounted,
    fields: &'static [Field],
) -> ErrorText {
    path(text.with("`").with(method).with(" "), mounted, fields).with("`")
}

/// Adds where the route comes from.
const fn place(text: ErrorText, mounted: &Mounted) -> ErrorText {
    let definition = mounted.definition;
    let text = text
        .with(" of `")
        .with(definition.handler)
        .with("` (")
        .with(definition.file);
    text.with(":").with_number(definition.line).with(")")
}

/// Adds the pattern, from the prefix of the group that reports on.
const fn path(mut text: ErrorText, mounted: &Mounted, fields: &'static [Field]) -> ErrorText {
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
