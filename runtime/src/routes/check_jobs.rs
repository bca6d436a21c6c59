//! Checks that each job of an app has a publisher and a consumer.
//!
//! Only an app that publishes a job or lists consumers is searched, once, and only in the entries whose sums show that
//! a job is published there.

use crate::routes::{
    chain::Chain,
    check::{Report, check},
    check_dual_write,
    consumer::ConsumerInfo,
    facts::{BROKEN, Facts},
    job_problem::{JobProblem, NoConsumer},
    job_table::{JobTable, Origin, Publisher, Source},
    node::{Content, Node},
    part::{PartInfo, joined},
    problem::Problem,
    similar::is_similar,
    walk::Walk,
};

/// The facts of which one makes the check look for jobs.
pub(super) const ANY: u64 = Facts::PUBLISHES.may | Facts::PUBLISHES_DIRECTLY.may;

/// The results of checking an app that lists consumers.
#[derive(Debug, Clone, Copy)]
pub struct CheckedApp<const ENTRIES: usize, const NAMES: usize> {
    /// Those of its entries.
    pub entries: [Report; ENTRIES],
    /// Those of the names in `jobs(..)`: the consumers, then the jobs of `elsewhere(..)`.
    pub names: [JobReport; NAMES],
}

/// The result of checking one name in `jobs(..)`.
#[derive(Debug, Clone, Copy)]
pub struct JobReport {
    problem: Option<JobProblem>,
}

/// The lists of `jobs(..)`.
#[derive(Clone, Copy)]
struct Listed {
    consumers: &'static [ConsumerInfo],
    elsewhere: &'static [&'static str],
}

/// Checks the routes of an app that lists consumers, like [`check`], and its jobs.
pub const fn check_with_jobs<const ENTRIES: usize, const NAMES: usize>(
    node: &'static Node,
    consumers: &'static [ConsumerInfo],
    elsewhere: &'static [&'static str],
) -> CheckedApp<ENTRIES, NAMES> {
    let mut checked = CheckedApp {
        entries: check(node, true),
        names: [JobReport { problem: None }; NAMES],
    };
    let listed = Listed {
        consumers,
        elsewhere,
    };
    let (entries, names) = (&mut checked.entries, &mut checked.names);
    let mut jobs = JobTable::NONE;
    listed.add_to(&mut jobs, names);
    find_publishers(&mut jobs, entries, node);
    listed.add_published(&mut jobs, names);
    if !jobs.is_full {
        listed.find_faults(&mut jobs, names, node);
        report_lost(&jobs, entries, names, listed);
    }
    checked
}

/// Reports the first job that is published in an app without `jobs(..)`: one mistake is one error.
pub(super) const fn find_without_consumers(entries: &mut [Report], root: &'static Node) {
    let mut jobs = JobTable::NONE;
    find_publishers(&mut jobs, entries, root);
    let mut i = 0;
    while i < jobs.len {
        if let Some(Publisher::Route(step, place, source)) = jobs.jobs[i].lost
            && entries[step].problem.is_none()
        {
            let lost = NoConsumer {
                job: jobs.jobs[i].name,
                source,
                lists_consumers: false,
            };
            entries[step].problem = Some(Problem::NoConsumer(place, lost));
            return;
        }
        i += 1;
    }
}

/// Adds the jobs that the routes of an app publish, and reports those that are published next to a transaction.
const fn find_publishers(jobs: &mut JobTable, entries: &mut [Report], root: &'static Node) {
    let Content::Group(group) = &root.content else {
        return;
    };
    let around = joined(group.with).0;
    let mut i = 0;
    while i < group.entries.len() {
        if (group.entries[i].sums.may | around) & ANY != 0 {
            let dual_write = find_in_entry(jobs, Walk::of_entry(root, i), root);
            if entries[i].problem.is_none() {
                entries[i].problem = dual_write;
            }
        }
        i += 1;
    }
}

/// Adds the jobs below an entry. Returns the first that is published next to a transaction.
const fn find_in_entry(
    jobs: &mut JobTable,
    mut walk: Walk,
    root: &'static Node,
) -> Option<Problem> {
    let (mut surroundings, mut dual_write) = (u32::MAX, None);
    while walk.next_route() {
        // The parts of the groups are added with the first route of each.
        if walk.surroundings != surroundings {
            surroundings = walk.surroundings;
            add_parts(jobs, &walk, &Chain::around(&walk));
        }
        if (walk.sums.may | joined(walk.own_field().with).0) & ANY == 0 {
            continue;
        }
        add_parts(jobs, &walk, &Chain::NONE.with_own(&walk));
        let mut i = 0;
        while i < walk.arguments.len() {
            let from = Origin::Route(&walk, Source::Argument(i));
            // Two types of one job in routes have been reported.
            let _ = jobs.publish(&walk.arguments[i].facts, from);
            i += 1;
        }
        if dual_write.is_none() {
            dual_write = check_dual_write::check(root, &walk);
        }
    }
    dual_write
}

