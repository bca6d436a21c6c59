//! The enum of an operation's answers.

use highball::{describe::Answer, http::StatusCode};

use super::{
    context::Context,
    text::{Lines, camel, field_name},
};

/// A variant of the enum.
#[derive(Debug)]
struct Variant {
    name: String,
    status: u16,
    body: Body,
    headers: Vec<&'static str>,
    about: String,
    /// Whether a later variant has the same status and media type.
    has_rival: bool,
}

/// The body of an answer.
#[derive(Debug, PartialEq, Eq)]
enum Body {
    /// JSON of this media type and Rust type.
    Json(&'static str, String),
    Text(&'static str),
    Bytes(&'static str),
    Nothing,
}

const PROBLEM: &str = "application/problem+json";

/// Writes the enum of these answers and the function that reads it.
pub(crate) fn write(
    lines: &mut Lines,
    id: &str,
    title: &str,
    answers: &[Answer],
    context: &mut Context,
) {
    let name = format!("{}Answer", camel(id));
    let variants = variants(answers, id, context);
    lines.blank();
    lines.doc(0, format!("An answer to [`{title}`](Client::{title})."));
    lines.push(0, "#[derive(Debug, Clone)]".to_owned());
    lines.push(0, format!("pub enum {name} {{"));
    for variant in &variants {
        variant.declare(lines);
    }
    lines.doc(1, "Any other answer.".to_owned());
    lines.push(1, "Unexpected {".to_owned());
    for (field, ty) in [
        ("status", "StatusCode"),
        ("headers", "HeaderMap"),
        ("body", "Bytes"),
    ] {
        lines.doc(2, format!("The {field}."));
        lines.push(2, format!("{field}: {ty},"));
    }
    lines.push(1, "},".to_owned());
    lines.push(0, "}".to_owned());
    lines.blank();
    lines.push(0, format!("impl {name} {{"));
    lines.push(
        1,
        "fn read(answer: Answer) -> Result<Self, Malformed> {".to_owned(),
    );
    for variant in &variants {
        variant.read(lines);
    }
    lines.push(2, "Ok(Self::Unexpected {".to_owned());
    for field in ["status", "headers", "body"] {
        lines.push(3, format!("{field}: answer.{field},"));
    }
    lines.push(2, "})".to_owned());
    lines.push(1, "}".to_owned());
    lines.push(0, "}".to_owned());
}

/// Returns the variants in the order in which an answer is compared with them: text and bytes have any media type, so
/// they are behind the formats of the same status.
fn variants(answers: &[Answer], id: &str, context: &mut Context) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    for answer in answers {
        let variant = Variant::new(answer, id, context);
        let is_same =
            |other: &&mut Variant| (other.status, &other.body) == (variant.status, &variant.body);
        match variants.iter_mut().find(is_same) {
            Some(first) => first.merge(variant),
            None => variants.push(variant),
        }
    }
    variants.sort_by_key(|variant| (variant.status, variant.body.rank()));
    name_all(&mut variants);
    variants
}

/// Gives the variants names. One that is the only one of its status has the name of the status.
fn name_all(variants: &mut [Variant]) {
    let kinds: Vec<_> = variants
        .iter()
        .map(|variant| (variant.status, variant.body.kind()))
        .collect();
    for (i, variant) in variants.iter_mut().enumerate() {
        let (status, kind) = &kinds[i];
        let base = status_name(*status);
        let before = kinds[..i]
            .iter()
            .filter(|other| **other == kinds[i])
            .count();
        variant.has_rival = kinds[i + 1..].contains(&kinds[i]);
        let is_only = kinds.iter().filter(|(other, _)| other == status).count() == 1;
        variant.name = match (is_only, before) {
            (true, _) => base,
            (false, 0) => format!("{base}{kind}"),
            (false, before) => format!("{base}{kind}{}", before + 1),
        };
    }
}

fn status_name(status: u16) -> String {
    let reason = StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    match reason {
        Some(reason) => camel(reason),
        None => format!("Status{status}"),
    }
}

impl Body {
    fn of(answer: &Answer, id: &str, context: &mut Context) -> Self {
        if answer.is_problem() {
            return Self::Json(PROBLEM, "Problem".to_owned());
        }
        let hint = format!("{}{}", camel(id), status_name(answer.status()));
        match (answer.media_type(), answer.type_name()) {
            (None, _) => Self::Nothing,
            (Some(json), Some(ty)) if json == "application/json" || json.ends_with("+json") => {
                Self::Json(json, context.answer_type(ty, &hint))
            }
            (Some("text/event-stream"), _) => Self::Bytes("text/event-stream"),
            (Some(text), None) if text.starts_with("text/") => Self::Text(text),
            (Some(other), _) => Self::Bytes(other),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Json(..) => 0,
            Self::Text(_) => 1,
            Self::Bytes(_) => 2,
            Self::Nothing => 3,
        }
    }

    /// Returns the end of a variant's name, if its status has several.
    fn kind(&self) -> String {
        match self {
            Self::Json(PROBLEM, _) => "Problem".to_owned(),
            Self::Text("text/plain") => "Text".to_owned(),
            Self::Bytes("application/octet-stream" | "*/*") => "Bytes".to_owned(),
            Self::Json(media_type, _) | Self::Text(media_type) | Self::Bytes(media_type) => {
                let (_, subtype) = media_type.split_once('/').unwrap_or(("", media_type));
                camel(subtype.trim_start_matches("x-"))
            }
            Self::Nothing => "Empty".to_owned(),
        }
    }

    fn ty(&self) -> Option<&str> {
        match self {
            Self::Json(_, ty) => Some(ty),
            Self::Text(_) => Some("String"),
            Self::Bytes(_) => Some("Bytes"),
            Self::Nothing => None,
        }
    }

    fn reader(&self) -> &'static str {
        match self {
            Self::Json(..) => "answer.json()",
            Self::Text(_) => "answer.text()",
            _ => "answer.body.clone()",
        }
    }
}

impl Variant {
    fn new(answer: &Answer, id: &str, context: &mut Context) -> Self {
        let mut variant = Self {
            name: String::new(),
            status: answer.status(),
            body: Body::of(answer, id, context),
            headers: Vec::new(),
            about: answer.descriptions().collect::<Vec<_>>().join("; "),
            has_rival: false,
        };
        variant.add_headers(answer.header_names());
        variant
    }

