//! Errors of lapin as errors of a backend.

use highball_jobs::backend::{BackendError, Fault};
use lapin::protocol::AMQPErrorKind;

/// Returns an error with a sentence.
pub(crate) fn of(fault: Fault, sentence: impl Into<String>) -> BackendError {
    BackendError::of(fault, highball::Error::new(sentence))
}

/// Returns the error of a promise that a broker cannot keep.
pub(crate) fn unsupported(subject: &str, what: &str) -> BackendError {
    of(
        Fault::Unsupported,
        format!("{subject} {what}, which RabbitMQ cannot keep: keep it in the database"),
    )
}

/// Returns the error of a call on a connection. After a soft error the connection lives.
pub(crate) fn lapin(error: lapin::Error) -> BackendError {
    if let lapin::ErrorKind::ProtocolError(answer) = error.kind()
        && let AMQPErrorKind::Soft(_) = answer.kind()
    {
        return BackendError::new(error);
    }
    BackendError::of(Fault::Disconnected, error)
}

/// Returns whether the broker has no such queue.
pub(crate) fn is_not_found(error: &lapin::Error) -> bool {
    reply_code(error) == Some(404)
}

/// Returns whether a queue exists with other arguments.
pub(crate) fn is_other_queue(error: &lapin::Error) -> bool {
    reply_code(error) == Some(406)
}

fn reply_code(error: &lapin::Error) -> Option<u16> {
    match error.kind() {
        lapin::ErrorKind::ProtocolError(error) => Some(error.get_id()),
        _ => None,
    }
}
