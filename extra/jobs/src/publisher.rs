//! The part that outboxes and queues share.

use std::sync::Arc;

use highball::{extract::Input, prelude::*};

use crate::{Attempt, Job, Jobs, Retry, consumer::Env};

/// Where jobs are published, and by what.
#[derive(Clone, Copy)]
pub(crate) struct Publisher<'r> {
    pub(crate) jobs: &'r Jobs,
    /// The route or the consumer.
    pub(crate) producer: &'static str,
    trace: Option<&'r str>,
}

impl<'r> Publisher<'r> {
    /// Returns the publisher of a request, unless too many jobs of the type wait.
    pub(crate) fn of_request<J: Job>(input: &Input<'r, Jobs>) -> Result<Self, Rejection> {
        let jobs = input.state();
        jobs.check_room::<J>()?;
        Ok(Self {
            jobs,
            producer: input.route().map_or("", |route| route.handler()),
            trace: traceparent(input),
        })
    }

    pub(crate) fn trace(&self) -> Option<String> {
        self.trace.map(str::to_owned)
    }
}

/// Returns the header that joins the spans of several services.
fn traceparent<'r>(input: &Input<'r, Jobs>) -> Option<&'r str> {
    let value = input.headers().get("traceparent")?.to_str().ok()?;
    // The version 00 has 55 characters. Later ones may be longer.
    (55..=255).contains(&value.len()).then_some(value)
}

/// The attempt in which a consumer publishes.
#[derive(Debug)]
pub struct Publishing {
    attempt: Arc<Attempt>,
    consumer: &'static str,
}

impl Publishing {
    pub(crate) async fn open<S>(env: &Env<S>) -> Result<Self, Retry> {
        Ok(Self {
            attempt: Arc::clone(&env.attempt),
            consumer: env.consumer,
        })
    }

    pub(crate) fn publisher(&self) -> Publisher<'_> {
        Publisher {
            jobs: &self.attempt.jobs,
            producer: self.consumer,
            trace: self.attempt.traceparent(),
        }
    }
}
