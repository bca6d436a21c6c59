//! Generates targets from the pieces of the patterns. The choices determine how they are spelled and corrupted.

/// Values of parameters. Some cannot be decoded.
const VALUES: [&str; 26] = [
    "a", "", "7", "00", "ab", "é", "%C3%A9", "%c3", "%FF", "%", "%4", "%zz", "%%41", "%2F",
    "%2f%2E", "+", ".", "..", "a%20", "%2520", "%30", "\\", "\"|^", "{x}", "x.json", "a.tar.gz",
];
const QUERIES: [&str; 6] = ["?", "?a=/b", "?x={y}&é", "?q=%zz", "??", "?a\\b[1]^|\"'"];
const ODD: [&str; 10] = ["/", "//", "%", "%4", "%2F", "\\", "é", "%00", "x", "A"];

/// Numbers that determine a target. A shorter list generates a simpler one.
pub(crate) struct Choices<'a>(std::slice::Iter<'a, u8>);

impl<'a> Choices<'a> {
    pub(crate) fn new(numbers: &'a [u8]) -> Self {
        Self(numbers.iter())
    }

    fn below(&mut self, end: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % end
    }

    pub(crate) fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }

    /// Returns `true` one time in `n`.
    fn rarely(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }
}

pub(crate) fn target(choices: &mut Choices<'_>, patterns: &[&str]) -> String {
    let pattern = choices.one(patterns);
    let mut path = spell_pattern(choices, pattern);
    if choices.rarely(4) {
        change(choices, &mut path);
    }
    if choices.rarely(3) {
        match path.strip_suffix('/') {
            Some(less) if !less.is_empty() => path = less.to_owned(),
            _ => path.push('/'),
        }
    }
    if choices.rarely(12) {
        path.push('/');
    }
    if choices.rarely(6) {
        path.push_str(choices.one(&QUERIES));
    }
    path
}

/// Inserts an unusual text, or removes a character, after the first slash.
fn change(choices: &mut Choices<'_>, path: &mut String) {
    let places: Vec<_> = path.char_indices().map(|(at, _)| at).skip(1).collect();
    let at = match places.len() {
        0 => path.len(),
        n => places[choices.below(n)],
    };
    if choices.rarely(3) && at < path.len() {
        path.remove(at);
    } else {
        path.insert_str(at, choices.one(&ODD));
    }
}

fn spell_pattern(choices: &mut Choices<'_>, pattern: &str) -> String {
    let mut spelled = String::new();
    let mut rest = pattern;
    while let Some(char) = rest.chars().next() {
        let len = if rest.starts_with("{{") || rest.starts_with("}}") {
            spell(choices, char, &mut spelled);
            2
        } else if char == '{' {
            let is_catch_all = rest.starts_with("{*");
            spelled.push_str(choices.one(&VALUES));
            while is_catch_all && choices.rarely(3) {
                spelled.push('/');
                spelled.push_str(choices.one(&VALUES));
            }
            rest.find('}').expect("a closed brace") + 1
        } else if char == '%' {
            spell_escape(choices, &rest[..3], &mut spelled);
            3
        } else if char == '/' {
            spelled.push('/');
            1
        } else {
            spell(choices, char, &mut spelled);
            char.len_utf8()
        };
        rest = &rest[len..];
    }
    spelled
}

/// Adds a character, raw or as escapes with digits of either case.
fn spell(choices: &mut Choices<'_>, char: char, spelled: &mut String) {
    if !choices.rarely(8) {
        spelled.push(char);
        return;
    }
    for byte in char.to_string().bytes() {
        spell_escape(choices, &format!("%{byte:02X}"), spelled);
    }
}

/// Adds an escape: unchanged, with digits of the other case, escaped again, or as the character.
fn spell_escape(choices: &mut Choices<'_>, escape: &str, spelled: &mut String) {
    match choices.below(12) {
        0..7 => spelled.push_str(escape),
        7 | 8 => spelled.push_str(&escape.to_ascii_lowercase()),
        9 => spelled.push_str(&escape.to_ascii_uppercase()),
        10 => spelled.push_str(&escape.replace('%', "%25")),
        _ => {
            let byte = u8::from_str_radix(&escape[1..], 16).expect("an escape of a pattern");
            let char = char::from(byte);
            spelled.push(if char.is_ascii_graphic() && char != '#' && char != '?' {
                char
            } else {
                'x'
            });
        }
    }
}
