//! The capacity and the checks of a server, with their gauges.

use std::{collections::HashSet, sync::Arc};

use super::{Setup, registry::Gauge};
use crate::{
    error::{Error, Result},
    request::{Check, Gate, Shared},
};

/// Applies the capacity. Its gauge exists before a command of the program runs, because it may list all gauges.
pub(super) fn open_gate<S>(setup: &mut Setup, shared: &mut Shared<S>) {
    shared.gate = setup.capacity.take().map(|capacity| {
        let gate = Arc::new(Gate::new(capacity));
        let gauge = capacity_used(Arc::clone(&gate));
        setup.installed.registry.add_gauge("capacity", gauge);
        gate
    });
}

/// Adds the checks and their gauges. Fails if two have the same name, since `/readyz` has their results by name.
pub(super) fn add_checks<S>(setup: &mut Setup, shared: &mut Shared<S>) -> Result {
    let mut names = HashSet::new();
    for check in setup.checks.drain(..) {
        if !names.insert(check.name().to_owned()) {
            return Err(Error::new(format!(
                "two checks of readiness have the name `{}`; give one of them another name",
                check.name()
            )));
        }
        let gauge = check_passed(&check);
        setup.installed.registry.add_gauge("checks", gauge);
        shared.health.add(check);
    }
    Ok(())
}

fn check_passed(check: &Check) -> Gauge {
    let help = "Whether the check has passed when it ran last, for /readyz: 1 or 0.";
    Gauge::new("highball_check_passed", "", help, check.last()).label("check", check.name())
}

fn capacity_used(gate: Arc<Gate>) -> Gauge {
    let help = "The share of the capacity that requests use, from 0 to 1.";
    Gauge::new("highball_capacity_used", "", help, move || {
        gate.share_in_use()
    })
}
