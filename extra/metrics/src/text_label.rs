//! Labels whose values are known only while the app runs.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

/// The value of all texts that got no value.
pub(crate) const OTHER: &str = "other";

/// The longest text that is a value.
const MAX_LEN: usize = 128;

/// Declares a label whose values are texts: the first ones that the app meets, and `other` for the rest.
///
/// Use it for values that the app has but the compiler has not, such as the customers of a contract. `Customer::of(..)`
/// returns the label of a text. The number is that of the texts, at most 1,000. A text that is empty or longer than 128
/// bytes is `other`, too.
///
/// The first texts remain until the process ends, so take only those that the app has checked: a client that sends
/// random ones would fill the places. An enum costs less: this one looks each text up under a lock that readers share.
/// A new text is allocated once.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_metrics::{Counter, Exporter, Metrics, metrics, text_label};
///
/// text_label!(
///     /// A customer with a contract.
///     pub Customer: 100
/// );
///
/// #[derive(Metrics)]
/// struct Invoices {
///     /// Invoices that were sent.
///     sent: Counter<Customer>,
/// }
///
/// # #[derive(State)]
/// # struct AppState {
/// #     exporter: Exporter,
/// # }
/// # #[routes(admin)]
/// # struct Operators(metrics);
/// # highball::block_on(async {
/// let exporter = Exporter::new();
/// let invoices: Invoices = exporter.add();
/// invoices.sent.inc(Customer::of("acme"));
/// # let app = Operators.test().state(AppState { exporter });
/// # let scrape = app.get("/metrics").send().await;
/// # let text = scrape.text();
/// // In the next scrape:
/// assert!(text.contains("invoices_sent_total{customer=\"acme\"} 1\n"));
/// assert!(text.contains("invoices_sent_total{customer=\"other\"} 0\n"));
/// # });
/// ```
#[macro_export]
macro_rules! text_label {
    ($(#[$attr:meta])* $vis:vis $name:ident: $count:literal) => {
        $(#[$attr])*
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        $vis struct $name(::core::primitive::usize);

        impl $name {
            /// Returns the label of a text.
            #[allow(dead_code)]
            $vis fn of(text: &::core::primitive::str) -> Self {
                Self(Self::texts().index(text))
            }

            fn texts() -> &'static $crate::__private::Texts {
                const COUNT: ::core::primitive::usize = $crate::__private::check_texts($count);
                static TEXTS: $crate::__private::Texts = $crate::__private::Texts::new(COUNT);
                &TEXTS
            }
        }

        impl $crate::Labels for $name {
            const FACTORS: &'static [$crate::Factor] = {
                const NAME: &::core::primitive::str = ::core::stringify!($name);
                const SNAKE: [::core::primitive::u8; $crate::__private::snake_len(NAME)] =
                    $crate::__private::snake(NAME);
                &[$crate::Factor::of_texts(&SNAKE, &[""; $count + 1], Self::texts)]
            };

            fn index(&self) -> ::core::primitive::usize {
                self.0
            }
        }
    };
}

/// Checks the number of texts of a label.
#[track_caller]
pub const fn check_texts(count: usize) -> usize {
    assert!(
        count > 0 && count <= 1000,
        "a label has 1 to 1000 texts: write another number"
    );
    count
}

/// Returns the length of the name of a type in snake case.
pub const fn snake_len(name: &str) -> usize {
    let (bytes, mut at, mut len) = (name.as_bytes(), 0, 0);
    while at < bytes.len() {
        len += 1 + is_word(bytes, at) as usize;
        at += 1;
    }
    len
}

/// Returns the name of a type in snake case.
pub const fn snake<const N: usize>(name: &str) -> [u8; N] {
    let (bytes, mut at, mut snake, mut len) = (name.as_bytes(), 0, [0; N], 0);
    while at < bytes.len() {
        if is_word(bytes, at) {
            snake[len] = b'_';
            len += 1;
        }
        snake[len] = bytes[at].to_ascii_lowercase();
        len += 1;
        at += 1;
    }
    snake
}

/// Returns whether a word begins here, after another one.
const fn is_word(bytes: &[u8], at: usize) -> bool {
    at > 0
        && bytes[at].is_ascii_uppercase()
        && bytes[at - 1] != b'_'
        && !bytes[at - 1].is_ascii_uppercase()
}

/// The texts of a label. The first place is that of `other`.
#[derive(Debug)]
pub struct Texts {
    places: RwLock<Option<Places>>,
    max: usize,
}

#[derive(Debug, Default)]
struct Places {
    indices: HashMap<&'static str, usize>,
    texts: Vec<&'static str>,
}

impl Texts {
    /// Returns the texts of a label that has at most `max`.
    pub const fn new(max: usize) -> Self {
        Self {
            places: RwLock::new(None),
            max,
        }
    }

    /// Returns the place of a text, which gets one if one is free.
    pub fn index(&self, text: &str) -> usize {
        if text.is_empty() || text.len() > MAX_LEN || text == OTHER {
            return 0;
        }
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = &*places {
            let known = places.indices.get(text);
            if known.is_some() || places.texts.len() == self.max {
                return known.copied().unwrap_or_default();
            }
        }
        drop(places);
        self.insert(text)
    }

    fn insert(&self, text: &str) -> usize {
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        let places = places.get_or_insert_default();
        // Another thread may have inserted it, or taken the last place.
        let known = places.indices.get(text);
        if known.is_some() || places.texts.len() == self.max {
            return known.copied().unwrap_or_default();
        }
        // It remains until the process ends, and there are at most `max`.
        let text: &'static str = Box::leak(Box::from(text));
        places.texts.push(text);
        places.indices.insert(text, places.texts.len());
        places.texts.len()
    }

    /// Returns the values by their index, without those that are free.
    pub(crate) fn values(&self) -> Vec<&'static str> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        let texts = places.as_ref().map(|places| places.texts.as_slice());
        [&[OTHER], texts.unwrap_or_default()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_texts_have_places_and_the_rest_is_other() {
        let texts = Texts::new(2);
        let long = "x".repeat(MAX_LEN + 1);
        let indices = ["a", "b", "a", "c", "b", "", OTHER, &long].map(|text| texts.index(text));
        assert_eq!(indices, [1, 2, 1, 0, 2, 0, 0, 0]);
        assert_eq!(texts.values(), [OTHER, "a", "b"]);
    }

    #[test]
    fn the_name_of_a_type_becomes_snake_case() {
        assert_eq!(snake_len("LargeCustomer"), 14);
        assert_eq!(&snake::<14>("LargeCustomer"), b"large_customer");
        assert_eq!(&snake::<6>("Tenant"), b"tenant");
    }

    #[test]
    fn threads_agree_about_the_places() {
        let texts = Texts::new(50);
        let of_thread = || {
            let names = (0..100).map(|number| number.to_string());
            names.map(|name| texts.index(&name)).collect::<Vec<_>>()
        };
        let all = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(of_thread)).collect();
            let ended = threads.into_iter().map(|thread| thread.join());
            ended.collect::<Result<Vec<_>, _>>()
        });
        let all = all.expect("no panic");
        let values = texts.values();
        for indices in all {
            for (number, index) in indices.into_iter().enumerate() {
                assert!(index == 0 || values[index] == number.to_string());
            }
        }
        assert_eq!(values.len(), 51);
    }
}
