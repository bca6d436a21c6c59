//! Finds the type of each value for which serde does not request one.
//!
//! For `flatten` and for tagged and untagged enums, serde first requests a value of any type and buffers it. Later it
//! requests a number from the buffer, which fails if the buffer contains a text (serde-rs/serde#1183). So the first
//! attempt presents every value as a text. If a text is rejected, the error identifies the text and the expected type.
//! The next attempt presents this one value as that type. Each such change is a step of the search.
//!
//! So a value becomes a number only if a number was expected: a `String` keeps `007`, and an untagged enum becomes the
//! first variant that accepts the text. Guessing the type from the text was rejected, because it would break both.

use serde::de::{DeserializeOwned, Error};

use super::{
    error::{Fault, PairError},
    pairs::{Pair, Pairs, ReadAs},
    root::Root,
};
use crate::decode::{
    error_log::LoggedError,
    expected,
    hidden_errors::{self, Retry},
};

/// The maximum number of pairs that all attempts for one request read in total.
const MAX_PAIR_READS: usize = 20_000;
/// Up to this number of pairs the budget is sufficient for two steps per pair, so each step converts one value.
const FEW_PAIRS: usize = 100;
/// With more pairs, after this number of attempts, a step converts all similar values at once.
const FEW_ATTEMPTS: usize = 8;

/// Deserializes the pairs.
pub(crate) fn decode<T: DeserializeOwned>(pairs: &Pairs<'_>) -> Result<T, PairError> {
    let result = T::deserialize(Root(pairs));
    if !pairs.is_buffered.get() && pairs.rejected_empty.get().is_none() {
        return result;
    }
    let mut search = Search::new(pairs);
    search.errors = pairs.log.take();
    search.run(result)
}

/// The state of the search: the steps and the attempts so far.
pub(crate) struct Search<'p> {
    pairs: &'p Pairs<'p>,
    budget: usize,
    attempts: usize,
    /// The steps in their order. A step has one conversion, or several of similar values.
    steps: Vec<Vec<(usize, ReadAs)>>,
    /// The conversions that were tried and undone.
    failed: Vec<(usize, ReadAs)>,
    /// The values that are converted only alone, after a step with several was undone.
    separate: Vec<usize>,
    /// The expected types for which a step with several values was undone. Their values are then converted one by one.
    one_by_one: Vec<String>,
    /// The expected type of the last step with several values.
    group_expected: Option<String>,
    /// The empty values that were presented as `None` although no error identified them.
    guessed: Vec<usize>,
    /// The number of steps of the last successful attempt.
    good_steps: usize,
    /// The errors of the last attempt.
    errors: Vec<LoggedError>,
}

impl<'p> Search<'p> {
    fn new(pairs: &'p Pairs<'p>) -> Self {
        Self {
            pairs,
            budget: MAX_PAIR_READS,
            attempts: 0,
            steps: Vec::new(),
            failed: Vec::new(),
            separate: Vec::new(),
            one_by_one: Vec::new(),
            group_expected: None,
            guessed: Vec::new(),
            good_steps: 0,
            errors: Vec::new(),
        }
    }

    fn run<T: DeserializeOwned>(
        &mut self,
        mut result: Result<T, PairError>,
    ) -> Result<T, PairError> {
        let mut best = None;
        let mut reported: Option<(usize, PairError)> = None;
        loop {
            let error = match result {
                Ok(value) => {
                    best = Some(value);
                    self.good_steps = self.steps.len();
                    None
                }
                Err(error) => Some(error),
            };
            let depth = self.steps.len();
            let has_next = self.take_step(error.as_ref());
            // An error about a converted value is the result of a step. The client must see an error of its input.
            let is_from_step = reported.is_some()
                && error
                    .as_ref()
                    .is_some_and(PairError::is_about_converted_value);
            let is_deeper = reported
                .as_ref()
                .is_none_or(|(deepest, _)| depth > *deepest);
            if let Some(error) = error.filter(|_| is_deeper && !is_from_step) {
                reported = Some((depth, error));
            }
            if !has_next {
                break;
            }
            match self.retry() {
                Some(next) => result = next,
                None if best.is_none() => return Err(PairError::custom("it has too many fields")),
                None => break,
            }
        }
        match (best, reported) {
            (Some(value), _) => {
                let count = self.errors.len();
                match hidden_errors::find_hidden::<T, _>(self) {
                    Some(error) => Err(error),
                    None => Ok(self.undo_needless_guesses(value, count)),
                }
            }
            (None, Some((_, error))) => Err(hidden_errors::locate::<T, _>(self, error)),
            (None, None) => Err(PairError::several_values("")),
        }
    }

