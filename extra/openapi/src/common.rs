//! Properties that all routes of an app have in common.

use highball::{Route, describe::Answer};

/// The answer of a server under load.
const TOO_BUSY: Answer = Answer::problem(503)
    .about("the server is handling too many requests")
    .headers(&["retry-after"]);

/// Properties that all routes of an app have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Common {
    /// Whether the server rejects requests under load.
    pub(crate) has_capacity: bool,
    /// The app's own format of rejections.
    pub(crate) format: Option<Format>,
}

/// A format of rejections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    media_type: &'static str,
    apply: fn(Answer, &'static str) -> Answer,
}

impl Format {
    pub(crate) fn of<T>(media_type: &'static str) -> Self {
        Self {
            media_type,
            apply: Answer::with_body::<T>,
        }
    }
}

impl Common {
    /// Returns the answers of a route.
    pub(crate) fn answers(&self, route: &Route) -> Vec<Answer> {
        let mut all = route.answers();
        all.extend(self.has_capacity.then_some(TOO_BUSY));
        if let Some(Format { media_type, apply }) = self.format {
            for answer in all.iter_mut().filter(|answer| answer.is_problem()) {
                *answer = apply(*answer, media_type);
            }
        }
        all
    }
}
