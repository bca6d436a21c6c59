//! Where the examples are in a document.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    parse::{Example, Message},
    pattern::{decoded, values},
};
use crate::model::{Answer, ExampleValue, MediaType, Parameter, RequestBody};

/// Sets the examples of parameters: their values in the first request that succeeds.
pub(crate) fn add_to_parameters(parameters: &mut [Parameter], pattern: &str, all: &[Example]) {
    let Some(example) = all.iter().find(|example| is_success(example)) else {
        return;
    };
    let path = values(pattern, example.path()).unwrap_or_default();
    let query = query(&example.target);
    for parameter in parameters {
        let name = parameter.name.as_str();
        let texts: Vec<_> = match parameter.place {
            "path" => texts_of(&path, name),
            "query" => texts_of(&query, name),
            "header" => {
                let value = example.request.header(name);
                value.into_iter().map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        parameter.example = value_of(&parameter.schema, &texts);
    }
}

/// Adds the bodies of requests that succeed.
pub(crate) fn add_to_body(body: &mut RequestBody, all: &[Example]) {
    for example in all.iter().filter(|example| is_success(example)) {
        add(&mut body.content, &example.request, &example.summary);
    }
}

/// Adds the bodies of responses.
pub(crate) fn add_to_answers(answers: &mut BTreeMap<String, Answer>, all: &[Example]) {
    for example in all {
        if let Some(answer) = answers.get_mut(&example.status.to_string()) {
            add(&mut answer.content, &example.response, &example.summary);
        }
    }
}

fn is_success(example: &Example) -> bool {
    example.status < 400
}

/// Adds a body to the media type that it has. One that is neither JSON nor text is left out.
fn add(content: &mut BTreeMap<&'static str, MediaType>, message: &Message, summary: &str) {
    if message.body.is_empty() {
        return;
    }
    let stated = message.header("content-type");
    let stated = stated.map(|text| text.split(';').next().unwrap_or(text).trim());
    let is_json = |media_type: &str| media_type.ends_with("json");
    let mut media = content.iter_mut();
    let found = match stated {
        Some(stated) => media.find(|(name, _)| name.eq_ignore_ascii_case(stated)),
        None => media.find(|(name, _)| is_json(name) || name.starts_with("text/")),
    };
    let Some((name, media)) = found else {
        return;
    };
    let value = match is_json(name) {
        true => serde_json::from_str(&message.body).ok(),
        false => name
            .starts_with("text/")
            .then(|| message.body.as_str().into()),
    };
    if let Some(value) = value {
        let number = media.examples.len() + 1;
        let summary = summary.to_owned();
        media
            .examples
            .insert(format!("example{number}"), ExampleValue { summary, value });
    }
}

/// Returns the names and the values of a query.
fn query(target: &str) -> Vec<(String, String)> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let decode = |text: &str| decoded(&text.replace('+', " "));
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn texts_of(pairs: &[(impl AsRef<str>, String)], name: &str) -> Vec<String> {
    let found = pairs.iter().filter(|(known, _)| known.as_ref() == name);
    found.map(|(_, value)| value.clone()).collect()
}

/// Returns the value that texts have by a schema.
fn value_of(schema: &Value, texts: &[String]) -> Option<Value> {
    let first = texts.first()?;
    let ty = match &schema["type"] {
        Value::Array(types) => types.first()?.as_str(),
        ty => ty.as_str(),
    };
    match ty {
        Some("array") => {
            let items = texts.iter();
            let items =
                items.filter_map(|text| value_of(&schema["items"], std::slice::from_ref(text)));
            Some(items.collect())
        }
        Some("integer" | "number" | "boolean") => serde_json::from_str(first).ok(),
        _ => Some(first.as_str().into()),
    }
}
