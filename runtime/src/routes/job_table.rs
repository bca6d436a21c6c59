//! The jobs of an app by their names, in constant evaluation.

use crate::{
    const_text::equal,
    routes::{
        fact::Fact,
        facts::{Facts, Named},
        field_path::Place,
        part::PartInfo,
        walk::Walk,
    },
};

/// The most jobs that are checked. An app with more of them is compiled, and its jobs are not checked.
const MOST: usize = 512;
/// The size of the hash table.
const SLOTS: usize = 2 * MOST;

/// The jobs of an app.
pub(super) struct JobTable {
    /// One more than the index of the job, or 0 if the slot is free.
    slots: [u16; SLOTS],
    pub(super) jobs: [Job; MOST],
    pub(super) len: usize,
    /// Whether the app has more jobs.
    pub(super) is_full: bool,
}

/// A job that something in the app publishes or takes.
#[derive(Clone, Copy)]
pub(super) struct Job {
    pub(super) name: &'static str,
    /// The index of the consumer that takes it.
    pub(super) consumer: Option<usize>,
    /// Whether another program takes it.
    pub(super) is_elsewhere: bool,
    /// Whether something other than its own consumer publishes it.
    pub(super) is_published: bool,
    /// Its first publisher, if nothing takes it.
    pub(super) lost: Option<Publisher>,
    /// Its type, if a publisher states it.
    ty: Option<&'static str>,
}

/// Something that publishes a job.
#[derive(Debug, Clone, Copy)]
pub(super) enum Publisher {
    /// A route in the entry with this index, by a part or an argument.
    Route(usize, Place, Source),
    /// The consumer with this index.
    Consumer(usize),
}

/// The part or the argument of a route that publishes a job.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    Part(&'static PartInfo),
    /// The argument with this index, without the context.
    Argument(usize),
}

/// The place that a search for jobs has reached.
#[derive(Clone, Copy)]
pub(super) enum Origin<'w> {
    /// A part or an argument of the route that the walk has visited.
    Route(&'w Walk, Source),
    Consumer(usize),
}

/// A job that is another type for one publisher than for another.
#[derive(Debug, Clone, Copy)]
pub(super) struct TwoTypes {
    pub(super) job: &'static str,
    pub(super) first: &'static str,
    pub(super) second: &'static str,
}

impl Job {
    const NONE: Self = Self {
        name: "",
        consumer: None,
        is_elsewhere: false,
        is_published: false,
        lost: None,
        ty: None,
    };
}

impl JobTable {
    pub(super) const NONE: Self = Self {
        slots: [0; SLOTS],
        jobs: [Job::NONE; MOST],
        len: 0,
        is_full: false,
    };

    /// Returns the job of this name, which is added if it is new. Returns `None` if the table is full.
    pub(super) const fn entry(&mut self, name: &'static str) -> Option<&mut Job> {
        let mut at = hash(name) as usize % SLOTS;
        while self.slots[at] != 0 {
            let idx = self.slots[at] as usize - 1;
            if equal(self.jobs[idx].name, name) {
                return Some(&mut self.jobs[idx]);
            }
            at = (at + 1) % SLOTS;
        }
        if self.len == MOST {
            self.is_full = true;
            return None;
        }
        let idx = self.len;
        self.len += 1;
        self.slots[at] = self.len as u16;
        self.jobs[idx].name = name;
        Some(&mut self.jobs[idx])
    }

    /// Adds the jobs that something with these facts publishes. Returns the first one with two types.
    pub(super) const fn publish(&mut self, facts: &Facts, from: Origin<'_>) -> Option<TwoTypes> {
        if !facts.may(Facts::PUBLISHES) {
            return None;
        }
        match facts.named {
            Named::Nothing => None,
            Named::List(list) => self.publish_list(list, from),
            Named::Both(first, second) => match self.publish(first, from) {
                Some(two) => Some(two),
                None => self.publish(second, from),
            },
        }
    }

    /// Adds the jobs among these facts.
    pub(super) const fn publish_list(
        &mut self,
        list: &[Fact],
        from: Origin<'_>,
    ) -> Option<TwoTypes> {
        let (mut rest, mut found) = (list, None);
        while let [fact, others @ ..] = rest {
            if fact.is_job()
                && let Some(job) = self.entry(fact.name())
            {
                job.add_publisher(from);
                if let Some(two) = job.add_type(fact)
                    && found.is_none()
                {
                    found = Some(two);
                }
            }
            rest = others;
        }
        found
    }
}

impl Job {
    const fn add_publisher(&mut self, from: Origin<'_>) {
        match (self.consumer, from) {
            // A consumer that feeds only itself never runs.
            (Some(own), Origin::Consumer(idx)) if own == idx => return,
            (None, _) if !self.is_elsewhere && self.lost.is_none() => {
                self.lost = Some(match from {
                    Origin::Route(walk, source) => {
                        Publisher::Route(walk.first_step(), walk.place(), source)
                    }
                    Origin::Consumer(idx) => Publisher::Consumer(idx),
                });
            }
            _ => {}
        }
        self.is_published = true;
    }

    const fn add_type(&mut self, fact: &Fact) -> Option<TwoTypes> {
        match (self.ty, fact.value()) {
            (Some(first), Some(second)) if !equal(first, second) => Some(TwoTypes {
                job: self.name,
                first,
                second,
            }),
            (None, Some(ty)) => {
                self.ty = Some(ty);
                None
            }
            _ => None,
        }
    }
}

/// Returns the FNV-1a hash of a name.
const fn hash(name: &str) -> u32 {
    let (bytes, mut hash, mut i) = (name.as_bytes(), 0x811c_9dc5_u32, 0);
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_one_job() {
        let mut table = JobTable::NONE;
        for name in ["email", "award", "email", "", "award"] {
            assert_eq!(table.entry(name).unwrap().name, name);
        }
        assert_eq!(table.len, 3);
    }

    #[test]
    fn table_with_too_many_names_is_full_and_finds_the_others() {
        let mut table = JobTable::NONE;
        let names = (0..=MOST).map(|number| &*format!("job {number}").leak());
        let names: Vec<&'static str> = names.collect();
        let added = names
            .iter()
            .filter_map(|name| table.entry(name).map(|job| job.name));
        assert_eq!(added.count(), MOST);
        assert!(table.is_full && table.entry(names[0]).is_some());
    }

    #[test]
    fn consumer_that_feeds_only_itself_publishes_nothing() {
        const AWARD: Facts = Facts::PUBLISHES.and(Facts::named(&[Fact::new("job", "award")]));
        for (consumer, is_published, is_lost) in [
            (Some(1), false, false),
            (Some(2), true, false),
            (None, true, true),
        ] {
            let mut table = JobTable::NONE;
            table.entry("award").unwrap().consumer = consumer;
            assert!(table.publish(&AWARD, Origin::Consumer(1)).is_none());
            let job = table.entry("award").unwrap();
            assert_eq!(
                (job.is_published, job.lost.is_some()),
                (is_published, is_lost)
            );
        }
    }
}
