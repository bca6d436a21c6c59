//! The routes of an app as its users read them, composed in constant evaluation.

use super::{Place, Route};
use crate::entry::{Levels, Mounted, MountedGroup};

/// How much room the listing of an app takes.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Bytes of text.
    pub text: usize,
    /// Parameter and middleware names.
    pub names: usize,
    /// Steps.
    pub steps: usize,
}

/// The texts and lists that the routes of an app point into.
#[derive(Debug)]
pub struct Storage<const TEXT: usize, const NAMES: usize, const STEPS: usize> {
    text: [u8; TEXT],
    names: [&'static str; NAMES],
    steps: [u16; STEPS],
}

/// Returns how much room the listing takes.
pub const fn sizes(mounted: &[Mounted], groups: &[MountedGroup]) -> Sizes {
    let mut sizes = Sizes {
        text: 0,
        names: 0,
        steps: 0,
    };
    let mut i = 0;
    while i < mounted.len() {
        let route = &mounted[i];
        sizes.text += path_len(route);
        sizes.names += count_params(route) + count_middleware(route);
        sizes.steps += route.levels.len();
        i += 1;
    }
    i = 0;
    while i < groups.len() {
        sizes.steps += groups[i].levels.len();
        i += 1;
    }
    sizes
}

/// Fills the room: text, names and steps of the routes in their order, then steps of the groups.
pub const fn store<const TEXT: usize, const NAMES: usize, const STEPS: usize>(
    mounted: &[Mounted],
    groups: &[MountedGroup],
) -> Storage<TEXT, NAMES, STEPS> {
    let mut storage = Storage {
        text: [0; TEXT],
        names: [""; NAMES],
        steps: [0; STEPS],
    };
    let (mut text, mut names, mut steps) = (0, 0, 0);
    let mut i = 0;
    while i < mounted.len() {
        text = store_path(&mut storage.text, text, &mounted[i]);
        names = store_params(&mut storage.names, names, &mounted[i]);
        names = store_middleware(&mut storage.names, names, &mounted[i]);
        steps = store_steps(&mut storage.steps, steps, &mounted[i].levels);
        i += 1;
    }
    i = 0;
    while i < groups.len() {
        steps = store_steps(&mut storage.steps, steps, &groups[i].levels);
        i += 1;
    }
    storage
}

/// Returns the routes, pointing into the room.
pub const fn routes<const N: usize, const T: usize, const M: usize, const S: usize>(
    mounted: &'static [Mounted],
    storage: &'static Storage<T, M, S>,
) -> [Route; N] {
    let mut text: &[u8] = &storage.text;
    let mut names: &[&str] = &storage.names;
    let mut steps: &[u16] = &storage.steps;
    let mut all = [const { Route::EMPTY }; N];
    let mut i = 0;
    while i < N {
        let route = &mounted[i];
        let (path, more_text) = text.split_at(path_len(route));
        let (params, more_names) = names.split_at(count_params(route));
        let (middleware, more_names) = more_names.split_at(count_middleware(route));
        let (own_steps, more_steps) = steps.split_at(route.levels.len());
        all[i] = Route {
            definition: route.definition,
            path: match core::str::from_utf8(path) {
                Ok(path) => path,
                Err(_) => panic!("the path was composed from whole texts"),
            },
            segments: route.segments,
            params,
            middleware,
            steps: own_steps,
            levels: route.levels,
        };
        (text, names, steps) = (more_text, more_names, more_steps);
        i += 1;
    }
    all
}

/// Returns the groups, pointing into the room behind the routes.
pub const fn groups<const N: usize, const T: usize, const M: usize, const S: usize>(
    mounted: &[Mounted],
    groups: &'static [MountedGroup],
    storage: &'static Storage<T, M, S>,
) -> [Place; N] {
    let mut steps: &[u16] = &storage.steps;
    let mut i = 0;
    while i < mounted.len() {
        steps = steps.split_at(mounted[i].levels.len()).1;
        i += 1;
    }
    let mut all = [Place {
        segments: &[],
        steps: &[],
    }; N];
    i = 0;
    while i < N {
        let (own, rest) = steps.split_at(groups[i].levels.len());
        all[i] = Place {
            segments: groups[i].segments,
            steps: own,
        };
        steps = rest;
        i += 1;
    }
    all
}

impl Route {
    /// No route: what stands for one that has a mistake.
    pub(crate) const EMPTY: Self = Self {
        definition: crate::entry::NO_DEFINITION,
        path: "",
        segments: &[],
        params: &[],
        middleware: &[],
        steps: &[],
        levels: Levels::NONE,
    };
}

/// Returns the bytes of the whole pattern; a `/` below a prefix means the prefix itself.
const fn path_len(route: &Mounted) -> usize {
    let prefix = prefix_len(&route.levels);
    let own = route.definition.path;
    if prefix > 0 && own.len() == 1 {
        prefix
    } else {
        prefix + own.len()
    }
}

const fn prefix_len(levels: &Levels) -> usize {
    let (mut len, mut depth) = (0, 0);
    while let Some(level) = levels.outer(depth) {
        len += level.prefix.len();
        depth += 1;
    }
    len
}

const fn count_params(route: &Mounted) -> usize {
    let (mut n, mut i) = (0, 0);
    while i < route.segments.len() {
        if route.segments[i].name().is_some() {
            n += 1;
        }
        i += 1;
    }
    n
}

const fn count_middleware(route: &Mounted) -> usize {
    let (mut n, mut depth) = (route.definition.with.len(), 0);
    while let Some(level) = route.levels.outer(depth) {
        n += level.with.len();
        depth += 1;
    }
    n
}

const fn store_path(into: &mut [u8], mut at: usize, route: &Mounted) -> usize {
    let mut depth = 0;
    while let Some(level) = route.levels.outer(depth) {
        at = store_text(into, at, level.prefix);
        depth += 1;
    }
    let own = route.definition.path;
    if prefix_len(&route.levels) > 0 && own.len() == 1 {
        at
    } else {
        store_text(into, at, own)
    }
}

const fn store_text(into: &mut [u8], mut at: usize, text: &str) -> usize {
    let text = text.as_bytes();
    let mut i = 0;
    while i < text.len() {
        into[at] = text[i];
        at += 1;
        i += 1;
    }
    at
}

const fn store_params(into: &mut [&'static str], mut at: usize, route: &Mounted) -> usize {
    let mut i = 0;
    while i < route.segments.len() {
        if let Some(name) = route.segments[i].name() {
            into[at] = name;
            at += 1;
        }
        i += 1;
    }
    at
}

const fn store_middleware(into: &mut [&'static str], mut at: usize, route: &Mounted) -> usize {
    let mut depth = 0;
    while let Some(level) = route.levels.outer(depth) {
        at = store_names(into, at, level.with);
        depth += 1;
    }
    store_names(into, at, route.definition.with)
}

const fn store_names(
    into: &mut [&'static str],
    mut at: usize,
    names: &'static [&'static str],
) -> usize {
    let mut i = 0;
    while i < names.len() {
        into[at] = names[i];
        at += 1;
        i += 1;
    }
    at
}

const fn store_steps(into: &mut [u16], mut at: usize, levels: &Levels) -> usize {
    let mut depth = 0;
    while let Some(level) = levels.outer(depth) {
        into[at] = level.step;
        at += 1;
        depth += 1;
    }
    at
}
