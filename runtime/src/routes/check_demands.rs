//! Checks that each route below a group meets the demands of `every(..)`.

use crate::{
    const_text::{ErrorText, equal},
    routes::{
        clash::shared_method,
        demand::Demand,
        field_path::Place,
        node::Node,
        part::PartInfo,
        route_text::{with_place, with_route},
        walk::Walk,
    },
};

/// Returns whether a route is marked `public`, in its attribute or where it is listed.
const fn is_public(root: &'static Node, route: Place) -> bool {
    route.definition.is_public || route.path.is_public(root)
}

impl Demand {
    /// Returns whether a route meets the demand.
    const fn is_met(&self, root: &'static Node, route: Place) -> bool {
        self.allows_public && is_public(root, route)
            || self.is_broken()
            || self.find(root, route, false).is_some()
    }

    /// Returns whether the demand itself is a mistake, which has been reported.
    const fn is_broken(&self) -> bool {
        let mut parts = self.parts;
        while let [part, rest @ ..] = parts {
            if part.info.is_broken || part.info.is_generic {
                return true;
            }
            parts = rest;
        }
        false
    }

    /// Returns the part of the demand that a route has around it, or that it has in `when(..)`, where it may not run.
    const fn find(
        &self,
        root: &'static Node,
        route: Place,
        is_conditional: bool,
    ) -> Option<&'static str> {
        let mut depth = 0;
        while let Some(level) = route.path.group_at(root, depth) {
            if let Some(position) = self.position(level.group.with, is_conditional) {
                return Some(self.parts[position].written);
            }
            if let Some(position) = self.position(level.field.with, is_conditional) {
                return Some(self.parts[position].written);
            }
            depth += 1;
        }
        match self.position(route.definition.with, is_conditional) {
            Some(position) => Some(self.parts[position].written),
            None => None,
        }
    }

    /// Returns the index of the part of the demand that one `with(..)` has.
    const fn position(&self, with: &[PartInfo], is_conditional: bool) -> Option<usize> {
        let mut with = with;
        while let [part, rest @ ..] = with {
            let mut i = 0;
            while i < self.parts.len() {
                let is_same = self.parts[i].info.is(part) || part.is_broken;
                if part.is_conditional == is_conditional && is_same {
                    return Some(i);
                }
                i += 1;
            }
            with = rest;
        }
        None
    }

    /// Composes the message about a route that does not meet the demand.
    pub(super) const fn text(&self, root: &'static Node, route: Place) -> ErrorText {
        let definition = route.definition;
        let method = match shared_method(definition.methods, definition.methods) {
            Some(method) => method,
            None => "",
        };
        let text = with_place(with_route(ErrorText::EMPTY, method, route, root), route);
        let is_public = is_public(root, route) && !self.allows_public;
        let text = match self.find(root, route, true) {
            Some(part) => {
                let text = text.with(" has `").with(part);
                let text = text.with("` only in `when(..)`, where it may not run, and");
                self.with_source(text).with(" demands it for every request")
            }
            None if is_public => {
                let text = text.with(" is marked `public`, but");
                self.with_source(text).with(" does not allow it")
            }
            None => self.with_lack(text),
        };
        self.with_others(self.with_fix(text), root, route)
    }

    /// Appends the attribute with the demand.
    const fn with_source(&self, text: ErrorText) -> ErrorText {
        text.with(" `every(..)` of `").with(self.group).with("`")
    }

    /// Appends what the route does not have.
    const fn with_lack(&self, mut text: ErrorText) -> ErrorText {
        if self.parts.len() == 1 && !self.allows_public {
            let text = text.with(" does not have `").with(self.parts[0].written);
            return self.with_source(text.with("`, which")).with(" demands");
        }
        let mut i = 0;
        while i < self.parts.len() {
            let word = if i == 0 { " has neither `" } else { " nor `" };
            text = text.with(word).with(self.parts[i].written).with("`");
            i += 1;
        }
        if self.allows_public {
            text = text.with(" nor the word `public`");
        }
        self.with_source(text.with(", but"))
            .with(" demands one of them")
    }

    /// Appends what the user can write.
    const fn with_fix(&self, text: ErrorText) -> ErrorText {
        let mut text = text.with("; put `");
        let mut i = 0;
        while i < self.parts.len() {
            text = text
                .with(if i == 0 { "" } else { "` or `" })
                .with(self.parts[i].written);
            i += 1;
        }
        let text = text.with("` into `with(..)` of the route or of a group around it");
        if self.allows_public {
            text.with(", or write `public` in the attribute of the route")
        } else {
            text
        }
    }

    /// Appends the number of the other routes of the same entry that do not meet the demand.
    const fn with_others(&self, text: ErrorText, root: &'static Node, route: Place) -> ErrorText {
        let Some(step) = route.path.step(0) else {
            return text;
        };
        let (mut walk, mut count) = (Walk::of_entry(root, step as usize), 0_u32);
        while walk.next_route() {
            if let Some(other) = find_unmet(root, walk.place())
                && equal(other.group, self.group)
            {
                count += 1;
            }
        }
        match count {
            0 | 1 => text,
            2 => text.with(" (likewise for one more route of this entry)"),
            _ => text
                .with(" (likewise for ")
                .with_number(count - 1)
                .with(" more routes of this entry)"),
        }
    }
}

/// Returns the first demand of the groups around a route that it does not meet.
pub(super) const fn find_unmet(root: &'static Node, route: Place) -> Option<&'static Demand> {
    let mut depth = 0;
    while let Some(level) = route.path.group_at(root, depth) {
        let mut demands = level.group.demands;
        while let [demand, rest @ ..] = demands {
            if !demand.is_met(root, route) {
                return Some(demand);
            }
            demands = rest;
        }
        depth += 1;
    }
    None
}
