//! What each value is taken for, where serde does not say.
//!
//! Inside `flatten`, tagged and untagged enums serde first buffers every value, by asking for a value of
//! any kind, and asks for a number later, of its own buffer: a text in there is no number any more
//! (serde-rs/serde#1183). So all is read as text first. Where that is refused, the refusal says which text
//! it was and what was expected, and the pairs are read anew with this one value as that. A value is a
//! number only where a number was asked for: `007` stays as it is for a `String`, and of an untagged
//! enum the first variant that can be read from the text is taken.

use serde::de::{DeserializeOwned, Error};

use super::{
    error::{What, Wrong},
    pairs::{Pair, Pairs, ReadAs},
    root::Root,
};
use crate::decode::{error_log::Refused, hidden_errors, messages};

/// The most pairs that are read for one request, in all attempts.
const BUDGET: usize = 20_000;
/// Up to so many pairs the budget lasts for two steps of each, so that no step needs to change several.
const FEW_PAIRS: usize = 100;
/// With more pairs, after so many attempts, what was asked of one value is tried with those like it.
const FEW: usize = 8;

/// Reads the pairs.
pub(crate) fn read<T: DeserializeOwned>(pairs: &Pairs<'_>) -> Result<T, Wrong> {
    let result = T::deserialize(Root(pairs));
    if !pairs.buffered.get() && pairs.empty.get().is_none() {
        return result;
    }
    let mut search = Search::new(pairs);
    search.refused = pairs.log.take();
    search.run(result)
}

/// The attempts so far.
pub(crate) struct Search<'p> {
    pairs: &'p Pairs<'p>,
    budget: usize,
    attempts: usize,
    /// What values are taken for, in the order in which it was found; those of one step go together.
    steps: Vec<Vec<(usize, ReadAs)>>,
    /// What has been tried and did not help.
    denied: Vec<(usize, ReadAs)>,
    /// The values that are tried alone.
    apart: Vec<usize>,
    /// What was tried with several values and did not help: it is tried with one at a time from then on.
    one_by_one: Vec<String>,
    /// What the last step of several values was for.
    in_all: Option<String>,
    /// The empty values that were taken for nothing without a word of serde's.
    guessed: Vec<usize>,
    /// How many steps led to a value.
    good: usize,
    /// What the last attempt refused.
    refused: Vec<Refused>,
}

impl<'p> Search<'p> {
    fn new(pairs: &'p Pairs<'p>) -> Self {
        Self {
            pairs,
            budget: BUDGET,
            attempts: 0,
            steps: Vec::new(),
            denied: Vec::new(),
            apart: Vec::new(),
            one_by_one: Vec::new(),
            in_all: None,
            guessed: Vec::new(),
            good: 0,
            refused: Vec::new(),
        }
    }

    fn run<T: DeserializeOwned>(&mut self, mut result: Result<T, Wrong>) -> Result<T, Wrong> {
        let mut best = None;
        let mut told: Option<(usize, Wrong)> = None;
        loop {
            let wrong = match result {
                Ok(value) => {
                    best = Some(value);
                    self.good = self.steps.len();
                    None
                }
                Err(wrong) => Some(wrong),
            };
            let depth = self.steps.len();
            let goes_on = self.step(wrong.as_ref());
            // A refused step is an attempt of ours, not an input.
            let is_ours = told.is_some() && wrong.as_ref().is_some_and(Wrong::is_of_a_step);
            let is_deeper = told.as_ref().is_none_or(|(deepest, _)| depth > *deepest);
            if let Some(wrong) = wrong.filter(|_| is_deeper && !is_ours) {
                told = Some((depth, wrong));
            }
            if !goes_on {
                break;
            }
            match self.again() {
                Some(next) => result = next,
                None if best.is_none() => return Err(Wrong::custom("it has too many fields")),
                None => break,
            }
        }
        match (best, told) {
            (Some(value), _) => {
                let count = self.refused.len();
                match hidden_errors::ignored::<T>(self) {
                    Some(wrong) => Err(wrong),
                    None => Ok(self.prune(value, count)),
                }
            }
            (None, Some((_, wrong))) => Err(hidden_errors::find::<T>(self, wrong)),
            (None, None) => Err(Wrong::several("")),
        }
    }

