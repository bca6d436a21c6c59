//! The text format of the cases.
//!
//! A line consists of a keyword, a space and a value. Lines that begin with `#` are comments.
//!
//! - `case` begins a case and contains its name. `from` names the rule that the case tests.
//! - `send` contains bytes to send. `\r`, `\n`, `\t`, `\\` and `\x00` are escapes, and `{a*900}` is `a` repeated 900
//!   times. Nothing is added to the bytes, so line ends must be written.
//! - `shut` closes the writing side of the client.
//! - `want` contains the required statuses. Between steps it waits for them: `want 100`. At the end it also contains
//!   the state of the connection: `want 200 400 closed`. The state is `open` if another request gets a response, and
//!   `left` if the client disconnects without waiting. `4xx` matches any of these statuses, and ` or ` separates
//!   alternatives.
//! - `timing` explains why the two ways of sending can have different results among the alternatives.
//! - `has` is a text that the responses contain, after the text of the previous `has`. `lacks` is a text that they do
//!   not contain.

use crate::case::{Case, End, Step, Want};

/// Parses the cases of a file.
pub(super) fn parse(text: &str) -> Result<Vec<Case>, String> {
    let mut cases = Vec::<Case>::new();
    for (idx, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let added = add(&mut cases, line);
        added.map_err(|error| format!("line {}: {error}", idx + 1))?;
    }
    if cases.is_empty() {
        return Err("no cases".to_owned());
    }
    cases.iter().try_for_each(check)?;
    Ok(cases)
}

fn add(cases: &mut Vec<Case>, line: &str) -> Result<(), String> {
    if line.ends_with([' ', '\t']) {
        return Err("a blank at the end is not seen: write `\\x20`".to_owned());
    }
    let (word, value) = line.split_once(' ').unwrap_or((line, ""));
    if word == "case" {
        if cases.iter().any(|case| case.name == value) {
            return Err(format!("a second case `{value}`"));
        }
        let name = value.to_owned();
        let steps = Vec::new();
        cases.push(Case {
            name,
            steps,
            ..Case::default()
        });
        return Ok(());
    }
    let case = cases.last_mut().ok_or("it begins without a case")?;
    match (word, case.steps.last_mut()) {
        ("from", _) => value.clone_into(&mut case.source),
        ("send", Some(Step::Send(sent))) => sent.extend(bytes(value)?),
        ("send", _) => case.steps.push(Step::Send(bytes(value)?)),
        ("shut", _) => case.steps.push(Step::Shut),
        ("want", _) => {
            let wants = value.split(" or ").map(want).collect::<Result<_, _>>()?;
            case.steps.push(Step::Want(wants));
        }
        ("has", _) => case.has.push(value.to_owned()),
        ("timing", _) => value.clone_into(&mut case.timing),
        ("lacks", _) => case.lacks.push(value.to_owned()),
        _ => return Err(format!("unknown word `{word}`")),
    }
    Ok(())
}

/// Rejects a case that sends nothing or requires nothing, since it could not fail.
fn check(case: &Case) -> Result<(), String> {
    let wrong = |what| Err(format!("case `{}` {what}", case.name));
    if case.name.is_empty() || case.source.is_empty() {
        return wrong("has no name or no source");
    }
    let Some((Step::Want(last), before @ [Step::Send(_), ..])) = case.steps.split_last() else {
        return wrong("does not begin with `send` and end with `want`");
    };
    let ends = |wants: &[Want]| wants.iter().filter(|want| want.end.is_some()).count();
    let ends_early = |step: &Step| matches!(step, Step::Want(wants) if ends(wants) > 0);
    if ends(last) < last.len() || before.iter().any(ends_early) {
        return wrong("contains the state of the connection before its last step");
    }
    if !case.timing.is_empty() && last.len() == 1 {
        return wrong("has one way to end, whatever the timing");
    }
    Ok(())
}

fn want(text: &str) -> Result<Want, String> {
    let mut want = Want::default();
    for word in text.split(' ') {
        let digits = word
            .bytes()
            .filter(|byte| byte.is_ascii_digit() || *byte == b'x');
        match (word, want.end) {
            ("open", None) => want.end = Some(End::Open),
            ("closed", None) => want.end = Some(End::Closed),
            ("left", None) => want.end = Some(End::Left),
            (_, None) if word.len() == 3 && digits.count() == 3 => {
                want.statuses.push(word.to_owned())
            }
            _ => return Err(format!("`{text}` is not what comes back")),
        }
    }
    Ok(want)
}

