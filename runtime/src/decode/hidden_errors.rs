//! Finds the pair of an error that serde hides, or whose pair it does not report.

use serde::de::{DeserializeOwned, Error};

use super::{
    error::{Fault, PairError},
    error_log::LoggedError,
    pairs::{Pairs, ReadAs},
};

/// Deserializes pairs again, after a change of how one of them is read.
pub(crate) trait Retry<'p> {
    /// Returns the pairs.
    fn pairs(&self) -> &'p Pairs<'p>;

    /// Returns the errors of the last attempt.
    fn errors(&self) -> &[LoggedError];

    /// Returns whether a conversion of the value was undone.
    fn has_failed_step(&self, idx: usize) -> bool;

    /// Deserializes the pairs again, or returns `None` if the budget is used up.
    fn retry<T: DeserializeOwned>(&mut self) -> Option<Result<T, PairError>>;
}

/// Returns the error of a value that a flattened `Option` has hidden by becoming `None`.
///
/// An error alone proves nothing: a value that one variant of an untagged enum rejects may belong to another variant.
/// So the value is replaced by one that no type accepts. If neither the result nor the number of errors changes, no
/// type has used the value, and its error was hidden.
pub(crate) fn find_hidden<'p, T: DeserializeOwned, S: Retry<'p>>(
    search: &mut S,
) -> Option<PairError> {
    let pairs = search.pairs();
    if !pairs.is_flattened.get() {
        return None;
    }
    let count = search.errors().len();
    let messages = custom_messages(search);
    let rejected = search.errors().iter().filter_map(|error| {
        let idx = pairs.index_of_text(error.text?)?;
        let pair = pairs.get(idx)?;
        let is_unconverted = pair.read_as.get() == ReadAs::Text && !pair.value.is_empty();
        (is_unconverted && !error.expected.is_empty()).then(|| (idx, error.expected.clone()))
    });
    let rejected: Vec<_> = rejected.collect();
    for (idx, expected) in rejected {
        if search.has_failed_step(idx) {
            continue;
        }
        pairs.set_read_as(idx, ReadAs::Unreadable);
        let result = search.retry::<T>();
        pairs.set_read_as(idx, ReadAs::Text);
        if result?.is_ok() && search.errors().len() == count {
            let value = pairs.get(idx)?.value.as_ref();
            return Some(PairError::mismatch(&expected, value).at_pair(idx));
        }
    }
    find_hidden_custom::<T, S>(search, messages, count)
}

/// Returns a hidden error with a message of the type itself, which does not identify the value.
fn find_hidden_custom<'p, T: DeserializeOwned, S: Retry<'p>>(
    search: &mut S,
    messages: Vec<String>,
    count: usize,
) -> Option<PairError> {
    let pairs = search.pairs();
    let message = messages.first()?.clone();
    for idx in 0..pairs.len() {
        if pairs.get(idx)?.read_as.get() != ReadAs::Text {
            continue;
        }
        let has_fewer = |search: &S| custom_messages(search).len() < messages.len();
        pairs.set_read_as(idx, ReadAs::Unreadable);
        let result = search.retry::<T>();
        let is_same = matches!(result, Some(Ok(_))) && search.errors().len() == count;
        let mut is_culprit = is_same && has_fewer(search);
        if is_culprit {
            // A value that is read earlier could hide the message too, but only if it is present.
            pairs.set_read_as(idx, ReadAs::Absent);
            is_culprit = search.retry::<T>().is_some() && has_fewer(search);
        }
        pairs.set_read_as(idx, ReadAs::Text);
        if is_culprit {
            return Some(PairError::custom(message).at_pair(idx));
        }
        result.as_ref()?;
    }
    None
}

fn custom_messages<'p>(search: &impl Retry<'p>) -> Vec<String> {
    let errors = search.errors().iter();
    errors.filter_map(|error| error.custom.clone()).collect()
}

/// Sets the pair of an error, if changing the pairs one by one identifies it.
pub(crate) fn locate<'p, T: DeserializeOwned, S: Retry<'p>>(
    search: &mut S,
    error: PairError,
) -> PairError {
    let error = error.locate_by_text(search.pairs());
    if error.pair().is_some() {
        return error;
    }
    let (probe, is_candidate): (_, fn(&S, usize) -> bool) = match error.fault() {
        Fault::SeveralValues { .. } => (ReadAs::First, |search, idx| {
            let pair = search.pairs().get(idx);
            pair.is_some_and(|pair| pair.is_first && pair.next.is_some())
        }),
        Fault::Custom(_) | Fault::NoVariantMatches => (ReadAs::Absent, |search, idx| {
            let pair = search.pairs().get(idx);
            pair.is_some_and(|pair| pair.is_first && pair.read_as.get() == ReadAs::Text)
        }),
        _ => return error,
    };
    match suspects::<T, S>(search, &error, probe, is_candidate)[..] {
        [idx] => error.at_pair(idx),
        _ => error,
    }
}

/// Returns the pairs whose change leads to another result, or no pairs if the budget is used up.
fn suspects<'p, T: DeserializeOwned, S: Retry<'p>>(
    search: &mut S,
    error: &PairError,
    probe: ReadAs,
    is_candidate: fn(&S, usize) -> bool,
) -> Vec<usize> {
    let pairs = search.pairs();
    let mut found = Vec::new();
    for idx in 0..pairs.len() {
        if !is_candidate(search, idx) {
            continue;
        }
        let taken = pairs
            .get(idx)
            .map_or(ReadAs::Text, |pair| pair.read_as.get());
        pairs.set_read_as(idx, probe);
        let result = search.retry::<T>();
        pairs.set_read_as(idx, taken);
        match result {
            Some(Err(other)) if other.fault() == error.fault() => {}
            Some(_) => found.push(idx),
            None => return Vec::new(),
        }
    }
    found
}
