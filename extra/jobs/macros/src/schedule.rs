//! The grammar of schedules. It is a part of the grammar of the crate `croner`, which calculates the times.
//!
//! The crate itself was rejected here, because it needs a calendar and two more derives for each compilation.

/// The names of common schedules.
const NICKNAMES: [&str; 4] = ["@hourly", "@daily", "@weekly", "@monthly"];

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// The most days of each month.
const LENGTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// One of the five fields.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    /// The names of values, from the lowest.
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    field("minute", 0, 59, &[]),
    field("hour", 0, 23, &[]),
    field("day of the month", 1, 31, &[]),
    field("month", 1, 12, &MONTHS),
    field("day of the week", 0, 7, &DAYS),
];

const fn field(name: &'static str, min: u32, max: u32, names: &'static [&'static str]) -> Field {
    Field {
        name,
        min,
        max,
        names,
    }
}

/// Checks a schedule, such as `0 3 * * *`. Returns a message about the first mistake.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.starts_with('@') {
        return match NICKNAMES.contains(&text) {
            true => Ok(()),
            false => Err(format!(
                "`{text}` is not one of `{}`",
                NICKNAMES.join("`, `")
            )),
        };
    }
    let parts: Vec<_> = text.split_ascii_whitespace().collect();
    if parts.len() != FIELDS.len() {
        let n_fields = parts.len();
        return Err(format!(
            "a schedule has five fields, and this one has {n_fields}: write the minute, the hour, the day of the month, the \
             month and the day of the week, such as `0 3 * * *`"
        ));
    }
    let mut values = Vec::new();
    for (part, field) in parts.iter().zip(&FIELDS) {
        values.push(read_field(part, field)?);
    }
    check_date(&parts, &values)
}

/// Returns the values of a field.
fn read_field(text: &str, field: &Field) -> Result<Vec<u32>, String> {
    let mut values = Vec::new();
    for part in text.split(',') {
        if part == "*" && text != part {
            return Err(format!(
                "`*` in a list is every {}: write `*` alone",
                field.name
            ));
        }
        values.extend(read_part(part, field)?);
    }
    Ok(values)
}

/// Reads `*`, `5`, `1-5`, `*/15` or `8-18/2`.
fn read_part(text: &str, field: &Field) -> Result<Vec<u32>, String> {
    let (range, step) = match text.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (text, None),
    };
    let (from, to) = match range.split_once('-') {
        Some((from, to)) => (value(from, field)?, end(to, field)?),
        None if range == "*" => (field.min, field.max),
        None if step.is_some() => {
            let Field { name, max, .. } = field;
            return Err(format!(
                "`{text}` has a step without a range in the {name}: write `{range}-{max}/{}`",
                step.unwrap_or_default()
            ));
        }
        None => {
            let one = value(range, field)?;
            (one, one)
        }
    };
    if from > to {
        let Field { name, min, max, .. } = field;
        return Err(format!(
            "the range `{range}` of the {name} ends before it begins: write `{from}-{max},{min}-{to}`"
        ));
    }
    let step = step.map_or(Ok(1), |step| read_step(step, to - from, text, field))?;
    Ok((from..=to).step_by(step as usize).collect())
}

fn read_step(step: &str, length: u32, text: &str, field: &Field) -> Result<u32, String> {
    let Field { name, .. } = field;
    match number(step) {
        Some(step) if (1..=length).contains(&step) => Ok(step),
        _ => Err(format!(
            "the step of `{text}` in the {name} is not a number from 1 to {length}"
        )),
    }
}

/// Returns a value, which is a number or a name.
fn value(text: &str, field: &Field) -> Result<u32, String> {
    let Field {
        name,
        min,
        max,
        names,
    } = field;
    let named = names
        .iter()
        .position(|known| text.eq_ignore_ascii_case(known));
    let value = match named {
        Some(idx) => u32::try_from(idx).ok().map(|idx| idx + min),
        None => number(text),
    };
    value
        .filter(|value| (*min..=*max).contains(value))
        .ok_or_else(|| {
            let or = match (names.first(), names.last()) {
                (Some(first), Some(last)) => format!(", or a name from `{first}` to `{last}`"),
                _ => String::new(),
            };
            format!("`{text}` is no {name}, which is a number from {min} to {max}{or}")
        })
}

