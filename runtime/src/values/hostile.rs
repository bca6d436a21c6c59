//! Types that panic, and types that read another query while they are read.

use std::panic::{self, AssertUnwindSafe};

use serde::{Deserialize, Deserializer};

use super::{log, query};

#[derive(Debug, PartialEq, Deserialize)]
struct Part {
    n: u32,
}

/// Panics, or reads another query first, as its text says.
#[derive(Debug, PartialEq)]
struct Odd(u32);

impl<'de> Deserialize<'de> for Odd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        assert_ne!(text, "boom");
        #[derive(Deserialize)]
        struct Inner {
            #[serde(flatten)]
            part: Part,
        }
        let inner: Inner = query(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(inner.part.n))
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Held {
    odd: Odd,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Outer {
    #[serde(flatten)]
    part: Option<Part>,
    #[serde(flatten)]
    held: Held,
}

#[test]
fn a_query_in_a_query_loses_no_refusal() {
    let outer: Outer = query("odd=n%3D7&n=8").expect("it is read");
    assert_eq!(
        outer,
        Outer {
            part: Some(Part { n: 8 }),
            held: Held { odd: Odd(7) },
        }
    );
    let rejection = query::<Outer>("n=x&odd=n%3D7").expect_err("`n` is no number");
    assert_eq!(rejection.errors()[0].name, "n");
    let rejection = query::<Outer>("n=8&odd=n%3Dx").expect_err("the inner `n` is no number");
    assert_eq!(rejection.errors()[0].name, "odd");
    assert!(!log::is_open());
}

#[test]
fn a_panic_leaves_nothing_behind() {
    let read = || query::<Outer>("n=8&odd=boom").is_ok();
    panic::catch_unwind(AssertUnwindSafe(read)).expect_err("it panics");
    assert!(!log::is_open());
}
