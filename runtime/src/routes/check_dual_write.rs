//! Checks that a handler with a transaction does not publish a job outside of it.

use crate::{
    const_text::ErrorText,
    routes::{
        argument_facts::ArgumentFacts,
        fact::Fact,
        facts::Facts,
        field_path::Place,
        job_problem::with_method,
        node::Node,
        problem::Problem,
        route_text::{with_place, with_source},
        walk::Walk,
    },
};

/// A handler whose change and whose job can be lost independently of each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct DualWrite {
    /// The argument with the transaction.
    transaction: usize,
    /// The argument that publishes at once.
    publisher: usize,
    job: Option<&'static Fact>,
}

/// Checks the route that a walk has visited.
pub(super) const fn check(root: &'static Node, walk: &Walk) -> Option<Problem> {
    let both = Facts::TRANSACTION.may | Facts::PUBLISHES_DIRECTLY.may;
    if walk.sums.may & both != both {
        return None;
    }
    let place = walk.place();
    if place
        .path
        .options(root, walk.definition.options)
        .dual_write
        .is_some()
    {
        return None;
    }
    let transaction = find(walk.arguments, Facts::TRANSACTION);
    let publisher = find(walk.arguments, Facts::PUBLISHES_DIRECTLY);
    match (transaction, publisher) {
        (Some(transaction), Some(publisher)) if transaction != publisher => {
            let dual = DualWrite {
                transaction,
                publisher,
                job: walk.arguments[publisher].facts.job(),
            };
            Some(Problem::DualWrite(place, dual))
        }
        _ => None,
    }
}

/// Returns the index of the first argument with one of these facts.
const fn find(arguments: &[ArgumentFacts], facts: Facts) -> Option<usize> {
    let mut i = 0;
    while i < arguments.len() {
        if arguments[i].facts.may(facts) {
            return Some(i);
        }
        i += 1;
    }
    None
}

impl DualWrite {
    /// Composes the message.
    pub(super) const fn text(self, root: &'static Node, place: Place) -> ErrorText {
        let text = with_place(with_method(ErrorText::EMPTY, place, root), place);
        let text = match self.job {
            Some(job) => text.with(" publishes `").with(job.name()).with("`"),
            None => text.with(" publishes a job"),
        };
        let text = with_source(text.with(" (argument "), place, self.publisher);
        let text = with_source(
            text.with(") next to a transaction (argument "),
            place,
            self.transaction,
        );
        let text = text.with("): a crash between the two loses one of them; take ");
        with_outbox(text, place, self.publisher)
            .with(", or write `dual_write = accepted(\"reason\")` in the attribute of the route")
    }
}

/// Appends the type that publishes in the transaction: `Outbox<'_, Email>` for a `Queue<'_, Email>`.
const fn with_outbox(text: ErrorText, place: Place, publisher: usize) -> ErrorText {
    if let Some((_, ty)) = place.definition.source(publisher)
        && let Some(parameters) = parameters_of_queue(ty)
    {
        return text.with("`Outbox").with(parameters).with("`");
    }
    text.with("an argument that publishes it in the transaction, such as an `Outbox`")
}

/// Returns the parameters of a type with the name `Queue`, with their brackets.
const fn parameters_of_queue(ty: &str) -> Option<&str> {
    let (bytes, mut i) = (ty.as_bytes(), 0);
    while i < bytes.len() && bytes[i] != b'<' {
        i += 1;
    }
    let (path, parameters) = ty.split_at(i);
    match path.as_bytes() {
        b"Queue" | [.., b':', b'Q', b'u', b'e', b'u', b'e'] => Some(parameters),
        _ => None,
    }
}
