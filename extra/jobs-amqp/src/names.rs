//! The names of queues and exchanges.

/// The names that begin with the prefix of an app.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    pub(crate) fn new(prefix: String) -> Self {
        Self { prefix }
    }

    /// Returns the queue of jobs that can run.
    pub(crate) fn main(&self, job: &str) -> String {
        format!("{}.{job}", self.prefix)
    }

    /// Returns the queue of jobs that have crashed.
    pub(crate) fn suspect(&self, job: &str) -> String {
        format!("{}.{job}.suspect", self.prefix)
    }

    /// Returns the queue of jobs that do not run again by themselves.
    pub(crate) fn parked(&self, job: &str) -> String {
        format!("{}.{job}.parked", self.prefix)
    }

    /// Returns the queue, and its exchange, in which jobs wait for a number of seconds.
    pub(crate) fn delay(&self, seconds: u32) -> String {
        format!("{}.delay.{seconds}s", self.prefix)
    }

    /// Returns the exchange that wakes the workers.
    pub(crate) fn wake(&self) -> String {
        format!("{}.wake", self.prefix)
    }
}

/// Returns an error, as the end of a sentence, if a name cannot be part of the name of a queue.
pub(crate) fn check(what: &str, name: &str) -> Result<(), String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_-:".contains(letter);
    // AMQP allows 255 bytes for the whole name.
    match (1..=100).contains(&name.len()) && name.chars().all(is_part) {
        true => Ok(()),
        false => Err(format!(
            "{what} `{name}` cannot be part of the name of a queue: use up to 100 letters, digits, `_`, `-` and `:`"
        )),
    }
}

/// As [`check`] for a job. Those of schedules begin with `cron.`.
pub(crate) fn check_job(name: &str) -> Result<(), String> {
    match name.strip_prefix("cron.") {
        // They would be the other queues of a job `cron`.
        Some("suspect" | "parked") => Err(format!(
            "the schedule `{name}` cannot be in RabbitMQ: rename its function"
        )),
        Some(schedule) => check("the schedule", schedule),
        None => check("the job", name),
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, check_job};

    #[test]
    fn queues_of_different_jobs_have_different_names() {
        let names = Names::new("shop".to_owned());
        assert_eq!(names.main("email"), "shop.email");
        assert_eq!(names.parked("email"), "shop.email.parked");
        assert_eq!(names.delay(30), "shop.delay.30s");
        // `email.parked` would be the queue of parked e-mails.
        for (name, is_valid) in [
            ("email", true),
            ("email.parked", false),
            ("", false),
            ("cron.prune", true),
            ("cron.parked", false),
            ("cron.", false),
        ] {
            assert_eq!(check_job(name).is_ok(), is_valid, "{name}");
        }
    }
}
