//! Joins the entries of a group, in constant evaluation: each route gets its complete pattern.

use crate::routes::{
    definition::{Field, FieldPath, Mounted, MountedGroup, NO_DEFINITION},
    segment::Segment,
};

const NO_SEGMENT: Segment = Segment::Static("");

/// Returns the number of routes in the fields.
pub const fn count_routes(fields: &[Field]) -> usize {
    let (mut n, mut i) = (0, 0);
    while i < fields.len() {
        n += fields[i].routes.len();
        i += 1;
    }
    n
}

/// Returns the number of groups in the fields.
pub const fn count_groups(fields: &[Field]) -> usize {
    let (mut n, mut i) = (0, 0);
    while i < fields.len() {
        n += fields[i].groups.len();
        i += 1;
    }
    n
}

/// Returns the number of segments of all patterns in the fields, with their prefixes.
pub const fn count_segments(fields: &[Field]) -> usize {
    let (mut n, mut i) = (0, 0);
    while i < fields.len() {
        let prefix = fields[i].context.segments.len();
        let mut j = 0;
        while j < fields[i].routes.len() {
            n += prefix + fields[i].routes[j].segments.len();
            j += 1;
        }
        let mut j = 0;
        while j < fields[i].groups.len() {
            n += prefix + fields[i].groups[j].segments.len();
            j += 1;
        }
        i += 1;
    }
    n
}

/// Returns the segments of all patterns, concatenated.
///
/// For each field the segments of its routes come first, then those of its groups. [`mount`] and
/// [`mount_groups`] read them in this order.
pub const fn segments<const N: usize>(fields: &[Field]) -> [Segment; N] {
    let mut all = [NO_SEGMENT; N];
    let (mut at, mut i) = (0, 0);
    while i < fields.len() {
        let field = &fields[i];
        let mut j = 0;
        while j < field.routes.len() {
            at = copy(&mut all, at, field.context.segments);
            at = copy(&mut all, at, field.routes[j].segments);
            j += 1;
        }
        let mut j = 0;
        while j < field.groups.len() {
            at = copy(&mut all, at, field.context.segments);
            at = copy(&mut all, at, field.groups[j].segments);
            j += 1;
        }
        i += 1;
    }
    all
}

const fn copy(into: &mut [Segment], mut at: usize, from: &[Segment]) -> usize {
    let mut i = 0;
    while i < from.len() {
        into[at] = from[i];
        at += 1;
        i += 1;
    }
    at
}

/// Returns the routes of the fields, with the prefixes and options of the group.
pub const fn mount<const N: usize>(
    fields: &[Field],
    mut segments: &'static [Segment],
) -> [Mounted; N] {
    let mut all = [Mounted::new(NO_DEFINITION); N];
    let (mut n, mut i) = (0, 0);
    while i < fields.len() {
        let field = &fields[i];
        let prefix = field.context.segments.len();
        let mut j = 0;
        while j < field.routes.len() {
            let route = &field.routes[j];
            let (own, rest) = segments.split_at(prefix + route.segments.len());
            all[n] = Mounted {
                definition: route.definition,
                segments: own,
                field_path: route.field_path.within_field(field.context.step),
                options: route.options.within(field.context.options),
                path_len: path_len(route, field.context.prefix),
                has_locals: route.has_locals || !field.context.with.is_empty(),
            };
            segments = rest;
            n += 1;
            j += 1;
        }
        let mut j = 0;
        while j < field.groups.len() {
            segments = segments.split_at(prefix + field.groups[j].segments.len()).1;
            j += 1;
        }
        i += 1;
    }
    all
}

/// Returns the length of the complete pattern. A `/` below a prefix is the prefix itself.
const fn path_len(route: &Mounted, prefix: &str) -> u32 {
    let is_slash = route.path_len == 1 && !prefix.is_empty();
    prefix.len() as u32 + if is_slash { 0 } else { route.path_len }
}

/// Returns the groups of the fields with their complete prefixes, and the group itself if `own` is
/// its prefix.
///
/// `own` is `Some` if the group has middleware or a fallback, which also run for paths without a
/// route.
pub const fn mount_groups<const N: usize>(
    fields: &[Field],
    mut segments: &'static [Segment],
    own: Option<&'static [Segment]>,
) -> [MountedGroup; N] {
    let mut all = [MountedGroup {
        segments: &[],
        field_path: FieldPath::NONE,
    }; N];
    let mut n = 0;
    if let Some(prefix) = own {
        all[0].segments = prefix;
        n = 1;
    }
    let mut i = 0;
    while i < fields.len() {
        let field = &fields[i];
        let prefix = field.context.segments.len();
        let mut j = 0;
        while j < field.routes.len() {
            segments = segments.split_at(prefix + field.routes[j].segments.len()).1;
            j += 1;
        }
        let mut j = 0;
        while j < field.groups.len() {
            let group = &field.groups[j];
            let (whole, rest) = segments.split_at(prefix + group.segments.len());
            all[n] = MountedGroup {
                segments: whole,
                field_path: group.field_path.within_field(field.context.step),
            };
            segments = rest;
            n += 1;
            j += 1;
        }
        i += 1;
    }
    all
}
