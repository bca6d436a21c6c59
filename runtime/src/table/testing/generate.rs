//! Generates routes and a request from bytes. Many paths nearly match a route.

/// Segments with much in common. Long ones differ at their beginning, middle or end.
///
/// The last ones have several percent-encodings, or end like escapes.
const TEXTS: [&str; 36] = [
    "",
    "a",
    "b",
    "ab",
    "a.b",
    "abb",
    ".",
    "..",
    "aab",
    "%2F",
    "%CE%B1",
    "abcdefgh",
    "abcdefgha",
    "abcdefg",
    "abcdefghabcdefgh",
    "abcdefghabcdefghb",
    "abcdefghXabcdefgh",
    "abcdefghYabcdefgh",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "abcdefghijklmnopqrXtuvwxyz0123456789",
    "%61",
    "%CE%b1",
    "α",
    "%c3%AD",
    "í",
    "d",
    "0",
    "F1",
    "[a|b]",
    "%5ba%7Cb%5d",
    "\"^\\",
    "%22%5e%5C",
    "%25",
    ":a",
    "%3aa",
    "abcdefghijkl%C3%AD[1]",
];
const METHODS: [&str; 12] = [
    "GET",
    "GET",
    "GET",
    "HEAD",
    "POST",
    "OPTIONS",
    "QUERY",
    "PURGE",
    "ANY",
    "GET,POST",
    "PURGE,LOCK",
    "TRACE,GET",
];
const REQUEST_METHODS: [&str; 9] = [
    "GET", "GET", "HEAD", "POST", "OPTIONS", "QUERY", "PURGE", "LOCK", "UNHEARD",
];

/// A source of choices. An empty list of bytes always chooses the first option.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    fn next(&mut self, n: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first) % n
    }

    fn text(&mut self) -> &'static str {
        TEXTS[self.next(TEXTS.len())]
    }

    /// Generates routes in the format of [`parse::shape`](super::parse::shape).
    pub fn routes<const N: usize>(&mut self) -> [String; N] {
        let mut paths: Vec<String> = Vec::new();
        std::array::from_fn(|_| {
            let method = METHODS[self.next(METHODS.len())];
            let path = self.path(&paths);
            paths.push(path.clone());
            format!(
                "{method} {path} {}",
                ["strict", "redirect", "ignore"][self.next(3)]
            )
        })
    }

    /// Generates a pattern: a new one, or one of the others, perhaps with another trailing slash.
    fn path(&mut self, others: &[String]) -> String {
        let other = self.next(3 * others.len() + 1);
        match others.get(other / 2) {
            Some(other) if self.next(2) == 0 => other.clone(),
            Some(other) if other.contains('*') => other.clone(),
            Some(other) if other == "/" => "//".to_owned(),
            Some(other) => other
                .strip_suffix('/')
                .map_or(format!("{other}/"), str::to_owned),
            None => self.new_path(),
        }
    }

    fn new_path(&mut self) -> String {
        let mut path = String::new();
        let n_segments = 1 + self.next(4);
        for _ in 0..n_segments {
            path.push('/');
            path += &self.segment();
        }
        if self.next(5) == 1 {
            path += "/{*r}";
        }
        path
    }

    fn segment(&mut self) -> String {
        match self.next(8) {
            0..5 => self.text().to_owned(),
            5 | 6 => "{p}".to_owned(),
            _ => format!("{}{{p}}{}", self.text(), self.text()),
        }
    }

    /// Generates a method and a path, often from one of the routes and then changed.
    pub fn request(&mut self, routes: &[String]) -> (&'static str, String) {
        let mut method = REQUEST_METHODS[self.next(REQUEST_METHODS.len())];
        let mut pattern = "/{p}/{p}/{p}";
        if let Some(route) = routes.get(self.next(routes.len() + 1)) {
            let mut words = route.split(' ');
            let own = words.next().and_then(|names| names.split(',').next());
            let own = METHODS
                .iter()
                .find(|method| Some(**method) == own && **method != "ANY");
            if self.next(3) > 0 {
                method = own.copied().unwrap_or(method);
            }
            pattern = words.next().unwrap_or(pattern);
        }
        let mut path = String::new();
        for segment in pattern[1..].split('/') {
            path.push('/');
            path += &self.fill(segment);
        }
        if self.next(2) == 0 {
            path = self.respell(&path);
        }
        self.mutate(&mut path);
        (method, path)
    }

    /// Changes the percent-encoding of a path.
    fn respell(&mut self, path: &str) -> String {
        let (mut spelled, mode) = (String::new(), self.next(8));
        for byte in path.bytes() {
            match (mode, byte) {
                (0, b'a' | b'b' | b'.' | b':') => spelled += &format!("%{byte:02x}"),
                (1, b'[' | b'|' | b'1' | b'd' | b'0') => spelled += &format!("%{byte:02X}"),
                (_, 128..) => spelled += &format!("%{byte:02X}"),
                _ => spelled.push(char::from(byte)),
            }
        }
        match mode {
            2 => spelled.to_ascii_lowercase(),
            3 => raw(&spelled),
            4 => spelled.replace("%C3%AD", "%c3%Ad").replace("%5", "%%5"),
            _ => spelled,
        }
    }

    fn fill(&mut self, segment: &str) -> String {
        let Some((prefix, rest)) = segment.split_once('{') else {
            return segment.to_owned();
        };
        let suffix = rest.split_once('}').map_or("", |(_, suffix)| suffix);
        let value = match self.next(10) {
            8 => {
                ["%", "%4", "%zz", "%%41", "%%32%35", "%FF", "%c3", "a%2"][self.next(8)].to_owned()
            }
            9 => format!("%{}", self.text()),
            0 => "é漢字".to_owned(),
            1 => format!("{}/{}", self.text(), self.text()),
            2 => self.text().repeat(9),
            _ => self.text().to_owned(),
        };
        format!("{prefix}{value}{suffix}")
    }

    fn mutate(&mut self, path: &mut String) {
        match self.next(13) {
            0 => path.push('/'),
            1 => drop(path.pop()),
            2 => *path += self.text(),
            3 => path.insert(0, '/'),
            4 => *path = path.replace('b', "c"),
            5 => *path = path.replace('X', "Y"),
            6 => *path = path.replacen("/a", "/", 1),
            7 => *path = path.replacen('h', "/", 1),
            8 => *path += &"/abc".repeat(30),
            9 => path.push('%'),
            _ => {}
        }
    }
}

/// Decodes some escapes that an HTTP client may also send unescaped.
fn raw(path: &str) -> String {
    let path = path.replace("%CE%B1", "α").replace("%ce%b1", "α");
    let path = path.replace("%C3%AD", "í").replace("%c3%ad", "í");
    path.replace("%5B", "[")
        .replace("%5b", "[")
        .replace("%7C", "|")
}