    fn add_headers(&mut self, names: impl Iterator<Item = &'static str>) {
        for name in names {
            if !self.headers.contains(&name) {
                self.headers.push(name);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.add_headers(other.headers.into_iter());
        let is_new = !self.about.split("; ").any(|known| known == other.about);
        match self.about.is_empty() {
            true => self.about = other.about,
            false if is_new && !other.about.is_empty() => {
                self.about = format!("{}; {}", self.about, other.about);
            }
            false => {}
        }
    }

    fn doc(&self) -> String {
        let media_type = match self.body {
            Body::Json(media_type, _) | Body::Text(media_type) | Body::Bytes(media_type) => {
                format!(", `{media_type}`")
            }
            Body::Nothing => String::new(),
        };
        match self.about.is_empty() {
            true => format!("Status {}{media_type}.", self.status),
            false => format!("Status {}{media_type}: {}.", self.status, self.about),
        }
    }

    fn declare(&self, lines: &mut Lines) {
        lines.doc(1, self.doc());
        let name = &self.name;
        match (&self.headers[..], self.body.ty()) {
            ([], None) => lines.push(1, format!("{name},")),
            ([], Some(ty)) => lines.push(1, format!("{name}({ty}),")),
            (headers, ty) => {
                lines.push(1, format!("{name} {{"));
                for header in headers {
                    lines.doc(2, format!("The header `{header}`."));
                    lines.push(2, format!("{}: Option<HeaderValue>,", field_name(header).0));
                }
                if let Some(ty) = ty {
                    lines.doc(2, "The body.".to_owned());
                    lines.push(2, format!("body: {ty},"));
                }
                lines.push(1, "},".to_owned());
            }
        }
    }

    fn read(&self, lines: &mut Lines) {
        let status = self.status;
        let condition = match &self.body {
            Body::Json(media_type, _) => format!("answer.is({status}, {media_type:?})"),
            // A handler may set another media type.
            _ => format!("answer.status == {status}"),
        };
        lines.push(2, format!("if {condition} {{"));
        match (self.has_rival, &self.body) {
            (true, Body::Json(..)) => {
                lines.push(3, "if let Ok(body) = answer.json() {".to_owned());
                self.build(lines, 4, "body");
                lines.push(3, "}".to_owned());
            }
            (_, Body::Json(..) | Body::Text(_)) => {
                self.build(lines, 3, &format!("{}?", self.body.reader()));
            }
            (_, Body::Bytes(_) | Body::Nothing) => self.build(lines, 3, self.body.reader()),
        }
        lines.push(2, "}".to_owned());
    }

    fn build(&self, lines: &mut Lines, depth: usize, body: &str) {
        let name = &self.name;
        match (&self.headers[..], self.body.ty()) {
            ([], None) => lines.push(depth, format!("return Ok(Self::{name});")),
            ([], Some(_)) => lines.push(depth, format!("return Ok(Self::{name}({body}));")),
            (headers, ty) => {
                lines.push(depth, format!("return Ok(Self::{name} {{"));
                for header in headers {
                    let field = field_name(header).0;
                    lines.push(depth + 1, format!("{field}: answer.header({header:?}),"));
                }
                match ty {
                    Some(_) if body == "body" => lines.push(depth + 1, "body,".to_owned()),
                    Some(_) => lines.push(depth + 1, format!("body: {body},")),
                    None => {}
                }
                lines.push(depth, "});".to_owned());
            }
        }
    }
}
