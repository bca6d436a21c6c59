//! Checks the entries of a group and reports the first mistake of each.

use crate::routes::{
    argument_facts::find_shared_scope,
    chain::Chain,
    check_admin, check_app, check_csrf, check_demands, check_jobs,
    check_locals::{self, LocalProblem},
    clash::{self, Slot, may_clash},
    facts::{Facts, NEEDS, UNIQUE},
    field_path::MAX_DEPTH,
    node::{Content, Group, Node},
    problem::Problem,
    shape::{MAX_PARAMS, MAX_SEGMENTS},
    walk::Walk,
};

/// The result of checking one entry of a group.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// The first mistake, if there is one.
    pub(super) problem: Option<Problem>,
    /// The group, to compose the message.
    root: &'static Node,
}

/// Checks the routes of a group against each other and against the limits.
///
/// Each mistake is reported once, by the innermost group in which it is visible. `is_root` adds the checks that need
/// the complete chain and all prefixes. Most groups are correct, and the sums of their entries are enough to see
/// that. Only where it is not, the routes below an entry are visited.
pub const fn check<const ENTRIES: usize>(node: &'static Node, is_root: bool) -> [Report; ENTRIES] {
    let none = Report {
        problem: None,
        root: node,
    };
    let mut reports = [none; ENTRIES];
    let Content::Group(group) = &node.content else {
        return reports;
    };
    assert!(
        node.sums.routes <= 65_535,
        "a group has more than 65,535 routes"
    );
    let mut i = 0;
    while i < ENTRIES {
        let entry = group.entries[i];
        let checks = match is_root {
            false => Checks::Group,
            true if check_csrf::may_be_wrong(node, group, entry) => Checks::AppWithCsrf,
            true => Checks::App,
        };
        if may_be_wrong(group, entry, checks) {
            reports[i].problem = find_in_entry(node, Walk::of_entry(node, i), checks);
        }
        i += 1;
    }
    if is_root && node.sums.may & UNIQUE != 0 {
        check_app::find_two_values(&mut reports, node);
    }
    if is_root && node.sums.may & (NEEDS | Facts::CACHES.may) != 0 {
        check_app::find_faults_of_parts(&mut reports, node);
    }
    if is_root && node.sums.may & check_jobs::ANY != 0 && !group.lists_jobs {
        check_jobs::find_without_consumers(&mut reports, node);
    }
    if is_root && node.sums.may & Facts::ADMIN.may != 0 && !group.is_admin {
        check_admin::find_exposed(&mut reports, node);
    }
    // The size of a hash table is a constant: at least twice the number of its elements. The functions that fill it
    // are not generic, because in constant evaluation that would be slower.
    let may_clash = match ENTRIES {
        0..=16 => may_clash(group, &mut [0; 64], &mut [0; 64]),
        17..=64 => may_clash(group, &mut [0; 256], &mut [0; 256]),
        65..=256 => may_clash(group, &mut [0; 1_024], &mut [0; 1_024]),
        257..=1_024 => may_clash(group, &mut [0; 4_096], &mut [0; 4_096]),
        1_025..=8_192 => may_clash(group, &mut [0; 32_768], &mut [0; 32_768]),
        _ => true,
    };
    if !may_clash {
        return reports;
    }
    match node.sums.routes {
        0..=16 => find_clashes(&mut reports, node, &mut [Slot::EMPTY; 32]),
        17..=64 => find_clashes(&mut reports, node, &mut [Slot::EMPTY; 128]),
        65..=256 => find_clashes(&mut reports, node, &mut [Slot::EMPTY; 512]),
        257..=1_024 => find_clashes(&mut reports, node, &mut [Slot::EMPTY; 2_048]),
        1_025..=4_096 => find_clashes(&mut reports, node, &mut [Slot::EMPTY; 8_192]),
        4_097..=16_384 => find_clashes(&mut reports, node, &mut [Slot::EMPTY; 32_768]),
        _ => find_clashes(&mut reports, node, &mut [Slot::EMPTY; 131_072]),
    }
    reports
}

/// The checks of the routes below an entry, other than clashes.
#[derive(Clone, Copy)]
enum Checks {
    /// Those that a group can make without the groups around it.
    Group,
    /// Those that need the complete chain and all prefixes, too.
    App,
    /// The check for a guard against cross-site requests, too.
    AppWithCsrf,
}

