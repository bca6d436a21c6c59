//! Composes the messages about jobs.

use crate::{
    const_text::ErrorText,
    routes::{
        clash::{shared_method, unsafe_method},
        consumer::ConsumerInfo,
        field_path::Place,
        job_table::{Source, TwoTypes},
        node::Node,
        route_text::{with_place, with_route, with_source},
    },
};

/// A job that a route publishes and that nothing takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct NoConsumer {
    pub(super) job: &'static str,
    pub(super) source: Source,
    /// Whether the app has `jobs(..)`.
    pub(super) lists_consumers: bool,
}

/// A mistake in a name of `jobs(..)`.
#[derive(Debug, Clone, Copy)]
pub(super) enum JobProblem {
    /// Nothing publishes the job of the consumer.
    Unpublished(&'static ConsumerInfo),
    /// The consumer publishes a job that nothing takes.
    PublishesLost(&'static ConsumerInfo, &'static str),
    /// Two consumers take one job.
    Twice(&'static ConsumerInfo, &'static ConsumerInfo),
    /// The consumer publishes a job that has another type elsewhere.
    TwoTypes(&'static ConsumerInfo, TwoTypes),
    /// The consumer takes a job of `elsewhere(..)`.
    TakenHere(&'static ConsumerInfo),
    /// Nothing publishes a job of `elsewhere(..)`. The second is the similar name of one that nothing takes.
    UnpublishedElsewhere(&'static str, Option<&'static str>),
}

impl NoConsumer {
    /// Composes the message.
    pub(super) const fn text(self, root: &'static Node, place: Place) -> ErrorText {
        let text = with_place(with_method(ErrorText::EMPTY, place, root), place);
        let text = text.with(" publishes the job `").with(self.job).with("` (");
        let text = match self.source {
            Source::Part(part) => text.with("`").with(part.name).with("`"),
            Source::Argument(idx) => with_source(text.with("argument "), place, idx),
        };
        match self.lists_consumers {
            true => with_no_consumer(text.with(")"), self.job),
            false => text.with("), and the app lists no consumers: add `jobs(..)` with the consumer of the job to `#[routes(app)]`"),
        }
    }
}

/// Appends the route with its method, preferably one that may change something.
pub(super) const fn with_method(text: ErrorText, place: Place, root: &'static Node) -> ErrorText {
    let methods = place.definition.methods;
    let method = match methods.has_unsafe {
        true => unsafe_method(methods),
        false => match shared_method(methods, methods) {
            Some(method) => method,
            None => "",
        },
    };
    with_route(text, method, place, root)
}

const fn with_no_consumer(text: ErrorText, job: &str) -> ErrorText {
    text.with(
        ", and no consumer of the app takes it: list one in `jobs(..)`, or write `elsewhere(\"",
    )
    .with(job)
    .with("\")` there")
}

/// Appends the name of a consumer.
const fn with_name(text: ErrorText, consumer: &ConsumerInfo) -> ErrorText {
    text.with("`").with(consumer.name()).with("`")
}

/// Appends the name of a consumer and its place in the source.
const fn with_consumer(text: ErrorText, consumer: &ConsumerInfo) -> ErrorText {
    with_name(text, consumer)
        .with(" (")
        .with(consumer.file())
        .with(":")
        .with_number(consumer.line())
        .with(")")
}

impl JobProblem {
    /// Composes the message.
    pub(super) const fn text(self) -> ErrorText {
        let text = ErrorText::EMPTY;
        match self {
            Self::Unpublished(own) => with_name(text.with("the consumer "), own)
                .with(" takes the job `")
                .with(own.job())
                .with("`, which nothing in the app publishes: remove it, or write `from = outside` in its attribute"),
            Self::PublishesLost(own, job) => {
                let text = with_consumer(text.with("the consumer "), own);
                with_no_consumer(text.with(" publishes the job `").with(job).with("`"), job)
            }
            Self::Twice(first, second) => {
                let text = with_consumer(text.with("the consumers "), first).with(" and ");
                with_consumer(text, second)
                    .with(" take the job `")
                    .with(second.job())
                    .with("`, and a job has one consumer: list one of them")
            }
            Self::TwoTypes(own, two) => {
                let text = text.with("the job `").with(two.job).with("` is `").with(two.first);
                let text = text.with("` elsewhere in the app and `").with(two.second);
                with_consumer(text.with("` for the consumer "), own)
                    .with("; use one type, or give one of them another name")
            }
            Self::TakenHere(own) => with_consumer(text.with("the consumer "), own)
                .with(" takes the job `")
                .with(own.job())
                .with("`, so no other program takes it: leave out the consumer or this name"),
            Self::UnpublishedElsewhere(job, similar) => {
                let text = text.with("nothing in the app publishes the job `").with(job);
                match similar {
                    Some(name) => text.with("`: did you mean `").with(name).with("`?"),
                    None => text.with("`: leave `elsewhere(\"").with(job).with("\")` out"),
                }
            }
        }
    }
}