const fn add_parts(jobs: &mut JobTable, walk: &Walk, chain: &Chain) {
    let mut i = 0;
    while i < chain.len {
        let part: &'static PartInfo = chain.at(i);
        if part.facts.may(Facts::PUBLISHES) {
            let from = Origin::Route(walk, Source::Part(part));
            let _ = jobs.publish(&part.facts, from);
            let _ = jobs.publish_list(part.stated, from);
            let mut rest = part.arguments;
            while let [argument, others @ ..] = rest {
                let _ = jobs.publish(&argument.facts, from);
                rest = others;
            }
        }
        i += 1;
    }
}

impl Listed {
    /// Adds the jobs that consumers or other programs take, and reports those that are taken twice.
    const fn add_to(self, jobs: &mut JobTable, names: &mut [JobReport]) {
        let mut i = 0;
        while i < self.consumers.len() {
            let own = &self.consumers[i];
            if let Some(job) = jobs.entry(own.job()) {
                match job.consumer {
                    None => job.consumer = Some(i),
                    Some(first) => {
                        names[i].problem = Some(JobProblem::Twice(&self.consumers[first], own));
                    }
                }
            }
            i += 1;
        }
        i = 0;
        while i < self.elsewhere.len() {
            if let Some(job) = jobs.entry(self.elsewhere[i]) {
                job.is_elsewhere = true;
                if let Some(own) = job.consumer {
                    names[self.consumers.len() + i].problem =
                        Some(JobProblem::TakenHere(&self.consumers[own]));
                }
            }
            i += 1;
        }
    }

    /// Adds the jobs that consumers publish.
    const fn add_published(self, jobs: &mut JobTable, names: &mut [JobReport]) {
        let mut i = 0;
        while i < self.consumers.len() {
            let own = &self.consumers[i];
            let mut rest = own.facts();
            while let [facts, others @ ..] = rest {
                if let Some(two) = jobs.publish(facts, Origin::Consumer(i))
                    && names[i].problem.is_none()
                {
                    names[i].problem = Some(JobProblem::TwoTypes(own, two));
                }
                rest = others;
            }
            i += 1;
        }
    }

    /// Reports the names of `jobs(..)` that nothing publishes.
    const fn find_faults(self, jobs: &mut JobTable, names: &mut [JobReport], root: &'static Node) {
        // A route or a part that does not compile may publish it.
        if root.sums.broken || root.sums.may & BROKEN != 0 {
            return;
        }
        let mut i = 0;
        while i < self.consumers.len() {
            let own = &self.consumers[i];
            let is_exempt = own.is_from_outside() || own.is_scheduled();
            if !is_exempt
                && names[i].problem.is_none()
                && let Some(job) = jobs.entry(own.job())
                && !job.is_published
            {
                names[i].problem = Some(JobProblem::Unpublished(own));
            }
            i += 1;
        }
        i = 0;
        while i < self.elsewhere.len() {
            let (name, report) = (self.elsewhere[i], &mut names[self.consumers.len() + i]);
            if report.problem.is_none()
                && let Some(job) = jobs.entry(name)
                && !job.is_published
            {
                let similar = take_similar(jobs, name);
                report.problem = Some(JobProblem::UnpublishedElsewhere(name, similar));
            }
            i += 1;
        }
    }
}

/// Returns a job with a similar name that nothing takes, which is then no longer reported.
const fn take_similar(jobs: &mut JobTable, name: &str) -> Option<&'static str> {
    let mut i = 0;
    while i < jobs.len {
        let job = &mut jobs.jobs[i];
        if job.lost.is_some() && is_similar(job.name, name) {
            job.lost = None;
            return Some(job.name);
        }
        i += 1;
    }
    None
}

/// Reports the jobs that nothing takes, each once.
const fn report_lost(
    jobs: &JobTable,
    entries: &mut [Report],
    names: &mut [JobReport],
    listed: Listed,
) {
    let mut i = 0;
    while i < jobs.len {
        let job = jobs.jobs[i].name;
        match jobs.jobs[i].lost {
            Some(Publisher::Route(step, place, source)) if entries[step].problem.is_none() => {
                let lost = NoConsumer {
                    job,
                    source,
                    lists_consumers: true,
                };
                entries[step].problem = Some(Problem::NoConsumer(place, lost));
            }
            Some(Publisher::Consumer(idx)) if names[idx].problem.is_none() => {
                let own = &listed.consumers[idx];
                names[idx].problem = Some(JobProblem::PublishesLost(own, job));
            }
            _ => {}
        }
        i += 1;
    }
}

/// Panics, which is a compile error, if the name in `jobs(..)` with this index has a mistake.
#[track_caller]
pub const fn assert_job(names: &[JobReport], idx: usize) {
    if let Some(problem) = names[idx].problem {
        panic!("{}", problem.text().as_str());
    }
}