    /// Takes the next step, or undoes the last one. Returns false if the search has ended.
    fn take_step(&mut self, error: Option<&PairError>) -> bool {
        let step = self.next_step(error);
        if !step.is_empty() {
            for (idx, read_as) in &step {
                self.pairs.set_read_as(*idx, *read_as);
            }
            self.steps.push(step);
            return true;
        }
        // Without a next step, undo the last one and try the other types that were expected.
        if error.is_none() || self.steps.len() <= self.good_steps || !self.may_be_caused_by_step() {
            return false;
        }
        // Keep the guesses if another value is invalid: without them, its pair could not be identified.
        if error.is_some_and(|error| matches!(error.fault(), Fault::Custom(_)))
            && self.ends_with_guess()
        {
            return false;
        }
        let step = self.steps.pop().unwrap_or_default();
        for (idx, read_as) in &step {
            self.pairs.set_read_as(*idx, read_as.previous());
        }
        match step[..] {
            [_, _, ..] => self.split_step(&step, error),
            _ => self.failed.extend(step),
        }
        true
    }

    /// Handles an undone step with several values. The values that may have caused the error are converted alone from
    /// then on, because the conversion of the others may have been right.
    fn split_step(&mut self, step: &[(usize, ReadAs)], error: Option<&PairError>) {
        let of_converted_value = error.filter(|error| error.is_about_converted_value());
        let got = match of_converted_value.map(PairError::fault) {
            Some(Fault::Mismatch { got, .. }) => Some(got),
            _ => None,
        };
        let is_suspect = |idx: &usize| {
            let pair = self.pairs.get(*idx);
            pair.is_some_and(|pair| got.is_some() && got == number(&pair.value).as_ref())
        };
        let suspects: Vec<_> = step
            .iter()
            .map(|(idx, _)| *idx)
            .filter(is_suspect)
            .collect();
        if suspects.is_empty() {
            self.one_by_one.extend(self.group_expected.take());
        }
        self.separate.extend(suspects);
    }

    /// Returns whether a step may have caused an error: the rejected value is not a text, or the last step has
    /// presented an empty value as a list.
    fn may_be_caused_by_step(&self) -> bool {
        let is_empty_list = |(idx, read_as): &(usize, ReadAs)| {
            *read_as == ReadAs::List && self.pairs.get(*idx).is_some_and(|p| p.value.is_empty())
        };
        self.good_steps > 0
            || self.errors.iter().any(|error| error.text.is_none())
            || self
                .steps
                .last()
                .is_some_and(|step| step.iter().any(is_empty_list))
    }

    fn next_step(&mut self, error: Option<&PairError>) -> Vec<(usize, ReadAs)> {
        if let Some(idx) = self.pairs.rejected_empty.get()
            && self.can_become(idx, ReadAs::Nothing)
        {
            return vec![(idx, ReadAs::Nothing)];
        }
        for error in &self.errors {
            let idx = error.text.and_then(|text| self.pairs.index_of_text(text));
            if let Some(idx) = idx
                && let Some(read_as) = self.conversion(idx, &error.expected)
            {
                let expected = &error.expected;
                if !self.applies_to_similar(idx, read_as, expected) {
                    return vec![(idx, read_as)];
                }
                self.group_expected = Some(expected.clone());
                return self.similar(idx, expected);
            }
        }
        self.guess_empty(error).into_iter().collect()
    }

    /// Returns whether the conversion of a value is applied to all similar values.
    fn applies_to_similar(&self, idx: usize, read_as: ReadAs, expected: &String) -> bool {
        self.pairs.len() > FEW_PAIRS
            && self.attempts >= FEW_ATTEMPTS
            && !self.separate.contains(&idx)
            && !self.one_by_one.contains(expected)
            && (read_as != ReadAs::Nothing || self.pairs.get(idx).is_some_and(Pair::is_repeated))
    }

    /// Guesses which empty value was rejected. The message of a type does not identify the pair.
    fn guess_empty(&mut self, error: Option<&PairError>) -> Option<(usize, ReadAs)> {
        let is_due = match error {
            Some(error) => error.pair().is_none() && matches!(error.fault(), Fault::Custom(_)),
            // A flattened `Option` may have hidden the error.
            None => self.errors.iter().any(|error| error.custom.is_some()),
        };
        if !is_due {
            return None;
        }
        let mut empties = self.pairs.iter().enumerate();
        let (idx, _) = empties
            .find(|(idx, pair)| pair.value.is_empty() && self.can_become(*idx, ReadAs::Nothing))?;
        self.guessed.push(idx);
        Some((idx, ReadAs::Nothing))
    }

    /// Returns whether a type uses the text, by presenting a value that no type accepts.
    fn is_value_read<T: DeserializeOwned>(&mut self, idx: usize) -> bool {
        let count = self.errors.len();
        self.pairs.set_read_as(idx, ReadAs::Unreadable);
        let result = self.retry::<T>();
        self.pairs.set_read_as(idx, ReadAs::Text);
        result.is_some_and(|result| result.is_err() || self.errors.len() > count)
    }

    fn ends_with_guess(&self) -> bool {
        let is_guess = |(idx, read_as): &(usize, ReadAs)| {
            *read_as == ReadAs::Nothing && self.guessed.contains(idx)
        };
        self.steps
            .last()
            .is_some_and(|step| step.iter().all(is_guess))
    }