/// Returns whether a route below an entry may have a mistake, other than a clash.
const fn may_be_wrong(group: &Group, entry: &'static Node, checks: Checks) -> bool {
    let (field, inner) = entry.split();
    let n_segments = group.prefix.n_segments as u16 + entry.sums.most_segments;
    let prefix_params = group.prefix.n_params as u16 + field.prefix.n_params as u16;
    entry.sums.depth as usize >= MAX_DEPTH
        || n_segments as usize > MAX_SEGMENTS
        || (prefix_params + inner.sums.most_params) as usize > MAX_PARAMS
        || group.prefix.name_bits & (field.prefix.name_bits | inner.sums.name_bits) != 0
        || field.prefix.name_bits & inner.sums.name_bits != 0
        || entry.sums.may & Facts::SCOPE.may != 0
        || match checks {
            Checks::Group => false,
            Checks::App => entry.sums.may_lack || group.checks_chains,
            Checks::AppWithCsrf => true,
        }
}

const fn find_in_entry(root: &'static Node, mut walk: Walk, checks: Checks) -> Option<Problem> {
    // The chain of the groups, and its first mistake, which is the same for all routes of a group.
    let (mut surroundings, mut chain, mut chain_problem) = (0, Chain::NONE, None);
    while walk.next_route() {
        if walk.depth > MAX_DEPTH {
            return Some(Problem::TooDeep(walk.place()));
        }
        if let Some(problem) = check_limits(&walk) {
            return Some(problem);
        }
        // The innermost group reports it.
        if walk.depth == 1
            && walk.sums.may & Facts::SCOPE.may != 0
            && let Some(shared) = find_shared_scope(walk.arguments)
        {
            return Some(Problem::SharedScope(walk.place(), shared));
        }
        if let Checks::Group = checks {
            continue;
        }
        if walk.surroundings != surroundings {
            surroundings = walk.surroundings;
            chain = Chain::around(&walk);
            chain_problem = chain.find_problem(0, &[]);
        }
        if let Some(problem) = find_lack(root, &walk, &chain, chain_problem) {
            return Some(problem);
        }
        if let Checks::AppWithCsrf = checks
            && let Some(unprotected) = check_csrf::check(root, &chain, &walk)
        {
            return Some(Problem::Unprotected(walk.place(), unprotected));
        }
    }
    None
}

const fn find_clashes(reports: &mut [Report], node: &'static Node, slots: &mut [Slot]) {
    let mut walk = Walk::new(node);
    let (mut index, mut step, mut start) = (0, usize::MAX, 0);
    while walk.next_route() {
        if walk.first_step() != step {
            step = walk.first_step();
            start = index;
        }
        // The group in this entry has already reported a clash inside it.
        if let Some(other) = clash::add(slots, node, &walk, index)
            && other < start
            && reports[step].problem.is_none()
        {
            reports[step].problem = Some(Problem::Clash(other, walk.place()));
        }
        index += 1;
    }
}

/// Returns the first thing that a route needs and that is not around it.
const fn find_lack(
    root: &'static Node,
    walk: &Walk,
    outer: &Chain,
    outer_problem: Option<LocalProblem>,
) -> Option<Problem> {
    if let Some(problem) = check_locals::check(outer, outer_problem, walk) {
        return Some(Problem::Locals(walk.place(), problem));
    }
    if let Some(name) = find_missing_param(walk) {
        return Some(Problem::NoOuterParam(walk.place(), name));
    }
    if root.sums.has_demands
        && let Some(demand) = check_demands::find_unmet(root, walk.place())
    {
        return Some(Problem::Unmet(walk.place(), demand));
    }
    None
}

/// Checks the limits that the prefix of the outermost group exceeds. A limit that was already exceeded without the
/// prefix was reported by the inner group.
const fn check_limits(walk: &Walk) -> Option<Problem> {
    let level = &walk.levels[0];
    let (group, field) = (&level.group.prefix, &level.field.prefix);
    if group.n_segments == 0 && field.n_segments == 0 {
        return None;
    }
    let (whole, added) = (
        walk.whole.n_segments as usize,
        (group.n_segments + field.n_segments) as usize,
    );
    if whole > MAX_SEGMENTS && whole - added <= MAX_SEGMENTS {
        return Some(Problem::TooManySegments(walk.place()));
    }
    let (whole, added) = (
        walk.whole.n_params as usize,
        (group.n_params + field.n_params) as usize,
    );
    if whole > MAX_PARAMS && whole - added <= MAX_PARAMS {
        return Some(Problem::TooManyParams(walk.place()));
    }
    // Without other parameters, or with those of one prefix only, no name can be there twice.
    if added == 0 || whole == group.n_params as usize || whole == field.n_params as usize {
        return None;
    }
    match repeated_name(walk) {
        Some(name) => Some(Problem::TwiceNamed(walk.place(), name)),
        None => None,
    }
}

