//! Checks that routes for operators are in an admin app.

use crate::{
    const_text::ErrorText,
    routes::{
        check::Report,
        facts::Facts,
        field_path::Place,
        job_problem::with_method,
        node::{Content, Node},
        problem::Problem,
        route_text::{with_place, with_source},
        walk::Walk,
    },
};

impl Node {
    /// Marks an app for operators.
    #[must_use]
    pub const fn admin(mut self) -> Self {
        if let Content::Group(group) = &mut self.content {
            group.is_admin = true;
            self.sums.may |= Facts::ADMIN.may;
        }
        self
    }
}

/// A route for operators in an app for clients.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exposed {
    /// The argument that is for operators. Without one, the attribute or a part states it.
    argument: Option<usize>,
}

/// Reports routes for operators in an app for clients.
pub(super) const fn find_exposed(reports: &mut [Report], root: &'static Node) {
    let mut walk = Walk::new(root);
    while walk.next_route() {
        let report = &mut reports[walk.first_step()];
        let is_for_operators = walk.sums.may & Facts::ADMIN.may != 0 || is_in_admin(&walk);
        if report.problem.is_some() || !is_for_operators {
            continue;
        }
        let place = walk.place();
        let options = place.path.options(root, walk.definition.options);
        if options.exposed.is_none() {
            let exposed = Exposed {
                argument: find_argument(&walk),
            };
            report.problem = Some(Problem::Exposed(place, exposed));
        }
    }
}

/// Returns whether the route is in a group that is an app for operators elsewhere.
const fn is_in_admin(walk: &Walk) -> bool {
    let mut i = 0;
    while i < walk.depth {
        if walk.levels[i].group.is_admin {
            return true;
        }
        i += 1;
    }
    false
}

const fn find_argument(walk: &Walk) -> Option<usize> {
    let mut i = 0;
    while i < walk.arguments.len() {
        if walk.arguments[i].facts.may(Facts::ADMIN) {
            return Some(i);
        }
        i += 1;
    }
    None
}

impl Exposed {
    /// Composes the message.
    pub(super) const fn text(self, root: &'static Node, place: Place) -> ErrorText {
        let text = with_place(with_method(ErrorText::EMPTY, place, root), place);
        let text = text.with(" is for operators");
        let text = match self.argument {
            Some(idx) => with_source(text.with(" (argument "), place, idx).with(")"),
            None => text,
        };
        text.with(", and all clients of the app can call it; list it in `#[routes(admin)]`, or write `admin = exposed(\"reason\")` in the attribute of the route or of a group around it")
    }
}