/// Returns the end of a range, where Sunday is the day after Saturday.
fn end(text: &str, field: &Field) -> Result<u32, String> {
    match text.eq_ignore_ascii_case("SUN") && field.names == DAYS {
        true => Ok(7),
        false => value(text, field),
    }
}

fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Rejects a day that no month has, which would never come. With a day of the week, one of the two is enough.
fn check_date(parts: &[&str], values: &[Vec<u32>]) -> Result<(), String> {
    let [_, _, days, months, _] = values else {
        return Ok(());
    };
    let has_day = |month: &u32| {
        let length = LENGTHS.get(*month as usize - 1);
        days.iter()
            .any(|day| length.is_some_and(|length| day <= length))
    };
    if parts[4] == "*" && !months.iter().any(has_day) {
        return Err(format!(
            "no month `{}` has a day `{}`, so this schedule would never run",
            parts[3], parts[2]
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_accepted() {
        for text in [
            "0 3 * * *",
            "*/15 * * * *",
            "0 8-18/2 * * 1-5",
            "0,30 0 1,15 * *",
            "0 0 * JAN,jul MON-FRI",
            "0 0 * * FRI-SUN",
            "0 0 * * 7",
            "0 0 29 2 *",
            "0 0 31 4 MON",
            "  0   3 * *\t* ",
            "@hourly",
            "@daily",
            "@weekly",
            "@monthly",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[track_caller]
    fn is_rejected(text: &str, expected: &str) {
        let message = check(text).expect_err("is rejected");
        assert!(message.contains(expected), "{text}: {message}");
    }

    #[test]
    fn mistakes_in_schedules_are_rejected() {
        let cases = [
            ("", "a schedule has five fields, and this one has 0"),
            ("0 3 * *", "and this one has 4"),
            ("0 0 3 * * *", "and this one has 6"),
            ("@yearly", "`@yearly` is not one of `@hourly`, `@daily`"),
            ("@Daily", "is not one of"),
            (
                "60 3 * * *",
                "`60` is no minute, which is a number from 0 to 59",
            ),
            ("0 24 * * *", "`24` is no hour"),
            (
                "0 0 0 * *",
                "`0` is no day of the month, which is a number from 1 to 31",
            ),
            (
                "0 0 * 13 *",
                "`13` is no month, which is a number from 1 to 12, or a name from `JAN` to `DEC`",
            ),
            ("0 0 * * 8", "`8` is no day of the week"),
            ("0 0 * * MONDAY", "`MONDAY` is no day of the week"),
            ("0 0 L * *", "`L` is no day of the month"),
            ("0 0 ? * *", "`?` is no day of the month"),
            ("-1 0 * * *", "`` is no minute"),
            ("+5 0 * * *", "`+5` is no minute"),
            ("0,,5 0 * * *", "`` is no minute"),
            ("*,5 0 * * *", "`*` in a list is every minute"),
            (
                "*/0 0 * * *",
                "the step of `*/0` in the minute is not a number from 1 to 59",
            ),
            ("*/90 0 * * *", "from 1 to 59"),
            ("*/x 0 * * *", "from 1 to 59"),
            ("0/15 0 * * *", "write `0-59/15`"),
            (
                "0 22-2 * * *",
                "the range `22-2` of the hour ends before it begins: write `22-23,0-2`",
            ),
            ("0 0 31 4,6 *", "no month `4,6` has a day `31`"),
            ("0 0 30 FEB *", "would never run"),
        ];
        for (text, expected) in cases {
            is_rejected(text, expected);
        }
    }
}