/// Returns the bytes of a text with escapes.
fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '{']) {
        bytes.extend(&rest.as_bytes()[..at]);
        let special = &rest[at..];
        let read = repeated(special).or_else(|| escaped(special));
        let (found, length) = read.ok_or_else(|| format!("`{special}` begins with no escape"))?;
        bytes.extend(found);
        rest = &special[length..];
    }
    bytes.extend(rest.as_bytes());
    Ok(bytes)
}

/// Parses `{a*900}` at the beginning of a text, and also returns its length.
fn repeated(text: &str) -> Option<(Vec<u8>, usize)> {
    let (inside, _) = text.strip_prefix('{')?.split_once('}')?;
    let (piece, count) = inside.rsplit_once('*')?;
    Some((
        bytes(piece).ok()?.repeat(count.parse().ok()?),
        inside.len() + 2,
    ))
}

/// Parses `\n` or `\x00` at the beginning of a text, and also returns its length.
fn escaped(text: &str) -> Option<(Vec<u8>, usize)> {
    let mut chars = text.strip_prefix('\\')?.chars();
    let byte = match chars.next()? {
        'r' => b'\r',
        'n' => b'\n',
        't' => b'\t',
        '\\' => b'\\',
        'x' => {
            let byte = u8::from_str_radix(text.get(2..4)?, 16).ok()?;
            return Some((vec![byte], 4));
        }
        _ => return None,
    };
    Some((vec![byte], 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_escaped_and_repeated() {
        for (text, expected) in [
            ("a\\r\\n\\t\\\\", &b"a\r\n\t\\"[..]),
            ("\\x00\\xff", b"\x00\xff"),
            ("{a*3}b{\\x01-*2}", b"aaab\x01-\x01-"),
            ("{a*b*2}{a*0}", b"a*ba*b"),
            ("é", b"\xc3\xa9"),
        ] {
            assert_eq!(bytes(text).as_deref(), Ok(expected), "{text}");
        }
        for text in [
            "\\", "\\q", "\\x0", "\\x0g", "\\xé", "{a", "{a}", "{a*b}", "{\\q*2}",
        ] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn cases_are_parsed_in_order() {
        let text = "# why\ncase one\nfrom RFC\nsend a\nsend  b\nshut\nwant 100\nsend c\n\
                    want 200 4xx open or closed\ntiming t\nhas x y\nlacks z\n\ncase two\nfrom CVE\nsend d\n\
                    want left";
        let cases = parse(text).expect("it is well formed");
        let want = |statuses: &[&str], end| Want {
            statuses: statuses.iter().map(|&status| status.to_owned()).collect(),
            end,
        };
        let steps = [
            Step::Send(b"a b".to_vec()),
            Step::Shut,
            Step::Want(vec![want(&["100"], None)]),
            Step::Send(b"c".to_vec()),
            Step::Want(vec![
                want(&["200", "4xx"], Some(End::Open)),
                want(&[], Some(End::Closed)),
            ]),
        ];
        assert_eq!(cases[0].steps, steps);
        assert_eq!(
            (cases[0].name.as_str(), cases[1].name.as_str()),
            ("one", "two")
        );
        assert_eq!(
            (cases[0].has[0].as_str(), cases[0].lacks[0].as_str()),
            ("x y", "z")
        );
        assert_eq!(
            (cases[0].timing.as_str(), cases[1].source.as_str()),
            ("t", "CVE")
        );
    }

    #[test]
    fn mistakes_in_cases_are_reported() {
        let begun = "case a\nfrom b\nsend c\n";
        let good = format!("{begun}want closed");
        assert!(parse(&good).is_ok());
        for text in [
            "".to_owned(),
            "send a".to_owned(),
            "case a\nsend c\nwant closed".to_owned(),
            "case a\nfrom b\nwant closed".to_owned(),
            begun.to_owned(),
            format!("{begun}want 200"),
            format!("{begun}want 20 open"),
            format!("{begun}want open 200"),
            format!("{begun}want 200  open"),
            format!("{begun}want 200 open\nwant closed"),
            format!("{begun}want closed\nsend d"),
            format!("{begun}want closed\nelse"),
            format!("{begun}want closed\ntiming x"),
            format!("{begun}send d \nwant closed"),
            format!("{good}\n{good}"),
            format!("{begun}{}", good.replace("case a", "case d")),
        ] {
            assert!(parse(&text).is_err(), "{text}");
        }
    }
}
