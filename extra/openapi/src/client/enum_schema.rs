//! The schemas of enums, as serde writes their values: texts, a tag among the fields, or a key around the content.

use serde_json::Value;

/// One alternative of an enum.
pub(crate) struct Variant {
    /// The value of the tag, or the key around the content.
    pub(crate) value: String,
    pub(crate) content: Content,
    pub(crate) doc: String,
}

pub(crate) enum Content {
    Nothing,
    Type(Value),
    Fields(Value),
}

/// Returns the tag and the alternatives of an enum as serde writes it, or `None` if the schema is something else.
pub(crate) fn variants(schema: &Value) -> Option<(Option<String>, Vec<Variant>)> {
    if let Some(Value::Array(values)) = schema.get("enum") {
        let all = values
            .iter()
            .map(|value| Some(unit(value.as_str()?, String::new())));
        return Some((None, all.collect::<Option<_>>()?));
    }
    let options = schema.get("oneOf")?.as_array()?;
    let tag = options
        .iter()
        .try_fold(None, |tag, option| match (tag, tag_of(option)) {
            (_, None) => Err(()),
            (Some(first), Some((tag, _))) if first != tag => Err(()),
            (_, Some((tag, _))) => Ok(Some(tag)),
        });
    let variants: Option<Vec<Vec<Variant>>> = match tag {
        Ok(Some(tag)) => {
            let all = options
                .iter()
                .map(|option| Some(vec![tagged(option, &tag)?]));
            return Some((
                Some(tag.clone()),
                all.collect::<Option<Vec<_>>>()?
                    .into_iter()
                    .flatten()
                    .collect(),
            ));
        }
        _ => options.iter().map(externally_tagged).collect(),
    };
    Some((None, variants?.into_iter().flatten().collect()))
}

/// Returns the required property whose value is constant.
fn tag_of(option: &Value) -> Option<(String, String)> {
    let properties = option.get("properties")?.as_object()?;
    let mut tags = properties.iter().filter_map(|(key, property)| {
        let value = property.get("const")?.as_str()?;
        let is_required = required(option).any(|name| name == key);
        is_required.then(|| (key.clone(), value.to_owned()))
    });
    tags.next()
}

fn tagged(option: &Value, tag: &str) -> Option<Variant> {
    let (_, value) = tag_of(option)?;
    let mut fields = option.clone();
    let map = fields.as_object_mut()?;
    // The content of a newtype variant, whose fields are next to the tag.
    if map.contains_key("$ref") || map.contains_key("allOf") {
        return None;
    }
    let properties = map.get_mut("properties")?.as_object_mut()?;
    properties.remove(tag);
    let content = match properties.is_empty() {
        true => Content::Nothing,
        false => Content::Fields(fields),
    };
    Some(Variant {
        value,
        content,
        doc: doc(option, ""),
    })
}

fn externally_tagged(option: &Value) -> Option<Vec<Variant>> {
    let about = doc(option, "");
    if let Some(value) = option.get("const") {
        return Some(vec![unit(value.as_str()?, about)]);
    }
    if let Some(Value::Array(values)) = option.get("enum") {
        return values
            .iter()
            .map(|value| Some(unit(value.as_str()?, String::new())))
            .collect();
    }
    let properties = option.get("properties")?.as_object()?;
    let is_closed = option.get("additionalProperties") == Some(&Value::Bool(false));
    match properties.iter().next() {
        Some((value, content)) if properties.len() == 1 && is_closed => Some(vec![Variant {
            value: value.clone(),
            content: match content.get("properties").is_some() {
                true => Content::Fields(content.clone()),
                false => Content::Type(content.clone()),
            },
            doc: about,
        }]),
        _ => None,
    }
}

fn unit(value: &str, doc: String) -> Variant {
    Variant {
        value: value.to_owned(),
        content: Content::Nothing,
        doc,
    }
}

pub(crate) fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// Returns the description of a schema.
pub(crate) fn doc(schema: &Value, default: &str) -> String {
    let text = schema.get("description").and_then(Value::as_str);
    text.unwrap_or(default).to_owned()
}