    /// Undoes the guesses that were not necessary, because `Some("")` must not become `None`.
    fn undo_needless_guesses<T: DeserializeOwned>(&mut self, mut best: T, count: usize) -> T {
        for idx in std::mem::take(&mut self.guessed) {
            let is_kept =
                self.pairs.get(idx).map(|pair| pair.read_as.get()) == Some(ReadAs::Nothing);
            if !is_kept {
                continue;
            }
            self.pairs.set_read_as(idx, ReadAs::Text);
            match self.retry() {
                Some(Ok(value)) if self.errors.len() <= count || self.is_value_read::<T>(idx) => {
                    best = value;
                }
                _ => self.pairs.set_read_as(idx, ReadAs::Nothing),
            }
        }
        best
    }

    /// Returns whether the value is not converted yet and this conversion was not undone.
    fn can_become(&self, idx: usize, read_as: ReadAs) -> bool {
        let now = self.pairs.get(idx).map(|pair| pair.read_as.get());
        now == Some(read_as.previous()) && !self.failed.contains(&(idx, read_as))
    }

    /// Returns the conversion that makes the value the expected type, if there is one.
    fn conversion(&self, idx: usize, expected: &str) -> Option<ReadAs> {
        let pair = self.pairs.get(idx)?;
        let text = &*pair.value;
        let is_list = pair.read_as.get() == ReadAs::List;
        let read_as = match text {
            // An empty value is first tried as a list with one empty text, then as `None`.
            "" if expected::is_list(expected) && !self.can_become(idx, ReadAs::List) => {
                ReadAs::Nothing
            }
            _ if expected::is_list(expected) => ReadAs::List,
            "" if is_list => ReadAs::NothingInList,
            "" => ReadAs::Nothing,
            "true" | "on" | "false" if expected == "a boolean" && is_list => ReadAs::BoolInList,
            "true" | "on" | "false" if expected == "a boolean" => ReadAs::Bool,
            _ if is_number(text, expected) && is_list => ReadAs::NumberInList,
            _ if is_number(text, expected) => ReadAs::Number,
            _ => return None,
        };
        self.can_become(idx, read_as).then_some(read_as)
    }

    /// Returns the conversions of all values that are similar to this one.
    ///
    /// These are the values of its key if there are several, because they have one type. Otherwise they are the values
    /// whose keys occur once, as in a map, except empty ones: an empty value of another key may be `Some("")`, which
    /// must not become `None`.
    fn similar(&self, idx: usize, expected: &str) -> Vec<(usize, ReadAs)> {
        let Some(own) = self.pairs.get(idx) else {
            return Vec::new();
        };
        let is_similar = |pair: &Pair<'_>| match own.is_repeated() {
            true => pair.key == own.key,
            false => !pair.is_repeated() && !pair.value.is_empty() && pair.read_as == own.read_as,
        };
        let pairs = self.pairs.iter().enumerate();
        let similar = pairs.filter(|(idx, pair)| is_similar(pair) && !self.separate.contains(idx));
        similar
            .filter_map(|(idx, _)| Some((idx, self.conversion(idx, expected)?)))
            .collect()
    }
}

impl<'p> Retry<'p> for Search<'p> {
    fn pairs(&self) -> &'p Pairs<'p> {
        self.pairs
    }

    fn errors(&self) -> &[LoggedError] {
        &self.errors
    }

    fn has_failed_step(&self, idx: usize) -> bool {
        self.failed.iter().any(|(failed, _)| *failed == idx)
    }

    fn retry<T: DeserializeOwned>(&mut self) -> Option<Result<T, PairError>> {
        self.budget = self.budget.checked_sub(self.pairs.len().max(1))?;
        self.attempts += 1;
        self.pairs.rejected_empty.set(None);
        self.pairs.log.take();
        let result = T::deserialize(Root(self.pairs));
        self.errors = self.pairs.log.take();
        Some(result)
    }
}

/// Returns a number or a boolean in the format in which errors of serde contain it, or `None` for another text.
fn number(text: &str) -> Option<String> {
    let unsigned = text.parse().map(|number: u64| number.to_string());
    let signed = unsigned.or_else(|_| text.parse().map(|number: i64| number.to_string()));
    let float = signed.or_else(|_| text.parse().map(|number: f64| number.to_string()));
    let truth = match text {
        "true" | "on" => Some("true".to_owned()),
        "false" => Some("false".to_owned()),
        _ => None,
    };
    float.ok().or(truth)
}

/// Returns whether the text is a number of the expected type, or any number if the type is unknown.
fn is_number(text: &str, expected: &str) -> bool {
    let name = expected.strip_prefix("a nonzero ").unwrap_or(expected);
    match name {
        "u8" => text.parse::<u8>().is_ok(),
        "u16" => text.parse::<u16>().is_ok(),
        "u32" => text.parse::<u32>().is_ok(),
        "u64" | "usize" => text.parse::<u64>().is_ok(),
        "i8" => text.parse::<i8>().is_ok(),
        "i16" => text.parse::<i16>().is_ok(),
        "i32" => text.parse::<i32>().is_ok(),
        "i64" | "isize" => text.parse::<i64>().is_ok(),
        "" | "a string" | "a character" | "a boolean" | "unit" | "a map" => false,
        _ => text.parse::<f64>().is_ok(),
    }
}
