//! Examples in doc comments: blocks of code in the language `http`.

/// A request with its response, from a doc comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Example {
    /// The text behind `http` in the first line of the block.
    pub(crate) summary: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) request: Message,
    pub(crate) status: u16,
    pub(crate) response: Message,
}

/// The headers and the body of a request or a response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Message {
    /// Returns the value of a header. The name is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl Example {
    /// Returns the path of the target, without its query.
    pub(crate) fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&*self.target, |(path, _)| path)
    }
}

/// Returns the examples of a doc comment, or what is wrong in one.
pub(crate) fn examples(doc: &str) -> Result<Vec<Example>, String> {
    let blocks = split(doc).1;
    blocks
        .iter()
        .map(|block| example(&block.summary, &block.lines))
        .collect()
}

/// Returns a doc comment without its examples.
pub(crate) fn without_examples(doc: &str) -> String {
    split(doc).0
}

struct Block<'d> {
    summary: String,
    lines: Vec<&'d str>,
}

/// Splits a doc comment into its text and its examples.
fn split(doc: &str) -> (String, Vec<Block<'_>>) {
    let (mut text, mut blocks) = (Vec::new(), Vec::<Block<'_>>::new());
    let (mut inside, mut is_after) = (false, false);
    for line in doc.lines() {
        match (inside, opening(line)) {
            (true, _) if line.trim() == "```" => (inside, is_after) = (false, true),
            (true, _) => {
                if let Some(block) = blocks.last_mut() {
                    block.lines.push(line);
                }
            }
            (false, Some(summary)) => {
                inside = true;
                blocks.push(Block {
                    summary: summary.to_owned(),
                    lines: Vec::new(),
                });
            }
            // One empty line remains of those around a block.
            (false, None) if is_after && line.is_empty() && text.last() == Some(&"") => {}
            (false, None) => {
                is_after = false;
                text.push(line);
            }
        }
    }
    (text.join("\n").trim_end().to_owned(), blocks)
}

/// Returns the text behind `http` in the first line of a block.
fn opening(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("```http")?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim())
}

fn example(summary: &str, lines: &[&str]) -> Result<Example, String> {
    let mut numbered = lines.iter().enumerate().skip(1);
    let Some((at, status)) = numbered.find_map(|(at, line)| Some((at, status(line)?))) else {
        return Err("it has no line with the status, such as `200`".to_owned());
    };
    let mut words = lines[0].split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(first_line(lines[0]));
    };
    let is_method = method.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_method || !target.starts_with('/') {
        return Err(first_line(lines[0]));
    }
    Ok(Example {
        summary: summary.to_owned(),
        method: method.to_owned(),
        target: target.to_owned(),
        request: message(&lines[1..at]),
        status,
        response: message(&lines[at + 1..]),
    })
}

fn first_line(line: &str) -> String {
    format!("its first line is `{line}`, and not a method and a path such as `GET /users/7`")
}

/// Returns the status of a line such as `201`, `201 Created` or `HTTP/1.1 201 Created`. A line of a body that begins
/// with white space is none.
fn status(line: &str) -> Option<u16> {
    if line.starts_with(char::is_whitespace) {
        return None;
    }
    let mut words = line.split_whitespace();
    let mut first = words.next()?;
    if first.starts_with("HTTP/") {
        first = words.next()?;
    }
    let is_reason = |word: &str| word.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_status = first.len() == 3 && words.all(is_reason);
    let status = first.parse().ok().filter(|_| is_status)?;
    (100..600).contains(&status).then_some(status)
}

/// Reads headers, an empty line that may be missing, and a body.
fn message(lines: &[&str]) -> Message {
    let mut message = Message::default();
    let mut rest = lines;
    while let [line, others @ ..] = rest
        && let Some(header) = header(line)
    {
        message.headers.push(header);
        rest = others;
    }
    message.body = rest.join("\n").trim().to_owned();
    message
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_name = !name.is_empty() && name.bytes().all(is_token);
    is_name.then(|| (name.to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Example, examples, without_examples};

    const DOC: &str = r#"Places an order.

It is paid later.

```http two of one kind
POST /orders?dry=1
Idempotency-Key: k1

{"items": [
  201
]}
201 Created
Location: /orders/7
{"id": 7}
```

```http
GET /orders/7
404
```

More.

```text
GET /
```"#;

    fn found(doc: &str) -> Vec<Example> {
        examples(doc).expect("valid examples")
    }

    #[test]
    fn a_block_is_a_request_and_a_response() {
        let examples = found(DOC);
        let [first, second] = &examples[..] else {
            panic!("{examples:?}");
        };
        assert_eq!(first.summary, "two of one kind");
        assert_eq!((first.method.as_str(), first.path()), ("POST", "/orders"));
        assert_eq!(first.request.header("idempotency-key"), Some("k1"));
        assert_eq!(first.request.body, "{\"items\": [\n  201\n]}");
        assert_eq!(first.status, 201);
        assert_eq!(first.response.header("location"), Some("/orders/7"));
        assert_eq!(first.response.body, "{\"id\": 7}");
        assert_eq!((second.status, second.request.body.as_str()), (404, ""));
    }

    #[test]
    fn a_status_may_be_that_of_a_response_as_it_is_sent() {
        let all = ["200", "200 OK", "HTTP/1.1 200 OK", "HTTP/2 200"];
        for line in all {
            let doc = format!("```http\nGET /\n{line}\n```");
            assert_eq!(found(&doc)[0].status, 200, "{line}");
        }
        // These are a body.
        for line in ["2000", "600", "20 OK", "200 items: 7", "\"200\""] {
            let doc = format!("```http\nPOST /\n{line}\n201\n```");
            let example = &found(&doc)[0];
            assert_eq!((example.status, example.request.body.as_str()), (201, line));
        }
    }

    #[test]
    fn a_text_without_examples_is_the_text_of_a_reader() {
        let text = "Places an order.\n\nIt is paid later.\n\nMore.\n\n```text\nGET /\n```";
        assert_eq!(without_examples(DOC), text);
        assert_eq!(without_examples("```httpx\n```"), "```httpx\n```");
    }

    #[test]
    fn a_block_without_an_exchange_is_an_error() {
        for (block, expected) in [
            ("GET /", "no line with the status"),
            ("", "no line with the status"),
            ("200", "no line with the status"),
            ("GET\n200", "its first line is `GET`"),
            ("get /\n200", "its first line is `get /`"),
            ("GET users\n200", "its first line is `GET users`"),
            ("\n200", "its first line is ``"),
        ] {
            let error = examples(&format!("```http\n{block}\n```")).unwrap_err();
            assert!(error.contains(expected), "{block:?}: {error}");
        }
    }
}
