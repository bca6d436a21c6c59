//! Which pair is to blame, where serde does not say it.

use serde::de::{DeserializeOwned, Error};

use super::{
    error::{What, Wrong},
    pairs::ReadAs,
    search::Search,
};

/// Returns what was refused and made no difference: a flattened `Option` hides it.
///
/// A value that an untagged enum refuses for one variant is read by another; without it nothing fits.
/// So a value that may as well be unreadable, which changes neither the outcome nor the number of refusals was read by nobody.
pub(crate) fn ignored<T: DeserializeOwned>(search: &mut Search<'_>) -> Option<Wrong> {
    let pairs = search.pairs();
    if !pairs.is_flat.get() {
        return None;
    }
    let count = search.refused().len();
    let customs = customs(search);
    let refused = search.refused().iter().filter_map(|refused| {
        let idx = pairs.of_text(refused.text?)?;
        let pair = pairs.get(idx)?;
        let is_open = pair.taken.get() == ReadAs::Text && !pair.value.is_empty();
        (is_open && !refused.expected.is_empty()).then(|| (idx, refused.expected.clone()))
    });
    let refused: Vec<_> = refused.collect();
    for (idx, expected) in refused {
        if search.was_denied(idx) {
            continue;
        }
        pairs.take_for(idx, ReadAs::Unreadable);
        let result = search.again::<T>();
        pairs.take_for(idx, ReadAs::Text);
        if result?.is_ok() && search.refused().len() == count {
            let value = pairs.get(idx)?.value.as_ref();
            return Some(Wrong::other(&expected, value).or_at(idx));
        }
    }
    ignored_words::<T>(search, customs, count)
}

/// Returns what was refused in words of a type's own, and made no difference: they do not say which value it is.
fn ignored_words<T: DeserializeOwned>(
    search: &mut Search<'_>,
    customs: Vec<String>,
    count: usize,
) -> Option<Wrong> {
    let pairs = search.pairs();
    let words = customs.first()?.clone();
    for idx in 0..pairs.len() {
        if pairs.get(idx)?.taken.get() != ReadAs::Text {
            continue;
        }
        let is_less = |search: &Search<'_>| self::customs(search).len() < customs.len();
        pairs.take_for(idx, ReadAs::Unreadable);
        let result = search.again::<T>();
        let is_same = matches!(result, Some(Ok(_))) && search.refused().len() == count;
        let mut is_it = is_same && is_less(search);
        if is_it {
            // What is read before it hides its words too, but only if it is there.
            pairs.take_for(idx, ReadAs::Absent);
            is_it = search.again::<T>().is_some() && is_less(search);
        }
        pairs.take_for(idx, ReadAs::Text);
        if is_it {
            return Some(Wrong::custom(words).or_at(idx));
        }
        result.as_ref()?;
    }
    None
}

fn customs(search: &Search<'_>) -> Vec<String> {
    let refused = search.refused().iter();
    refused
        .filter_map(|refused| refused.custom.clone())
        .collect()
}

/// Says which pair the error is about, if trying tells.
pub(crate) fn find<T: DeserializeOwned>(search: &mut Search<'_>, wrong: Wrong) -> Wrong {
    let wrong = wrong.at_its_pair(search.pairs());
    if wrong.at().is_some() {
        return wrong;
    }
    let (probe, is_meant): (_, fn(&Search<'_>, usize) -> bool) = match wrong.what() {
        What::Several { .. } => (ReadAs::First, |search, idx| {
            let pair = search.pairs().get(idx);
            pair.is_some_and(|pair| pair.is_first && pair.next.is_some())
        }),
        What::Custom(_) | What::NoneFits => (ReadAs::Absent, |search, idx| {
            let pair = search.pairs().get(idx);
            pair.is_some_and(|pair| pair.is_first && pair.taken.get() == ReadAs::Text)
        }),
        _ => return wrong,
    };
    match suspects::<T>(search, &wrong, probe, is_meant)[..] {
        [idx] => wrong.or_at(idx),
        _ => wrong,
    }
}

/// Returns the pairs without which another error comes, or none.
fn suspects<T: DeserializeOwned>(
    search: &mut Search<'_>,
    wrong: &Wrong,
    probe: ReadAs,
    is_meant: fn(&Search<'_>, usize) -> bool,
) -> Vec<usize> {
    let pairs = search.pairs();
    let mut found = Vec::new();
    for idx in 0..pairs.len() {
        if !is_meant(search, idx) {
            continue;
        }
        let taken = pairs.get(idx).map_or(ReadAs::Text, |pair| pair.taken.get());
        pairs.take_for(idx, probe);
        let result = search.again::<T>();
        pairs.take_for(idx, taken);
        match result {
            Some(Err(other)) if other.what() == wrong.what() => {}
            Some(_) => found.push(idx),
            None => return Vec::new(),
        }
    }
    found
}
