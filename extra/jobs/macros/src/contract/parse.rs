//! Reads the file of a contract.

use proc_macro2::TokenStream;

use super::{ENUM, Field, OPTIONAL, REJECTS_UNKNOWN, Section, Variant, is_name};

/// Returns the sections of a file, or a message about the first line that cannot be read.
pub(crate) fn parse(text: &str) -> Result<Vec<Section>, String> {
    let mut sections: Vec<Section> = Vec::new();
    for (idx, line) in text.lines().enumerate() {
        let line = line.trim_end();
        if is_conflict(line) {
            return Err(format!(
                "line {} is the mark of a merge conflict: resolve the conflict",
                idx + 1
            ));
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let is_read = match line.strip_prefix("version ") {
            Some(rest) => start(rest, &mut sections),
            None => sections.last_mut().and_then(|section| add(line, section)),
        };
        if is_read.is_none() {
            return Err(format!("line {} cannot be read: `{line}`", idx + 1));
        }
    }
    match sections.is_empty() {
        true => Err("it has no version".to_owned()),
        false => Ok(sections),
    }
}

fn is_conflict(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
        .iter()
        .any(|mark| line.starts_with(mark))
}

/// Reads the rest of a line `version 2, enum`. A version that occurs twice cannot be read.
fn start(rest: &str, sections: &mut Vec<Section>) -> Option<()> {
    let mut words = rest.split(", ");
    let version = words.next()?.parse().ok()?;
    let mut marks: Vec<_> = words.map(str::to_owned).collect();
    let rejects_unknown = marks.last().is_some_and(|mark| mark == REJECTS_UNKNOWN);
    if rejects_unknown {
        marks.pop();
    }
    if version == 0 || sections.iter().any(|known| known.version == version) {
        return None;
    }
    sections.push(Section {
        version,
        rejects_unknown,
        marks,
        fields: Vec::new(),
        variants: Vec::new(),
    });
    Some(())
}

/// Adds a line to its section.
fn add(line: &str, section: &mut Section) -> Option<()> {
    let content = line.trim_start();
    match line.len() - content.len() {
        2 if section.marks.first().is_some_and(|mark| mark == ENUM) => {
            section.variants.push(variant(content)?);
        }
        2 => section.fields.push(field(content)?),
        4 => section.variants.last_mut()?.fields.push(field(content)?),
        _ => return None,
    }
    Some(())
}

fn variant(line: &str) -> Option<Variant> {
    let mut words = line.split(", ");
    let name = words.next().filter(|name| is_name(name))?;
    Some(Variant {
        name: name.to_owned(),
        marks: words.map(str::to_owned).collect(),
        fields: Vec::new(),
        aliases: Vec::new(),
        at: TokenStream::new(),
    })
}

fn field(line: &str) -> Option<Field> {
    let (name, ty) = line.split_once(": ")?;
    let required = ty.strip_suffix(OPTIONAL);
    let ty = required.unwrap_or(ty);
    (is_name(name) && !ty.is_empty()).then(|| Field {
        name: name.to_owned(),
        ty: ty.to_owned(),
        is_optional: required.is_some(),
        is_left_out: false,
        aliases: Vec::new(),
        at: TokenStream::new(),
    })
}