/// Returns the first parameter of the outermost prefixes that a later prefix or the route has again.
const fn repeated_name(walk: &Walk) -> Option<&'static str> {
    let level = &walk.levels[0];
    let mut segments = level.group.prefix.segments();
    while let Some(segment) = segments.next_segment() {
        if let Some(name) = segment.name()
            && (level.field.prefix.has_param(name) || has_inside(walk, name))
        {
            return Some(name);
        }
    }
    segments = level.field.prefix.segments();
    while let Some(segment) = segments.next_segment() {
        if let Some(name) = segment.name()
            && has_inside(walk, name)
        {
            return Some(name);
        }
    }
    None
}

/// Returns whether a prefix inside the outermost group, or the route, has a parameter of this name.
const fn has_inside(walk: &Walk, name: &str) -> bool {
    walk.definition.pattern.has_param(name) || walk.has_prefix_param(1, name)
}

/// Returns the first parameter that the handler needs of a prefix and that no prefix has.
const fn find_missing_param(walk: &Walk) -> Option<&'static str> {
    let mut wanted = walk.definition.outer_params;
    while let [name, rest @ ..] = wanted {
        if !walk.has_prefix_param(0, name) {
            return Some(name);
        }
        wanted = rest;
    }
    None
}

/// Panics, which is a compile error, if the entry with this index has a mistake.
#[track_caller]
pub(crate) const fn fail_if_reported(reports: &[Report], entry: usize) {
    if let Some(problem) = reports[entry].problem {
        let text = problem.text(reports[entry].root);
        panic!("{}", text.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{Definition, Methods, Pattern, ResponseInfo, segment::RouteOptions};

    /// Returns the indices of the entries of a group that clash with an earlier one. `numbered` is whether segments
    /// have different numbers; without them every pattern of the same length has the same hash.
    fn clashing(routes: [(u16, &'static str); 3], numbered: bool) -> Vec<usize> {
        let nodes = routes.map(|(methods, text)| {
            let segments: Vec<_> = text.split('/').skip(1).collect();
            let hashes = segments.iter().map(|segment| match numbered {
                true => segment
                    .split(['{', '}'])
                    .step_by(2)
                    .collect::<Vec<_>>()
                    .join("?"),
                false => String::new(),
            });
            let hashes = hashes.map(|text| text.bytes().fold(8, |h, b| h * 31 + u64::from(b)));
            let pattern = Pattern::new(
                text,
                hashes.collect::<Vec<_>>().leak(),
                segments.len() as u8,
                0,
                0,
            );
            let mut definition = Definition::new(methods, pattern, "", "");
            if methods == 0 {
                definition = definition.methods(Methods::ANY);
            }
            &*Box::leak(Box::new(Node::route(definition, &[], || {
                ResponseInfo::OPAQUE
            })))
        });
        let entries = Box::leak(Box::new(nodes));
        let group = Node::group("", Pattern::EMPTY, &[], RouteOptions::NONE, entries);
        let root = &*Box::leak(Box::new(group));
        let mut reports = [Report {
            problem: None,
            root,
        }; 3];
        // `check` itself has tables of every size in its frame, too much for the stack of a test.
        find_clashes(&mut reports, root, &mut [Slot::EMPTY; 32]);
        let Content::Group(group) = &root.content else {
            unreachable!()
        };
        let has_clash = reports.iter().any(|report| report.problem.is_some());
        assert!(may_clash(group, &mut [0; 16], &mut [0; 16]) || !has_clash);
        let is_wrong = |idx: &usize| reports[*idx].problem.is_some();
        (0..3).filter(is_wrong).collect()
    }

    #[test]
    fn routes_clash_if_they_have_the_pattern_and_a_method_in_common() {
        for numbered in [true, false] {
            let clash = |routes| clashing(routes, numbered);
            assert_eq!(clash([(1, "/a"), (1, "/a"), (1, "/a")]), [1, 2]);
            assert_eq!(clash([(1, "/{a}"), (4, "/{b}"), (1, "/{c}")]), [2]);
            assert_eq!(clash([(1, "/v{a}"), (1, "/{a}v"), (1, "/v{b}")]), [2]);
            assert_eq!(clash([(1, "/{*a}"), (1, "/{a}"), (1, "/{*b}")]), [2]);
            assert_eq!(clash([(0, "/a"), (1, "/a"), (0, "/a")]), [2]);
            assert!(clash([(1, "/b"), (1, "/a/"), (1, "/a")]).is_empty());
        }
    }
}