    /// Reads the pairs anew; `None` when that was done often enough.
    pub(crate) fn again<T: DeserializeOwned>(&mut self) -> Option<Result<T, Wrong>> {
        self.budget = self.budget.checked_sub(self.pairs.len().max(1))?;
        self.attempts += 1;
        self.pairs.empty.set(None);
        self.pairs.log.take();
        let result = T::deserialize(Root(self.pairs));
        self.refused = self.pairs.log.take();
        Some(result)
    }

    /// Changes what one value is taken for, if something speaks for it.
    fn step(&mut self, wrong: Option<&Wrong>) -> bool {
        let wish = self.wish(wrong);
        if !wish.is_empty() {
            for (idx, taken) in &wish {
                self.pairs.take_for(*idx, *taken);
            }
            self.steps.push(wish);
            return true;
        }
        // A step that leads nowhere is taken back, and what else was asked for is tried.
        if wrong.is_none() || self.steps.len() <= self.good || !self.refuses_a_step() {
            return false;
        }
        // The guesses stay where another value is wrong: without them it could not be told which.
        if wrong.is_some_and(|wrong| matches!(wrong.what(), What::Custom(_)))
            && self.ends_in_a_guess()
        {
            return false;
        }
        let step = self.steps.pop().unwrap_or_default();
        for (idx, taken) in &step {
            self.pairs.take_for(*idx, taken.before());
        }
        match step[..] {
            [_, _, ..] => self.part(&step, wrong),
            _ => self.denied.extend(step),
        }
        true
    }

    /// Learns from a step of several values that was refused: those that may be to blame are tried alone from
    /// then on, since others among them may have been right.
    fn part(&mut self, step: &[(usize, ReadAs)], wrong: Option<&Wrong>) {
        let of_a_step = wrong.filter(|wrong| wrong.is_of_a_step());
        let got = match of_a_step.map(Wrong::what) {
            Some(What::Other { got, .. }) => Some(got),
            _ => None,
        };
        let is_blamed = |idx: &usize| {
            let pair = self.pairs.get(*idx);
            pair.is_some_and(|pair| got.is_some() && got == number(&pair.value).as_ref())
        };
        let blamed: Vec<_> = step.iter().map(|(idx, _)| *idx).filter(is_blamed).collect();
        if blamed.is_empty() {
            self.one_by_one.extend(self.in_all.take());
        }
        self.apart.extend(blamed);
    }

    /// Returns whether what was refused may be refused because of a step: it is no text, or the one empty
    /// value of a list, which may be no list.
    fn refuses_a_step(&self) -> bool {
        let is_empty_list = |(idx, taken): &(usize, ReadAs)| {
            *taken == ReadAs::List && self.pairs.get(*idx).is_some_and(|p| p.value.is_empty())
        };
        self.good > 0
            || self.refused.iter().any(|refused| refused.text.is_none())
            || self
                .steps
                .last()
                .is_some_and(|step| step.iter().any(is_empty_list))
    }

    fn wish(&mut self, wrong: Option<&Wrong>) -> Vec<(usize, ReadAs)> {
        if let Some(idx) = self.pairs.empty.get()
            && self.may(idx, ReadAs::Nothing)
        {
            return vec![(idx, ReadAs::Nothing)];
        }
        for refused in &self.refused {
            let idx = refused.text.and_then(|text| self.pairs.of_text(text));
            if let Some(idx) = idx
                && let Some(taken) = self.wanted(idx, &refused.expected)
            {
                let expected = &refused.expected;
                if !self.is_for_several(idx, taken, expected) {
                    return vec![(idx, taken)];
                }
                self.in_all = Some(expected.clone());
                return self.like(idx, expected);
            }
        }
        self.guess(wrong).into_iter().collect()
    }

    /// Returns whether what was asked of one value is tried with those like it.
    fn is_for_several(&self, idx: usize, taken: ReadAs, expected: &String) -> bool {
        self.pairs.len() > FEW_PAIRS
            && self.attempts >= FEW
            && !self.apart.contains(&idx)
            && !self.one_by_one.contains(expected)
            && (taken != ReadAs::Nothing || self.pairs.get(idx).is_some_and(Pair::is_of_several))
    }

    /// Guesses which empty value was refused: a type's own words say nothing of the pair.
    fn guess(&mut self, wrong: Option<&Wrong>) -> Option<(usize, ReadAs)> {
        let is_due = match wrong {
            Some(wrong) => wrong.at().is_none() && matches!(wrong.what(), What::Custom(_)),
            // A flattened `Option` may hide it.
            None => self.refused.iter().any(|refused| refused.custom.is_some()),
        };
        if !is_due {
            return None;
        }
        let mut empties = self.pairs.iter().enumerate();
        let (idx, _) =
            empties.find(|(idx, pair)| pair.value.is_empty() && self.may(*idx, ReadAs::Nothing))?;
        self.guessed.push(idx);
        Some((idx, ReadAs::Nothing))
    }

