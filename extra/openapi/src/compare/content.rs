//! Compares the bodies of requests, and bodies by their media type.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    operations::{Comparison, flag},
    rules::{self, Rule},
    walk::Side,
};

/// The schema of each media type.
type Content<'d> = BTreeMap<String, &'d Value>;

/// A body that has no schema may be anything.
pub(super) const ANY: &Value = &Value::Bool(true);

impl<'d> Comparison<'d> {
    pub(super) fn compare_request_bodies(
        &mut self,
        old: Option<&'d Value>,
        new: Option<&'d Value>,
    ) {
        let (old, new) = (
            old.map(|body| self.old.resolve(body)),
            new.map(|body| self.new.resolve(body)),
        );
        let (rule, fact) = match (old, new) {
            (None, None) => return,
            (None, Some(new)) if flag(new, "required") => (
                &rules::REQUIRED_REQUEST_BODY_ADDED,
                "the body is new and required",
            ),
            (None, Some(_)) => (&rules::REQUEST_BODY_ADDED, "the body is new and optional"),
            (Some(_), None) => (&rules::REQUEST_BODY_REMOVED, "the body is removed"),
            (Some(old), Some(new)) => return self.compare_request_body(old, new),
        };
        self.add(rule, "body", fact);
    }

    fn compare_request_body(&mut self, old: &'d Value, new: &'d Value) {
        match (flag(old, "required"), flag(new, "required")) {
            (false, true) => self.add(
                &rules::REQUEST_BODY_REQUIRED,
                "body",
                "the body is required",
            ),
            (true, false) => self.add(
                &rules::REQUEST_BODY_OPTIONAL,
                "body",
                "the body is optional",
            ),
            _ => {}
        }
        self.compare_content(Side::Request, "body", &content(old), &content(new));
    }

    /// Compares bodies by their media type. A media type that is missing is compared with a range that contains it.
    pub(super) fn compare_content(
        &mut self,
        side: Side,
        place: &str,
        old: &Content<'d>,
        new: &Content<'d>,
    ) {
        let (added, removed) = media_type_rules(side);
        for (media_type, schema) in old {
            if let Some(other) = find(new, media_type) {
                self.compare_schemas(side, place, media_type, [schema, other]);
            } else if side == Side::Request || !has_part(new, media_type) {
                self.add(
                    removed,
                    place,
                    &format!("the media type `{media_type}` is removed"),
                );
            }
        }
        for (media_type, schema) in new {
            if old.contains_key(media_type) {
                continue;
            }
            match find(old, media_type) {
                Some(other) => self.compare_schemas(side, place, media_type, [other, schema]),
                None => self.add(
                    added,
                    place,
                    &format!("the media type `{media_type}` is new"),
                ),
            }
        }
    }

    fn compare_schemas(
        &mut self,
        side: Side,
        place: &str,
        media_type: &str,
        [old, new]: [&Value; 2],
    ) {
        let found = self.walker(side, false).compare(old, new);
        self.report
            .add_differences(side, &format!("{place} {media_type}"), found);
    }
}

fn media_type_rules(side: Side) -> (&'static Rule, &'static Rule) {
    match side {
        Side::Request => (
            &rules::REQUEST_MEDIA_TYPE_ADDED,
            &rules::REQUEST_MEDIA_TYPE_REMOVED,
        ),
        Side::Answer => (
            &rules::ANSWER_MEDIA_TYPE_ADDED,
            &rules::ANSWER_MEDIA_TYPE_REMOVED,
        ),
    }
}

/// Returns the schemas of a body by their media type, without parameters such as `charset`. That of an event stream is
/// the schema of the data of its events.
pub(super) fn content(body: &Value) -> Content<'_> {
    let content = body.get("content").and_then(Value::as_object);
    let media_types = content.into_iter().flatten().map(|(media_type, media)| {
        let essence = media_type.split(';').next().unwrap_or(media_type);
        let data = || media.pointer("/x-itemSchema/properties/data/contentSchema");
        let schema = media.get("schema").or_else(data);
        (essence.trim().to_ascii_lowercase(), schema.unwrap_or(ANY))
    });
    media_types.collect()
}

/// Returns the schema of a media type, or of the closest range that contains it.
fn find<'d>(content: &Content<'d>, media_type: &str) -> Option<&'d Value> {
    let kind = media_type.split('/').next().unwrap_or(media_type);
    let found = content
        .get(media_type)
        .or_else(|| content.get(&format!("{kind}/*")));
    found.or_else(|| content.get("*/*")).copied()
}

/// Returns whether a range is replaced by media types in it.
fn has_part(content: &Content<'_>, range: &str) -> bool {
    let prefix = range
        .strip_suffix('*')
        .map(|prefix| prefix.trim_start_matches("*/"));
    prefix.is_some_and(|prefix| {
        content
            .keys()
            .any(|media_type| media_type.starts_with(prefix))
    })
}
