use std::borrow::Cow;

use proptest::prelude::*;

use super::*;

fn text(octets: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(octets)
}

/// Returns the texts between angle brackets.
fn bracketed(side: &str) -> Vec<&str> {
    let inside = side
        .trim()
        .strip_prefix('<')
        .and_then(|side| side.strip_suffix('>'));
    inside.map_or_else(Vec::new, |inside| inside.split("> <").collect())
}

#[test]
fn lists_are_split_outside_of_quotes_and_joined_over_lines() {
    let cases = include_str!("lists.txt").lines();
    for case in cases.filter(|case| !case.is_empty() && !case.starts_with('#')) {
        let (lines, expected) = case.split_once("=>").expect("lines and elements");
        let lines = bracketed(lines);
        let value = joined(lines.iter().map(|line| line.as_bytes())).unwrap_or_default();
        let got: Vec<_> = elements(&value).map(text).collect();
        assert_eq!(got, bracketed(expected), "{case}");
    }
    assert_eq!(joined([]), None);
}

#[test]
fn tokens_match_in_every_line_and_case() {
    let lines: [&[u8]; 2] = [b"keep-alive", b"x, Upgrade"];
    assert!(has_token(lines, "upgrade"));
    assert!(!has_token(lines, "up"));
    assert!(!has_token([], "upgrade"));
}

#[track_caller]
fn check_parameters(value: &str, expected: &str) {
    let (first, parameters) = Parameters::parse(value.as_bytes());
    let mut got = text(first).into_owned();
    for (name, value) in parameters {
        got += &format!(" | {} = {}", text(name), text(&value));
    }
    assert_eq!(got, expected, "{value}");
}

#[test]
fn parameters_are_unquoted() {
    check_parameters("a/b", "a/b");
    check_parameters("a/b ; Q=0.5;x", "a/b | Q = 0.5 | x = ");
    check_parameters("a;x=\"1;2\";;y=2", "a | x = 1;2 | y = 2");
    check_parameters("a;x=\"\\\"\\a\"", "a | x = \"a");
    check_parameters("a;x=\"open;y=2", "a | x = \"open | y = 2");
    check_parameters("a;x==1", "a | x = =1");
}

#[test]
fn quality_values_have_up_to_three_decimals() {
    let check = |value: &str, expected| assert_eq!(quality(value.as_bytes()), expected, "{value}");
    check("1", Some(1000));
    check("1.000", Some(1000));
    check("0", Some(0));
    check("0.", Some(0));
    check("0.5", Some(500));
    check("0.123", Some(123));
    for wrong in ["", ".5", "1.1", "2", "0.1234", "0,5", "0.5x", "-0", "NaN"] {
        check(wrong, None);
    }
}

#[track_caller]
fn check_tags(lines: &[&str], expected: &str) {
    let tags = EntityTags::from_lines(lines.iter().map(|line| line.as_bytes())).expect("a line");
    let got: Vec<_> = tags
        .iter()
        .map(|tag| {
            format!(
                "{}{}",
                if tag.is_weak { "W/" } else { "" },
                text(tag.opaque)
            )
        })
        .collect();
    assert_eq!(got.join(" | "), expected, "{lines:?}");
}

#[test]
fn entity_tags_may_contain_commas_and_backslashes() {
    check_tags(&["\"a\""], "a");
    check_tags(&["W/\"a\" , \"b,c\",,\"d\\\""], "W/a | b,c | d\\");
    check_tags(&["\"a\"", "\"b\""], "a | b");
    check_tags(&["\"\u{e4}\""], "\u{e4}");
    check_tags(&["a, \"b\"x, \"c\""], "c");
    check_tags(&["\"a b\", \"c\""], "c");
    check_tags(&["*"], "");
    check_tags(&[""], "");
    assert!(EntityTags::from_lines([&b" * "[..]]).is_some_and(|tags| tags.is_any()));
    assert!(EntityTags::from_lines([]).is_none());
}

#[test]
fn strong_comparison_rejects_weak_tags() {
    let tag = |value: &'static str| EntityTag::parse(value.as_bytes()).expect("a tag");
    let (strong, weak) = (tag("\"a\""), tag("W/\"a\""));
    assert!(strong.matches_strongly(&strong) && !strong.matches_strongly(&weak));
    assert!(!weak.matches_strongly(&weak) && weak.matches_weakly(&strong));
    assert_eq!(EntityTag::parse(b"\"a\"x"), None);
    assert_eq!(EntityTag::parse(b"w/\"a\""), None);
}

proptest! {
    #[test]
    fn lines_are_equivalent_to_the_joined_line(lines in prop::collection::vec("[ab,;=\" \\\\\u{e4}]{0,8}", 1..4)) {
        let octets = lines.iter().map(String::as_bytes);
        let (split, whole) = (joined(octets), lines.join(", "));
        prop_assert_eq!(split.as_deref(), Some(whole.as_bytes()));
    }

    #[test]
    fn no_octet_of_a_list_is_lost(value in prop::collection::vec(any::<u8>(), 0..40)) {
        let pieces: Vec<&[u8]> = split(&value, b',').collect();
        let untrimmed = |octets: &[u8]| octets.iter().filter(|b| !b" \t".contains(b)).count();
        let octets: usize = pieces.iter().map(|piece| untrimmed(piece)).sum();
        prop_assert_eq!(octets + pieces.len() - 1, untrimmed(&value));
        for element in elements(&value) {
            let (_, parameters) = Parameters::parse(element);
            prop_assert!(parameters.count() <= element.len());
        }
        let tags = EntityTags::from_lines([&value[..]]);
        prop_assert!(tags.is_some_and(|tags| tags.iter().count() <= value.len()));
    }
}