    /// Returns whether another variant reads the text: then it matters if the text is unreadable.
    fn is_read<T: DeserializeOwned>(&mut self, idx: usize) -> bool {
        let count = self.refused.len();
        self.pairs.take_for(idx, ReadAs::Unreadable);
        let result = self.again::<T>();
        self.pairs.take_for(idx, ReadAs::Text);
        result.is_some_and(|result| result.is_err() || self.refused.len() > count)
    }

    fn ends_in_a_guess(&self) -> bool {
        let is_guess = |(idx, taken): &(usize, ReadAs)| {
            *taken == ReadAs::Nothing && self.guessed.contains(idx)
        };
        self.steps
            .last()
            .is_some_and(|step| step.iter().all(is_guess))
    }

    /// Takes back the guesses without which the value is read too: `Some("")` must not become `None`.
    fn prune<T: DeserializeOwned>(&mut self, mut best: T, count: usize) -> T {
        for idx in std::mem::take(&mut self.guessed) {
            let is_kept = self.pairs.get(idx).map(|pair| pair.taken.get()) == Some(ReadAs::Nothing);
            if !is_kept {
                continue;
            }
            self.pairs.take_for(idx, ReadAs::Text);
            match self.again() {
                Some(Ok(value)) if self.refused.len() <= count || self.is_read::<T>(idx) => {
                    best = value;
                }
                _ => self.pairs.take_for(idx, ReadAs::Nothing),
            }
        }
        best
    }

    /// Returns whether the value is a text still, and may become this.
    fn may(&self, idx: usize, taken: ReadAs) -> bool {
        let now = self.pairs.get(idx).map(|pair| pair.taken.get());
        now == Some(taken.before()) && !self.denied.contains(&(idx, taken))
    }

    /// Returns what the value has to be taken for, to be what was expected.
    fn wanted(&self, idx: usize, expected: &str) -> Option<ReadAs> {
        let pair = self.pairs.get(idx)?;
        let text = &*pair.value;
        let is_list = pair.taken.get() == ReadAs::List;
        let taken = match text {
            // An empty value is a list of one empty text, if the list's type can read it.
            "" if messages::is_list(expected) && !self.may(idx, ReadAs::List) => ReadAs::Nothing,
            _ if messages::is_list(expected) => ReadAs::List,
            "" if is_list => ReadAs::NothingInList,
            "" => ReadAs::Nothing,
            "true" | "on" | "false" if expected == "a boolean" && is_list => ReadAs::BoolInList,
            "true" | "on" | "false" if expected == "a boolean" => ReadAs::Bool,
            _ if is_number(text, expected) && is_list => ReadAs::NumberInList,
            _ if is_number(text, expected) => ReadAs::Number,
            _ => return None,
        };
        self.may(idx, taken).then_some(taken)
    }

    /// Returns what can be what was expected of this value: the values of its key if there are several, since
    /// they have one type; otherwise those that are the only ones of their keys, as in a map. An empty value
    /// of another key may be a `Some("")`, which must not become `None`.
    fn like(&self, idx: usize, expected: &str) -> Vec<(usize, ReadAs)> {
        let Some(own) = self.pairs.get(idx) else {
            return Vec::new();
        };
        let is_like = |pair: &Pair<'_>| match own.is_of_several() {
            true => pair.key == own.key,
            false => !pair.is_of_several() && !pair.value.is_empty() && pair.taken == own.taken,
        };
        let pairs = self.pairs.iter().enumerate();
        let like = pairs.filter(|(idx, pair)| is_like(pair) && !self.apart.contains(idx));
        like.filter_map(|(idx, _)| Some((idx, self.wanted(idx, expected)?)))
            .collect()
    }

    pub(crate) fn pairs(&self) -> &'p Pairs<'p> {
        self.pairs
    }

    pub(crate) fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// Returns whether something else was read where the value was refused.
    pub(crate) fn was_denied(&self, idx: usize) -> bool {
        self.denied.iter().any(|(denied, _)| *denied == idx)
    }
}

/// Returns the number of any kind that a text is, or its truth, as serde's errors show it.
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

/// Returns whether the text is the number that is expected, or a number where serde does not say which.
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
