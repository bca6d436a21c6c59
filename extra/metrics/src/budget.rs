//! The checks of metrics in constant evaluation, and their messages.

use crate::{labels::Factor, probe::UnitInfo};

/// A message that is composed in constant evaluation.
struct Text {
    bytes: [u8; 1024],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Self {
            bytes: [0; 1024],
            len: 0,
        }
    }

    /// Appends a text, unless there is no room.
    const fn with(mut self, piece: &str) -> Self {
        let piece = piece.as_bytes();
        if self.len + piece.len() <= self.bytes.len() {
            let mut i = 0;
            while i < piece.len() {
                self.bytes[self.len + i] = piece[i];
                i += 1;
            }
            self.len += piece.len();
        }
        self
    }

    const fn with_number(self, mut number: u64) -> Self {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        match str::from_utf8(digits.split_at(at).1) {
            Ok(text) => self.with(text),
            Err(_) => self,
        }
    }

    const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

/// Checks that the label of a metric has a finite number of values and a name.
#[track_caller]
pub const fn check_labels(factors: Option<&'static [Factor]>, ty: &str) {
    let Some(factors) = factors else {
        no_label(ty);
    };
    if let [only] = factors
        && only.name.is_empty()
    {
        let text = Text::new().with("a `").with(ty).with(
            "` alone has no name as a label: make it a field of a struct with `#[derive(Labels)]`",
        );
        panic!("{}", text.as_str());
    }
}

/// Checks that the field of a struct of labels is one label.
#[track_caller]
pub const fn check_field(factors: Option<&'static [Factor]>, ty: &str) {
    let Some(factors) = factors else {
        no_label(ty);
    };
    if factors.len() != 1 {
        let text = Text::new()
            .with("`")
            .with(ty)
            .with("` is more than one label, and a field is an enum or a `bool`: write the fields of `")
            .with(ty)
            .with("` here");
        panic!("{}", text.as_str());
    }
}

#[track_caller]
const fn no_label(ty: &str) -> ! {
    let text = Text::new().with("`").with(ty).with(
        "` cannot be a label, because nothing lists all of its values: take an enum with \
             `#[derive(Labels)]`, a `bool` in a struct with it, or `text_label!(Name: 100)`",
    );
    panic!("{}", text.as_str());
}

/// Checks the number of series of a metric. A histogram has those of its buckets and of its sum and count.
#[track_caller]
pub const fn check_series(
    metric: &str,
    factors: Option<&'static [Factor]>,
    buckets: Option<u64>,
    budget: u64,
) {
    let factors = match factors {
        Some(factors) => factors,
        None => &[],
    };
    let mut text = Text::new().with("the metric `").with(metric).with("` has ");
    let mut count = 1_u64;
    let mut i = 0;
    while i < factors.len() {
        let values = factors[i].values.len() as u64;
        count = count.saturating_mul(values);
        text = text
            .with(if i > 0 { " x " } else { "" })
            .with_number(values)
            .with(" (")
            .with(factors[i].name)
            .with(")");
        i += 1;
    }
    if let Some(buckets) = buckets {
        // The last bucket has no bound, and there are the sum and the count.
        let each = buckets + 3;
        count = count.saturating_mul(each);
        text = text
            .with(if i > 0 { " x " } else { "" })
            .with_number(each)
            .with(" (buckets, sum and count)");
    }
    if count > budget {
        let text = text
            .with(" = ")
            .with_number(count)
            .with(" series, over the budget of ")
            .with_number(budget)
            .with(": remove a label, or write `#[metric(series = ")
            .with_number(count)
            .with(")]` if that is meant");
        panic!("{}", text.as_str());
    }
}

/// Checks that a type is a unit, and that its name can be part of a metric's name.
#[track_caller]
pub const fn check_unit(unit: Option<UnitInfo>, ty: &str) {
    let Some(unit) = unit else {
        let text = Text::new().with("`").with(ty).with(
            "` is not a unit: take `Seconds`, `Bytes` or `Ratio`, or implement `highball_metrics::Unit` for a type of \
             the app",
        );
        panic!("{}", text.as_str());
    };
    let bytes = unit.name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !matches!(bytes[i], b'a'..=b'z' | b'0'..=b'9' | b'_') {
            let text = Text::new()
                .with("the unit `")
                .with(unit.name)
                .with("` is part of the metric's name: write it with `a-z`, `0-9` and `_`, such as `euros`");
            panic!("{}", text.as_str());
        }
        i += 1;
    }
}
