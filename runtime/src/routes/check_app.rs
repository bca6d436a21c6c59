//! Checks of a whole app that few apps need: each visits all routes, if a sum shows that there is something to check.

use crate::routes::{
    chain::Chain,
    check::Report,
    check_cached,
    check_needs::{self, Offered},
    check_unique::{self, Seen},
    node::Node,
    problem::Problem,
    walk::Walk,
};

/// Reports names that have two values in the app.
pub(super) const fn find_two_values(reports: &mut [Report], root: &'static Node) {
    let mut walk = Walk::new(root);
    let (mut seen, mut index) = (Seen::NONE, 0);
    let (mut surroundings, mut chain) = (0, Chain::NONE);
    while walk.next_route() {
        // The parts of the groups are added with the first route of each.
        let is_new = walk.surroundings != surroundings;
        if is_new {
            surroundings = walk.surroundings;
            chain = Chain::around(&walk);
        }
        let outer = if is_new { chain } else { Chain::NONE };
        let whole = outer.with_own(&walk);
        let step = walk.first_step();
        if let Some(two) = check_unique::check(&mut seen, &whole, &walk, index)
            && reports[step].problem.is_none()
        {
            reports[step].problem = Some(Problem::TwoValues(walk.place(), two));
        }
        index += 1;
    }
}

/// Reports names that do not exist, and stored responses that depend on more than their key.
pub(super) const fn find_faults_of_parts(reports: &mut [Report], root: &'static Node) {
    let offered = Offered::of(root);
    let mut walk = Walk::new(root);
    let (mut surroundings, mut chain) = (u32::MAX, Chain::NONE);
    while walk.next_route() {
        if walk.surroundings != surroundings {
            surroundings = walk.surroundings;
            chain = Chain::around(&walk);
        }
        let report = &mut reports[walk.first_step()];
        if report.problem.is_some() {
            continue;
        }
        if let Some(fault) = check_cached::check(&chain, &walk) {
            report.problem = Some(Problem::NotCacheable(walk.place(), fault));
        } else if let Some(name) = check_needs::check(&chain.with_own(&walk), &walk, &offered) {
            report.problem = Some(Problem::Unknown(walk.place(), name));
        }
    }
}
